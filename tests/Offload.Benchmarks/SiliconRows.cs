using System.Globalization;

namespace Offload.Benchmarks;

/// <summary>What the boards' bitstreams reach, as the last build of each says. Nothing is built here: it takes long.</summary>
internal static class SiliconRows
{
    private const double LutShare = 0.5;
    private const double LeastConnections = 1024;

    public static IEnumerable<Measurement> All()
    {
        yield return new Measurement(
            ["silicon.versa.core_mhz", "silicon.versa.lut_ratio", "silicon.versa.block_rams", "silicon.versa.connections"],
            _ => Of("silicon.versa", "versa-5g", 125));
        yield return new Measurement(
            ["silicon.i9.core_mhz", "silicon.i9.lut_ratio", "silicon.i9.block_rams", "silicon.i9.connections"],
            _ => Of("silicon.i9", "colorlight-i9", 100));
    }

    private static IEnumerable<Row> Of(string group, string board, double goal)
    {
        SiliconReport? report = SiliconReport.Read(board);
        string? note = report is null ? $"run firmware-tools/build-bitstream {board} first" : null;
        bool versa = board == "versa-5g";
        string constraint = report?.CoreConstraint is double hertz ? string.Create(CultureInfo.InvariantCulture, $"; a bitstream needs {hertz:0.##}") : "";
        yield return new Row($"{group}.core_mhz", report?.CoreMegahertz, $"MHz, {board} placed and routed{constraint}") { Goal = report?.CoreGoal ?? goal, Note = note };
        yield return new Row($"{group}.lut_ratio", report?.Luts / report?.LutsOf, "of the part's LUTs") { Better = Better.Lower, Goal = versa ? LutShare : null, Note = note };
        yield return new Row($"{group}.block_rams", report?.BlockRams, "block RAMs of 18 kbit") { Better = Better.Lower, Note = note };
        yield return new Row($"{group}.connections", report?.Connections, "entries of the table") { Goal = versa ? LeastConnections : null, Note = note };
    }
}
