using System.Diagnostics;
using System.Net.Sockets;
using Offload.Cli.Demo;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Isn;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;
using Xunit.Abstractions;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Many connections at a time through a cable that loses, doubles and reorders. OFFLOAD_TEST_SEED replays a run.</summary>
public sealed class LossTests(ITestOutputHelper output) : RigTest
{
    private const int Connections = 200;

    /// <summary>The client's ports, so that a seed meets the same flows again. Below the range that kernels choose from.</summary>
    private const int FirstPort = 10_000;

    private static readonly CableFaults Faults = new(
        Loss: 0.20, Duplication: 0.10, Reordering: 0.25, LongestHold: TimeSpan.FromMilliseconds(20), Delay: TimeSpan.Zero);

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P8")]
    [Trait("Rule", "F4")]
    [Trait("Rule", "F6")]
    [Trait("Rule", "S1")]
    public async Task Connections_open_and_close_on_a_bad_cable(Ip ip)
    {
        ulong seed = TestSeed.Get();
        output.WriteLine($"OFFLOAD_TEST_SEED={seed}");
        await using Scene scene = await Rig.BeginAsync();
        // Retransmissions that come soon, and often enough; a client whose answers to them are not held back.
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 100);
        await scene.SetRegisterAsync("tcp.rto_max.ticks", 800);
        await scene.SetRegisterAsync("tcp.synack_retries.count", 12);
        await scene.SetRegisterAsync("tcp.orphan_retries.count", 12);
        scene.SetClientParameter("net/ipv4/tcp_invalid_ratelimit", "0");
        // A SYN each second; not all kernels have this, and without it takes longer.
        scene.SetClientParameter("net/ipv4/tcp_rto_max_ms", "1000", optional: true);
        Listener listener = await scene.ListenAsync(ip);
        BadCable cable = new(seed, Faults);
        scene.Impairment = cable;

        long started = Stopwatch.GetTimestamp();
        Socket[] clients = [.. Enumerable.Range(0, Connections).Select(i => scene.NewClient(ip, FirstPort + i))];
        ConnectionKey[] keys = [.. clients.Select(client => Scene.KeyOf(client, listener.EndPoint))];
        SocketError?[] errors = await Task.WhenAll(clients.Select(client => OpenAsync(client, listener)));
        int open = errors.Count(error => error is null);
        output.WriteLine($"{open} open after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");

        // Seven SYNs may be lost, and a client gives up in time: nothing else may keep one out. It does so to one in 10,000.
        Assert.All(errors, error => Assert.True(error is null or SocketError.TimedOut, $"{error}"));
        Assert.True(open >= Connections - 3, $"only {open} are open");
        await CheckOpenAsync(scene, listener, keys.Where((_, i) => errors[i] is null));

        started = Stopwatch.GetTimestamp();
        foreach (Socket client in clients.Where((_, i) => errors[i] is null))
        {
            client.Shutdown(SocketShutdown.Send);
        }

        await CloseAllAsync(scene, clients.Where((_, i) => errors[i] is not null));
        output.WriteLine($"all closed after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms; lost, doubled, held: {cable.Done}");

        // Every entry ended, and in a way that TCP knows.
        ulong made = await scene.CountAsync(CounterId.SynReceived);
        ulong normal = await scene.CountAsync(CounterId.ClosedNormal);
        ulong reset = await scene.CountAsync(CounterId.ClosedReset);
        ulong timedOut = await scene.CountAsync(CounterId.ClosedTimedOut);
        output.WriteLine($"{made} entries: {normal} closed by both, {reset} reset, {timedOut} given up");
        Assert.Equal(made, normal + reset + timedOut);
        Assert.True(normal >= Connections - 3, $"only {normal} closed in good order");
        Assert.True(cable.Done is { Lost: > 200, Duplicated: > 50, Held: > 200 });
        CheckWire(scene, keys, [.. keys.Where((_, i) => errors[i] is null)], made);
    }

    private static async Task<SocketError?> OpenAsync(Socket client, Listener listener)
    {
        try
        {
            await Scene.ConnectAsync(client, listener.EndPoint);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }

    /// <summary>Table, ss and key agree on every connection that a client has.</summary>
    private async Task CheckOpenAsync(Scene scene, Listener listener, IEnumerable<ConnectionKey> open)
    {
        HashSet<ConnectionKey> wanted = [.. open];
        ConnectionRow[] rows = [];
        await Scene.UntilAsync(
            async () =>
            {
                ConnectionSnapshot table = await scene.Board.Connections.SnapshotAsync();
                rows = [.. table.Rows.ToArray().Where(row => wanted.Contains(row.Key))];
                return rows.Length == wanted.Count && rows.All(row => row.State == TcpState.Established);
            },
            () => $"the last ACK of all {wanted.Count} came; rows: {rows.Length}, open: {rows.Count(row => row.State == TcpState.Established)}");
        IsnConfiguration isn = await scene.Board.Isn.GetAsync();
        string sockets = Rig.Client.RunTool("ss", ["-tnieOH", "state", "established", "dport", $"= :{listener.EndPoint.Port}"]);
        // ss leaves out the state where it was asked for one.
        IEnumerable<KernelConnection> kernel = KernelConnection.Parse(
            string.Join('\n', sockets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "ESTAB " + line)));
        Assert.Empty(TableCheck.Compare(rows, kernel, [listener], row => BoardIsn.IsComputable(row) ? scene.Board.Isn.Compute(isn, row).Iss : null));
        // No SYN cookies: there are fewer half open than the threshold has.
        Assert.All(rows, row => Assert.True(BoardIsn.IsComputable(row)));
    }

    /// <summary>Closes our side wherever the peer has closed its own, until the table is empty.</summary>
    private static async Task CloseAllAsync(Scene scene, IEnumerable<Socket> failed)
    {
        foreach (Socket client in failed)
        {
            client.Dispose();
        }

        string left = "";
        await Scene.UntilAsync(
            async () =>
            {
                ConnectionSnapshot table = await scene.Board.Connections.SnapshotAsync();
                left = string.Join(", ", table.Rows.ToArray().GroupBy(row => row.State).Select(group => $"{group.Count()} {group.Key}"));
                foreach (ConnectionRow row in table.Rows.ToArray().Where(row => row.State == TcpState.CloseWait))
                {
                    try
                    {
                        await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
                    }
                    catch (OffloadException exception) when (exception.Code == OffloadError.CommandGone)
                    {
                        // A reset came first.
                    }
                }

                return table.Count == 0;
            },
            () => $"the table was empty; left: {left}");
    }

    /// <summary>What the engine sent was right, and each entry had one ISS, however often its SYN,ACK was sent.</summary>
    private static void CheckWire(Scene scene, IEnumerable<ConnectionKey> keys, HashSet<ConnectionKey> open, ulong entries)
    {
        ulong numbers = 0;
        foreach (ConnectionKey key in keys)
        {
            // The checker judges each. Of a client that gave up, every SYN may have been lost.
            IReadOnlyList<SentSegment> sent = scene.Trace.FromEngine(key);
            Assert.True(sent.Count > 0 || !open.Contains(key), $"the engine sent nothing to {key}");
            numbers += (ulong)sent.Where(segment => segment.Flags == (TcpFlags.Syn | TcpFlags.Ack)).Select(segment => segment.Seq).Distinct().Count();
        }

        Assert.Equal(entries, numbers);
    }
}
