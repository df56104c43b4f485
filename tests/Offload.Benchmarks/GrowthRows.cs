namespace Offload.Benchmarks;

/// <summary>What it costs that the table grows: clocks a segment, measured here, and area and speed, as the last synthesis of each size says.</summary>
internal static class GrowthRows
{
    /// <summary>Sizes of the table.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [256, 512, 1024, 2048, 4096];

    public static IEnumerable<Measurement> All()
    {
        foreach (int size in Sizes)
        {
            yield return new Measurement(Name(size, "clocks_per_segment"), bench => Clocks(bench, size));
        }

        foreach (int size in Sizes)
        {
            yield return new Measurement([Name(size, "block_rams"), Name(size, "luts"), Name(size, "core_mhz")], _ => Silicon(size));
        }
    }

    /// <summary>Name of a row.</summary>
    public static string Name(int size, string figure) => $"growth.table{size}.{figure}";

    private static Row Clocks(Bench bench, int size)
    {
        bench.Say($"growth: a table of {size}");
        Taken taken = new Stream(bench.Core(CoreVariant.Table(size)), FrameKind.All[0]).Handshakes(size * 3 / 8, Math.Max(4, 9000 / size));
        return new Row(Name(size, "clocks_per_segment"), (double)taken.Clocks / taken.Segments, "clocks, 60-byte frames at 512 bits, bus 1 clock each")
        {
            Better = Better.Lower,
            Goal = 1,
            Floor = 1 / CoreRows.Share,
        };
    }

    private static IEnumerable<Row> Silicon(int size)
    {
        SiliconReport? report = SiliconReport.Read(Path.Combine("growth", $"{size}"));
        string? note = report is null ? $"run tests/Offload.Benchmarks/silicon-growth.sh {size} first" : null;
        yield return new Row(Name(size, "block_rams"), report?.BlockRams, "block RAMs of 18 kbit, versa-5g") { Better = Better.Lower, Note = note };
        yield return new Row(Name(size, "luts"), report?.Luts, "LUTs, versa-5g") { Better = Better.Lower, Note = note };
        yield return new Row(Name(size, "core_mhz"), report?.CoreMegahertz, "MHz, versa-5g placed and routed")
        {
            Note = note ?? (report!.CoreMegahertz is null ? "does not fit the part, so it was not placed" : null),
        };
    }
}
