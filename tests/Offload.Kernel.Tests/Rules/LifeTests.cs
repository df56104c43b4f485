using System.Diagnostics;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Counters;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;
using Xunit.Abstractions;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Whole lives in both roles on a bad cable, and their ends: 200, or 2,000 with OFFLOAD_TEST_FULL=1. OFFLOAD_TEST_SEED replays a run.</summary>
public sealed class LifeTests(ITestOutputHelper output) : RigTest
{
    /// <summary>The kernel's ports, so that a seed meets the same flows again. Below the range that kernels choose from.</summary>
    private const ushort FirstPort = 12_000;

    private static readonly bool Full = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1";

    private static readonly CableFaults Faults = new(
        Loss: 0.20, Duplication: 0.10, Reordering: 0.25, LongestHold: TimeSpan.FromMilliseconds(20), Delay: TimeSpan.FromMilliseconds(2));

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P8")]
    [Trait("Rule", "A1")]
    [Trait("Rule", "A2")]
    [Trait("Rule", "A5")]
    [Trait("Rule", "F1")]
    [Trait("Rule", "F2")]
    [Trait("Rule", "F3")]
    [Trait("Rule", "F4")]
    [Trait("Rule", "F6")]
    [Trait("Rule", "F7")]
    public async Task Every_connection_ends_as_tcp_allows(Ip ip)
    {
        int count = Full ? 1000 : 100;
        ulong seed = TestSeed.Get();
        output.WriteLine($"OFFLOAD_TEST_SEED={seed}");
        await using Scene scene = await Rig.BeginAsync();
        await LifeBench.HurryAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        BadCable cable = new(seed, Faults);
        scene.Impairment = cable;
        await using EventBook book = await EventBook.OpenAsync(scene.Board);
        LifeBench bench = new(scene, book, ip, listener, cable.LostOf);

        // Every opener with every closer, all at a time, as far as the table goes.
        long started = Stopwatch.GetTimestamp();
        using SemaphoreSlim places = new(400);
        Life[] lives = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await places.WaitAsync();
            try
            {
                return await bench.LiveAsync((ushort)(FirstPort + i), (Opener)(i % 2), (Closer)(i / 2 % 3));
            }
            finally
            {
                places.Release();
            }
        }));
        output.WriteLine($"{ip}: {count} lives in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s; segments lost, doubled, held: {cable.Done}");

        string[] faults = Sum(lives, out int completed);
        Assert.Empty(faults);
        // Of 10,000, one or two give up.
        Assert.True(completed >= count - 3 - (count / 500), $"only {completed} completed");
        Assert.True(cable.Done.Lost > count && cable.Done.Duplicated > count / 2 && cable.Done.Held > count, $"the cable was too good: {cable.Done}");
        Assert.Equal(0ul, book.Lost);

        scene.Impairment = null;
        await BothTablesAreEmptyAsync(scene);
        await CountersAgreeAsync(scene, lives);
    }

    // What the checker of lives must refuse, from the rig: a stranger's RST, of which the cable is innocent.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task A_strangers_reset_does_not_pass_for_a_failure_of_the_cable(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await LifeBench.HurryAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        PacketSender sender = scene.NewSender();
        await using EventBook book = await EventBook.OpenAsync(scene.Board);
        LifeBench bench = new(scene, book, ip, listener, _ => 0);

        Life good = await bench.LiveAsync(FirstPort, Opener.Kernel, Closer.Kernel);
        Life other = await bench.LiveAsync(FirstPort + 1, Opener.Engine, Closer.Engine);
        Life reset = await bench.LiveAsync(FirstPort + 2, Opener.Kernel, Closer.Engine, async row =>
        {
            sender.Send(scene.SegmentOf(row.Key, TcpFlags.Rst, row.RcvNxt).ToBytes());
            await book.WaitAsync(row.Key, item => item.Closed, Scene.Patience);
            // Of an entry that is gone nobody tells the kernel that waits; so it is ended.
            await Task.Run(() => Rig.Client.RunTool("ss", ["-tKH", "dport", $"= :{row.Key.LocalPort}"]));
        });

        Assert.Null(good.Judge(out Ending ending));
        Assert.Equal(Ending.Completed, ending);
        Assert.Null(other.Judge(out _));
        Assert.NotNull(reset.Judge(out _));
        Assert.Single(Sum([good, other, reset], out int completed));
        Assert.Equal(2, completed);
    }

    private static readonly Life Good = new(Opener.Kernel, Closer.Both, null, CloseReason.Normal, true, null, 0);

    /// <summary>Lives that TCP does not allow.</summary>
    public static TheoryData<string> Impossible() =>
        ["refused", "gave up early", "never open", "never freed", "aborted", "flushed", "reset early", "half closed", "not accepted", "gave up its FIN early"];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void The_checker_refuses_what_tcp_does_not_allow(string what)
    {
        Assert.Null(Good.Judge(out _));
        Life bad = what switch
        {
            "refused" => Good with { OpenFailure = SocketError.ConnectionRefused, WasEstablished = false, Reason = null, Lost = 99 },
            "gave up early" => Good with { OpenFailure = SocketError.TimedOut, WasEstablished = false, Reason = null, Lost = Life.KernelTransmissions - 1 },
            "never open" => Good with { WasEstablished = false, Lost = 99 },
            "never freed" => Good with { Reason = null, Lost = 99 },
            "aborted" => Good with { Reason = CloseReason.Aborted, Lost = 99 },
            "flushed" => Good with { Reason = CloseReason.Flushed, Lost = 99 },
            "reset early" => Good with { Reason = CloseReason.ResetByPeer, Lost = Life.KernelTransmissions - 1 },
            "not accepted" => Good with { Opener = Opener.Engine, KernelError = SocketError.TimedOut, Lost = Life.KernelAnswers - 1 },
            "half closed" => Good with { KernelError = SocketError.ConnectionReset },
            _ => Good with { Reason = CloseReason.TimedOut, Lost = Life.EngineTransmissions - 1 },
        };
        Assert.NotNull(bad.Judge(out _));
    }

    /// <summary>Prints how many ended in which way; the faults of those that TCP does not allow.</summary>
    private string[] Sum(IReadOnlyCollection<Life> lives, out int completed)
    {
        List<(Life Life, Ending Ending, string? Fault)> judged = [.. lives.Select(life =>
        {
            string? fault = life.Judge(out Ending ending);
            return (life, ending, fault);
        })];
        output.WriteLine($"{"opened by",-10} {"closed by",-10} {string.Join(' ', Enum.GetNames<Ending>().Select(name => $"{name,19}"))} {"not allowed",12}");
        foreach (var group in judged.GroupBy(item => (item.Life.Opener, item.Life.Closer)).OrderBy(group => group.Key))
        {
            IEnumerable<string> counts = Enum.GetValues<Ending>().Select(ending => $"{group.Count(item => item.Fault is null && item.Ending == ending),19}");
            output.WriteLine($"{group.Key.Opener,-10} {group.Key.Closer,-10} {string.Join(' ', counts)} {group.Count(item => item.Fault is not null),12}");
        }

        completed = judged.Count(item => item.Fault is null && item.Ending == Ending.Completed);
        return [.. judged.Where(item => item.Fault is not null).Select(item => $"{item.Life}: {item.Fault}")];
    }

    /// <summary>Waits until nothing is left: in the engine, in the client's kernel, and in the host's, which never had any.</summary>
    private async Task BothTablesAreEmptyAsync(Scene scene)
    {
        string left = "";
        long started = Stopwatch.GetTimestamp();
        TimeSpan limit = TimeSpan.FromSeconds(180);
        bool asked = false;
        int waited = 0;
        while (true)
        {
            ConnectionSnapshot table = await scene.Board.Connections.SnapshotAsync();
            IReadOnlyList<KernelSocket> kernel = KernelSocket.List(Rig.Client);
            waited = Math.Max(waited, kernel.Count(socket => socket.State == KernelSocket.TimeWait));
            left = $"engine: {string.Join(", ", table.Rows.ToArray().GroupBy(row => row.State).Select(group => $"{group.Count()} {group.Key}"))}; "
                + $"kernel: {string.Join(", ", kernel.GroupBy(socket => socket.State).Select(group => $"{group.Count()} {group.Key}"))}";
            if (table.Count == 0 && kernel.Count == 0)
            {
                break;
            }

            if (!Full && !asked && kernel.All(socket => socket.State == KernelSocket.TimeWait))
            {
                // In a long run they are given their minute.
                asked = true;
                KernelSocket.EndTimeWait(Rig.Client);
                continue;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"tables are not empty after {limit.TotalSeconds} s: {left}");
            await Task.Delay(100);
        }

        Assert.Empty(KernelSocket.List(Rig.Host));
        output.WriteLine(
            $"both tables empty after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s; the kernel had {waited} in TIME-WAIT, {(Full ? "awaited" : "ended by ss -K")}");
    }

    /// <summary>Every entry that was made has ended, in one of the allowed ways; no more became ESTABLISHED than lived.</summary>
    private async Task CountersAgreeAsync(Scene scene, Life[] lives)
    {
        Dictionary<CounterId, ulong> count = [];
        foreach (CounterId id in Enum.GetValues<CounterId>())
        {
            count[id] = await scene.CountAsync(id);
        }

        output.WriteLine(string.Join(", ", count.Where(pair => pair.Value > 0).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.Equal((ulong)lives.Count(life => life.WasEstablished), count[CounterId.Established]);
        ulong made = count[CounterId.SynReceived] + (ulong)lives.Count(life => life.Opener == Opener.Engine) + count[CounterId.TimeWaitReused];
        ulong ended = count[CounterId.ClosedNormal] + count[CounterId.ClosedReset] + count[CounterId.ClosedTimedOut] + count[CounterId.TimeWaitRestored];
        Assert.Equal(made, ended);
        Assert.Equal(0ul, count[CounterId.ClosedAborted] + count[CounterId.ClosedFlushed] + count[CounterId.ClosedEvicted] + count[CounterId.EventsLost]);
        // What ended by a RST or the clock and was no life of ours was an old duplicate's (rule P5).
        ulong others = made - (ulong)lives.Length;
        output.WriteLine($"{made} entries: {lives.Length} lives, {others} of SYNs out of the past (P5)");
    }
}
