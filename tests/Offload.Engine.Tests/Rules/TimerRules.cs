using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Every time-out fires at or after its time, and within one sweep; time goes on in small steps.</summary>
public abstract class TimerRules : RuleTests
{
    private const uint Sweep = 10_000;
    private const ulong Pace = 500;

    private static readonly EndPoint Adopting = new() { Adopt = true };

    /// <summary>Each timer with the ticks that it was set to.</summary>
    public static TheoryData<string, int> Timers() => new()
    {
        { "SYN", 100 }, { "SYN,ACK", 100 }, { "FIN", 100 }, { "FIN-WAIT-2", 300 }, { "TIME-WAIT", 250 }, { "adoption", 200 }, { "hold", 200 }, { "idle", 150 },
    };

    [Theory, MemberData(nameof(Timers)), Trait("Rule", "P8, A5, F6, F7, F10, P9")]
    public void Fires_at_or_after_its_time_and_within_one_sweep(string timer, int ticks)
    {
        var settings = new Settings { SweepPeriod = Sweep, RtoInitial = 100, FinTimeout = 300, TimeWait = 250, AdoptionTimeout = 200, WatchIdle = 150 };
        for (ulong phase = 0; phase < 3; phase++)
        {
            using Bench bench = NewBench(Carrier.IPv4, timer is "adoption" or "hold" or "idle" ? Adopting : null, settings);
            bench.Advance((phase * 3331) + 7);
            Reach(bench, timer);
            bench.Events.Clear();
            ulong start = bench.Now;
            bool fired = false;
            while (!fired)
            {
                Assert.True(bench.Now - start < ((ulong)ticks * 1024) + 1024 + Sweep + Pace, $"{timer} is late");
                fired = bench.Advance(Pace).Count > 0 || bench.Events.Count > 0;
            }

            Assert.True(bench.Now - start >= (ulong)ticks * 1024, $"{timer} is early");
        }
    }

    private static void Reach(Bench bench, string timer)
    {
        switch (timer)
        {
            case "SYN":
                bench.Dial();
                break;
            case "SYN,ACK":
                bench.Open();
                break;
            case "FIN":
                bench.Establish();
                bench.CloseHere();
                break;
            case "FIN-WAIT-2":
                bench.Establish();
                bench.CloseHere();
                bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
                break;
            case "TIME-WAIT":
                bench.ReachTimeWait();
                break;
            case "adoption":
                bench.Offer();
                break;
            case "hold":
                bench.Release();
                Assert.Equal(OrderStatus.Ok, bench.Do(Order.Hold).Status);
                break;
            default:
                bench.Release();
                break;
        }
    }
}

/// <inheritdoc/>
public sealed class TimerRulesOnCore : TimerRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class TimerRulesOnModel : TimerRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
