using System.Diagnostics;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>
/// Connections that come (SYN) and go (RST) while the table stays as full as it is: how many SYNs are refused. Each step resets some at random
/// and then opens as many new ones, back to back; then the core comes to rest. (With a segment every clock for longer than its queue holds, it has no
/// clock left for what it does by itself.)
/// </summary>
internal static class ChurnRows
{
    private const int Quick = 200_000;
    private const int Long = 10_000_000;

    /// <summary>Connections that go, and then come, back to back.</summary>
    private const int Step = 64;

    /// <summary>Steps between two looks at what was answered.</summary>
    private const int Steps = 32;

    public static IEnumerable<Measurement> All()
    {
        foreach (int percent in new[] { 100, 85 })
        {
            yield return new Measurement($"churn.load{percent}.refused", bench => Churn(bench, percent));
        }
    }

    private static Row Churn(Bench bench, int percent)
    {
        int wanted = bench.Arguments.Long ? Long : Quick;
        bench.Say($"churn at {percent}%: {wanted:N0} opens and closes");
        var client = new Client(7, FrameKind.All[0]);
        using Core core = client.Open(bench.Core(CoreVariant.Board));
        int live = (int)core.Read("identity.connections") * percent / 100;
        var frames = new TupleFrames(client.Syn());
        var tuples = new ClientTuple[live];
        var order = new int[live];
        var random = new Random(13);
        for (int i = 0; i < live; i++)
        {
            tuples[i] = frames.Next();
            core.Send(Port.Net, frames.Syn(tuples[i]));
            order[i] = i;
            if (i % Step == 0 || i > live - Step)
            {
                core.Finish();
            }
        }

        core.Finish();
        Bench.Require(core.ReceiveAll(Port.Net).Count == live, $"the table did not fill up to {percent}%");
        long began = Stopwatch.GetTimestamp();
        long told = began;
        int opened = 0, refused = 0, at = live;
        while (opened < wanted)
        {
            for (int step = 0; step < Steps; step++)
            {
                if (at + Step > live)
                {
                    random.Shuffle(order);
                    at = 0;
                }

                ReadOnlySpan<int> now = order.AsSpan(at, Step);
                at += Step;
                foreach (int i in now)
                {
                    core.Send(Port.Net, frames.Reset(tuples[i]));
                }

                foreach (int i in now)
                {
                    tuples[i] = frames.Next();
                    core.Send(Port.Net, frames.Syn(tuples[i]));
                }

                core.Finish();
            }

            opened += Step * Steps;
            int answered = 0;
            while (core.Receive(Port.Net) is not null)
            {
                answered++;
            }

            refused += (Step * Steps) - answered;
            if (Stopwatch.GetElapsedTime(told).TotalSeconds > 10)
            {
                told = Stopwatch.GetTimestamp();
                bench.Say($"  {opened:N0} of {wanted:N0}, {refused} refused, {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
            }
        }

        Bench.Require(refused > 0 || core.Read("control.entries_in_use") == live, "the table does not hold what was opened");
        Dictionary<string, ulong> counters = core.Counters();
        // The RST of a SYN that was refused passes; nothing else does.
        ulong passed = counters["net_frames_passed"];
        bool whole = counters["net_frames_received"] == counters["net_frames_consumed"] + passed && passed <= (ulong)refused
            && counters["closed_reset"] + (ulong)refused >= (ulong)opened;
        Bench.Require(whole, $"frames were lost: {opened} SYNs, {refused} refused; "
            + string.Join(", ", counters.Where(counter => counter.Value > 0).Select(counter => $"{counter.Key} {counter.Value}")));
        return new Row($"churn.load{percent}.refused", refused, $"SYNs of {opened:N0}, each after an RST, with {live:N0} entries in use")
        {
            Better = Better.Lower,
            Goal = 0,
            Floor = 0,
            Note = bench.Arguments.Long ? null : $"--long does {Long:N0}",
        };
    }
}
