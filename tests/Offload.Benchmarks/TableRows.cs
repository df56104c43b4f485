using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>How full the table gets, and what becomes of handshakes once it is.</summary>
internal static class TableRows
{
    private const int Seeds = 5;
    private const int Clients = 512;
    private const int Threshold = 512;
    private const int Together = 64;

    private static readonly (string Name, Filler Filler)[] Fillers =
        [("half_open", Filler.HalfOpen), ("time_wait", Filler.TimeWait), ("host_owned", Filler.Host)];

    public static IEnumerable<Measurement> All()
    {
        yield return new Measurement("table.load_at_first_refusal", LoadAtFirstRefusal);
        yield return new Measurement("table.load_at_first_refusal.back_to_back", LoadBackToBack);
        yield return new Measurement(
            [
                "table.full.completed_ratio", "table.full.past_threshold.completed_ratio",
                .. Fillers.Select(filler => $"table.full.{filler.Name}.completed_ratio"), "table.full.completed_ratio.back_to_back",
            ],
            Completed);
        yield return new Measurement("table.full.clocks_apart", Apart);
        yield return new Measurement(["table.full.engine_owned.completed_ratio", "table.full.engine_owned.answers"], EngineOwned);
    }

    private static Row LoadAtFirstRefusal(Bench bench)
    {
        bench.Say("table: entries in use at the first SYN that finds none");
        NativeCore native = bench.Core(CoreVariant.Board);
        double least = Enumerable.Range(0, Seeds).Min(seed =>
        {
            var client = new Client(100 + seed, FrameKind.All[0]);
            using Core core = client.Open(native, change: settings => settings with { CookieKey = client.Bytes(16) });
            uint capacity = core.Read("identity.connections");
            for (uint used = 0; ; used++)
            {
                core.Send(Port.Net, client.Syn().ToBytes());
                core.Finish();
                Bench.Require(core.Receive(Port.Net) is not null, "a SYN was not answered at all");
                if (core.Read("control.entries_in_use") != used + 1)
                {
                    return (double)used / capacity;
                }
            }
        });
        return new Row("table.load_at_first_refusal", least, $"of the table, worst of {Seeds} placement keys; SYNs one after the other") { Goal = 1, Floor = 1 };
    }

    private static Row LoadBackToBack(Bench bench)
    {
        bench.Say("table: the same with SYNs back to back");
        NativeCore native = bench.Core(CoreVariant.Board);
        double least = Enumerable.Range(0, Seeds).Min(seed =>
        {
            // Without a cookie's key, a SYN that is refused has no answer.
            var client = new Client(200 + seed, FrameKind.All[0]);
            using Core core = client.Open(native);
            int capacity = (int)core.Read("identity.connections");
            List<TcpFrame> syns = [.. Enumerable.Range(0, capacity + (capacity / 4)).Select(_ => client.Syn())];
            foreach (TcpFrame syn in syns)
            {
                core.Send(Port.Net, syn.ToBytes());
            }

            core.Run(Core.Patience);
            List<SentSegment> answers = [.. core.ReceiveAll(Port.Net).Select(frame => FrameChecker.Check(frame))];
            int used = 0;
            while (used < answers.Count && answers[used].Destination == syns[used].Source && answers[used].DestinationPort == syns[used].SourcePort)
            {
                used++;
            }

            return (double)used / capacity;
        });
        return new Row("table.load_at_first_refusal.back_to_back", least, $"of the table, worst of {Seeds} placement keys; a SYN a clock") { Goal = 1, Floor = 0.99 };
    }

    private static IEnumerable<Row> Completed(Bench bench)
    {
        bench.Say("table: handshakes with a full table, in each case of K2");
        NativeCore native = bench.Core(CoreVariant.Board);
        var cases = new List<(string Name, double Alone, double Together)>();
        using (Filling filling = Filling.PastThreshold(native, Threshold), other = Filling.PastThreshold(native, Threshold))
        {
            cases.Add(("past_threshold", Ratio(filling, 1), Ratio(other, Together)));
        }

        foreach ((string name, Filler filler) in Fillers)
        {
            using Filling filling = new(native, filler), other = new(native, filler);
            cases.Add((name, Ratio(filling, 1), Ratio(other, Together)));
        }

        yield return Ratio("table.full.completed_ratio", cases.Min(one => one.Alone), "the worst case of K2") with { Floor = 1 };
        foreach ((string name, double alone, _) in cases)
        {
            yield return Ratio($"table.full.{name}.completed_ratio", alone, $"{Clients} clients, one after the other") with { Floor = 1 };
        }

        yield return Ratio("table.full.completed_ratio.back_to_back", cases.Min(one => one.Together), $"the worst case, {Together} clients at a time, a segment a clock") with
        {
            Note = string.Join(", ", cases.Select(one => $"{one.Name} {one.Together:0.###}")),
        };
    }

    private static double Ratio(Filling filling, int together) => (double)filling.Connect(Clients, together).Completed / Clients;

    private static Row Ratio(string name, double value, string of) => new(name, value, "of the handshakes, at their first SYN; " + of) { Goal = 1 };

    /// <summary>Making room takes its time: the table is looked through for the oldest.</summary>
    private static Row Apart(Bench bench)
    {
        bench.Say("table: how far apart clients may come to a full table");
        using var filling = new Filling(bench.Core(CoreVariant.Board), Filler.HalfOpen);
        ulong clocks = 16;
        while (filling.ConnectApart(Together, clocks) != Together)
        {
            clocks *= 2;
            Bench.Require(clocks < 1 << 20, "clients are not connected by a full table however far apart they come");
        }

        return new Row("table.full.clocks_apart", clocks, $"clocks between the ACKs of {Together} clients so that a full table connects all; tried in steps of two")
        {
            Better = Better.Lower,
        };
    }

    private static IEnumerable<Row> EngineOwned(Bench bench)
    {
        bench.Say("table: handshakes with a table full of the engine's own connections");
        using var filling = new Filling(bench.Core(CoreVariant.Board), Filler.Engine);
        (int completed, int answered) = filling.Connect(Clients, 1);
        yield return new Row("table.full.engine_owned.completed_ratio", (double)completed / Clients, "of the handshakes; K2 lets none take a connection's place")
        {
            Better = Better.Lower,
            Goal = 0,
            Floor = 0,
        };
        yield return new Row("table.full.engine_owned.answers", answered, "frames in answer to their ACKs, which are dropped and never reset")
        {
            Better = Better.Lower,
            Goal = 0,
            Floor = 0,
        };
    }
}
