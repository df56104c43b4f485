using System.Text.Json;

namespace Offload.Bitstream.Silicon;

/// <summary>What nextpnr reports of a design that it has placed and routed (`--report`).</summary>
internal sealed class PlacementReport
{
    private PlacementReport(
        IReadOnlyDictionary<string, ClockReport> clocks, IReadOnlyDictionary<string, Utilization> places, IReadOnlyList<TimingPath> paths)
    {
        Clocks = clocks;
        Places = places;
        Paths = paths;
    }

    /// <summary>A clock, as nextpnr reports it.</summary>
    /// <param name="Achieved">Fastest that its paths allow, in MHz.</param>
    /// <param name="Constraint">What nextpnr held it to, in MHz.</param>
    internal readonly record struct ClockReport(double Achieved, double Constraint);

    /// <summary>Clocks with a path between their flip-flops, by nextpnr's name of their net.</summary>
    internal IReadOnlyDictionary<string, ClockReport> Clocks { get; }

    /// <summary>Kinds of places of the device.</summary>
    internal IReadOnlyDictionary<string, Utilization> Places { get; }

    /// <summary>The slowest path of every clock and between every two.</summary>
    internal IReadOnlyList<TimingPath> Paths { get; }

    /// <summary>Reads a report.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    internal static PlacementReport ReadFile(string path)
    {
        try
        {
            return Read(ToolFiles.ReadBytes(path));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ToolException(ExitCode.Usage, $"{path} is not what `nextpnr-ecp5 --report` writes: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a report.</summary>
    internal static PlacementReport Read(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new PlacementReport(
            root.GetProperty("fmax").EnumerateObject().ToDictionary(
                clock => clock.Name,
                clock => new ClockReport(clock.Value.GetProperty("achieved").GetDouble(), clock.Value.GetProperty("constraint").GetDouble())),
            root.GetProperty("utilization").EnumerateObject().ToDictionary(
                place => place.Name,
                place => new Utilization(place.Value.GetProperty("used").GetInt32(), place.Value.GetProperty("available").GetInt32())),
            [.. root.GetProperty("critical_paths").EnumerateArray().Select(TimingPath.Read)]);
    }
}
