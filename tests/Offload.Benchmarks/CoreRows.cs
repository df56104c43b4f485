namespace Offload.Benchmarks;

/// <summary>Segments a clock, at three widths and with two sizes of the table, beside the bus's own limit: a beat a clock.</summary>
internal static class CoreRows
{
    /// <summary>The least share of the bus's own limit.</summary>
    public const double Share = 0.95;

    /// <summary>Clocks in which one connection's own segments are to follow each other.</summary>
    private const int OneTupleClocks = 11;

    private static readonly int[] Widths = [512, 128, 64];
    private static readonly int[] Tables = [2048, 65536];

    public static IEnumerable<Measurement> All()
    {
        foreach (int width in Widths)
        {
            foreach (FrameKind kind in FrameKind.All)
            {
                string suffix = kind.Bytes == 60 ? "" : $".{kind.Bytes}";
                yield return new Measurement(
                    [$"core{width}.segments_per_clock{suffix}", $"core{width}.clocks_per_handshake{suffix}"],
                    bench => Handshakes(bench, $"core{width}", suffix, CoreVariant.Width(width), width, kind, 900));
            }

            yield return new Measurement($"core{width}.syn_per_clock", bench => Syns(bench, width));
            yield return new Measurement(
                [$"core{width}.one_tuple.clocks_per_segment", $"core{width}.one_tuple.lost"], bench => OneTuple(bench, width));
        }

        foreach (int table in Tables)
        {
            yield return new Measurement(
                [$"core512.table{table}.segments_per_clock", $"core512.table{table}.clocks_per_handshake"],
                bench => Handshakes(bench, $"core512.table{table}", "", CoreVariant.Table(table), 512, FrameKind.All[0], Math.Min(table / 2 - 100, 4000)));
        }
    }

    private static IEnumerable<Row> Handshakes(Bench bench, string group, string suffix, CoreVariant variant, int width, FrameKind kind, int batch)
    {
        bench.Say($"{group}{suffix}: handshakes of {kind.Bytes}-byte frames");
        int beats = kind.Beats(width);
        Taken taken = new Stream(bench.Core(variant), kind).Handshakes(batch, rounds: Math.Max(3, 9000 / batch));
        string what = $"{kind.Bytes}-byte frames, bus {beats} {(beats == 1 ? "clock" : "clocks")} each";
        yield return new Row($"{group}.segments_per_clock{suffix}", (double)taken.Segments / taken.Clocks, $"segments a clock, {what}")
        {
            Goal = 1.0 / beats,
            Floor = Share / beats,
        };
        yield return new Row($"{group}.clocks_per_handshake{suffix}", 2.0 * taken.Clocks / taken.Segments, $"clocks, {what}")
        {
            Better = Better.Lower,
            Goal = 2.0 * beats,
            Floor = 2.0 * beats / Share,
        };
    }

    private static Row Syns(Bench bench, int width)
    {
        bench.Say($"core{width}: SYNs alone");
        FrameKind kind = FrameKind.All[0];
        Taken taken = new Stream(bench.Core(CoreVariant.Width(width)), kind).Syns(1800, rounds: 5);
        int beats = kind.Beats(width);
        return new Row($"core{width}.syn_per_clock", (double)taken.Segments / taken.Clocks, $"SYNs a clock, each answered, 60-byte frames, bus {beats} each")
        {
            Goal = 1.0 / beats,
            Floor = Share / beats,
        };
    }

    private static IEnumerable<Row> OneTuple(Bench bench, int width)
    {
        bench.Say($"core{width}: one tuple repeated");
        FrameKind kind = FrameKind.All[0];
        var stream = new Stream(bench.Core(CoreVariant.Width(width)), kind);
        Taken taken = stream.OneTuple(burst: 20, rounds: 100);
        double wanted = Math.Max(OneTupleClocks, kind.Beats(width));
        yield return new Row($"core{width}.one_tuple.clocks_per_segment", (double)taken.Clocks / taken.Segments, "clocks a segment of one connection")
        {
            Better = Better.Lower,
            Goal = wanted,
            Floor = wanted,
        };
        (long entered, long lost) = stream.OneTuplePaced(OneTupleClocks, width, frames: 5000);
        yield return new Row($"core{width}.one_tuple.lost", lost, $"of {entered} segments of one tuple, one in {OneTupleClocks} clocks")
        {
            Better = Better.Lower,
            Goal = 0,
            Floor = 0,
        };
    }
}
