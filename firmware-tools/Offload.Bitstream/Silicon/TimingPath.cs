using System.Text.Json;

namespace Offload.Bitstream.Silicon;

/// <summary>A path between two flip-flops (or block RAMs, or pins), as nextpnr reports it.</summary>
internal sealed class TimingPath
{
    private TimingPath(string fromClock, string toClock, IReadOnlyList<Segment> segments)
    {
        FromClock = fromClock;
        ToClock = toClock;
        Segments = segments;
    }

    /// <summary>A piece of a path.</summary>
    /// <param name="Cell">The cell that it goes through, or to where it is a wire.</param>
    /// <param name="Nanoseconds">How long it takes.</param>
    /// <param name="Net">The wire, or null where it is a cell.</param>
    internal readonly record struct Segment(string Cell, double Nanoseconds, string? Net);

    /// <summary>What a path does inside one instance: its cells, and the wires that lead to them.</summary>
    /// <param name="Instance">Path of the instance.</param>
    /// <param name="Cells">Cells that it goes through; one where it only starts or ends there.</param>
    /// <param name="Logic">Time in the cells, ns.</param>
    /// <param name="Routing">Time on the wires, ns.</param>
    internal readonly record struct Stay(string Instance, int Cells, double Logic, double Routing);

    /// <summary>Net of the clock that it starts at, without the edge; nextpnr's &lt;async&gt; for a pin.</summary>
    internal string FromClock { get; }

    /// <summary>Net of the clock that it ends at, without the edge.</summary>
    internal string ToClock { get; }

    /// <summary>Its pieces, in order.</summary>
    internal IReadOnlyList<Segment> Segments { get; }

    /// <summary>The cell that it starts at.</summary>
    internal string From => Segments.Count > 0 ? Segments[0].Cell : "";

    /// <summary>The cell that it ends at.</summary>
    internal string To => Segments.Count > 0 ? Segments[^1].Cell : "";

    /// <summary>Time in cells, ns; the flip-flops at its ends included.</summary>
    internal double Logic => Segments.Where(segment => segment.Net is null).Sum(segment => segment.Nanoseconds);

    /// <summary>Time on wires, ns.</summary>
    internal double Routing => Segments.Where(segment => segment.Net is not null).Sum(segment => segment.Nanoseconds);

    /// <summary>How long it takes, ns.</summary>
    internal double Total => Logic + Routing;

    /// <summary>Wires that it takes: one more than the cells between its ends.</summary>
    internal int Wires => Segments.Count(segment => segment.Net is not null);

    /// <summary>The instances that it passes, in order.</summary>
    internal IReadOnlyList<Stay> Stays
    {
        get
        {
            List<Stay> stays = [];
            string? last = null;
            foreach (Segment segment in Segments)
            {
                string instance = FlatNetlist.Instance(segment.Cell);
                if (stays.Count == 0 || stays[^1].Instance != instance)
                {
                    stays.Add(new Stay(instance, 0, 0, 0));
                }

                Stay stay = stays[^1];
                stays[^1] = stay with
                {
                    Cells = stay.Cells + (segment.Cell == last ? 0 : 1),
                    Logic = stay.Logic + (segment.Net is null ? segment.Nanoseconds : 0),
                    Routing = stay.Routing + (segment.Net is null ? 0 : segment.Nanoseconds),
                };
                last = segment.Cell;
            }

            return stays;
        }
    }

    /// <summary>Reads one of `critical_paths`.</summary>
    internal static TimingPath Read(JsonElement path) => new(
        Net(path.GetProperty("from").GetString()!),
        Net(path.GetProperty("to").GetString()!),
        [.. path.GetProperty("path").EnumerateArray().Select(ReadSegment)]);

    // `from` of the first piece (clk-to-q) names the next cell in nextpnr 0.7; `to` is right in all of them.
    private static Segment ReadSegment(JsonElement segment) => new(
        segment.GetProperty("to").GetProperty("cell").GetString()!,
        segment.GetProperty("delay").GetDouble(),
        segment.GetProperty("type").GetString() == "routing" ? segment.GetProperty("net").GetString() : null);

    private static string Net(string clock)
    {
        int space = clock.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? clock : clock[(space + 1)..];
    }
}
