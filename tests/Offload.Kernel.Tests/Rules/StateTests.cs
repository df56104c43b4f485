using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;
using Xunit.Abstractions;

namespace Offload.Kernel.Tests.Rules;

/// <summary>All 11 states at once: a cable that loses just the right segments keeps each connection where it is.</summary>
public sealed class StateTests(ITestOutputHelper output) : RigTest
{
    private const ushort FirstPort = 15_000;

    /// <summary>All it takes to end what is left, the retransmissions of both sides included, on a machine that has other work.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private ushort _nextPort = FirstPort;

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F11")]
    [Trait("Rule", "A1")]
    [Trait("Rule", "A2")]
    [Trait("Rule", "F1")]
    [Trait("Rule", "F2")]
    [Trait("Rule", "F3")]
    [Trait("Rule", "F4")]
    public async Task All_eleven_states_are_there_and_ss_agrees(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await StayAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        await using EventBook book = await EventBook.OpenAsync(scene.Board);
        ScriptedCable cable = new();
        scene.Impairment = cable;
        Stage stage = new(scene, cable, ip, listener, book, () => _nextPort++);
        List<Pair> pairs = [.. await Task.WhenAll(
            stage.SynSentAsync(),
            stage.SynReceivedAsync(),
            stage.EstablishedAsync(Opener.Kernel),
            stage.EstablishedAsync(Opener.Engine),
            stage.EstablishedWithoutLastAckAsync(),
            stage.FinWait1Async(finArrives: true),
            stage.FinWait1Async(finArrives: false),
            stage.FinWait2Async(),
            stage.CloseWaitAsync(),
            stage.ClosingAsync(),
            stage.LastAckAsync(),
            stage.TimeWaitAsync(),
            stage.ClosedAsync(reset: false),
            stage.ClosedAsync(reset: true))];

        List<string> wrong = [];
        List<Seen> seen = [];
        await Scene.UntilAsync(
            async () =>
            {
                seen = await LookAsync(scene, book, pairs);
                wrong = Differences(pairs, seen);
                return wrong.Count == 0;
            },
            () => $"engine and kernel were as wanted: {string.Join("; ", wrong)}");
        IReadOnlyList<Listener> listening = await scene.Board.Listeners.ListAsync();
        Assert.Contains(listening, row => row.EndPoint.Equals(listener.EndPoint));

        output.WriteLine($"{ip}: {"engine",-14}{"kernel (ss)",-14}how");
        output.WriteLine($"    {"LISTEN",-14}{"-",-14}the listener's row; the peer is not there yet");
        foreach ((Pair pair, Seen now) in pairs.Zip(seen))
        {
            output.WriteLine($"    {now.Engine.ToRfcName(),-14}{now.Kernel ?? "-",-14}{pair.How}");
        }

        // LISTEN is a listener's row; the others are all there.
        Assert.Equal(Enum.GetValues<TcpState>().Where(state => state != TcpState.Listen).Order(), seen.Select(now => now.Engine).Distinct().Order());
        // And whoever compares is not blind: no state passes for the one after it.
        Assert.Equal(pairs.Count, Differences(pairs, [.. seen.Select(now => now with { Engine = (TcpState)(((int)now.Engine + 1) % 11) })]).Count);
        Assert.NotEmpty(Differences(pairs, [.. seen.Select((now, i) => now with { Kernel = seen[(i + 1) % seen.Count].Kernel })]));

        // The kernel's FIN, which comes until it is acknowledged, starts TIME-WAIT again (F7): with this.
        await scene.SetTimerAsync("time_wait", TimeSpan.FromSeconds(2));
        await EndAsync(scene, cable, pairs);
    }

    /// <summary>Timers and limits with which each side stays in every state, sending again and again, until all have been looked at.</summary>
    private static async Task StayAsync(Scene scene)
    {
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromSeconds(1));
        await scene.SetTimerAsync("rto_max", TimeSpan.FromSeconds(5));
        await scene.SetTimerAsync("tcp_syn_retries", 15);
        await scene.SetTimerAsync("tcp_synack_retries", 15);
        await scene.SetTimerAsync("tcp_orphan_retries", 15);
        await scene.SetTimerAsync("tcp_fin_timeout", TimeSpan.FromMinutes(2));
        await scene.SetTimerAsync("time_wait", TimeSpan.FromMinutes(2));
        // Not all kernels have this; without it the end takes longer.
        scene.SetClientParameter("net/ipv4/tcp_rto_max_ms", "1000", optional: true);
        scene.SetClientParameter("net/ipv4/tcp_syn_retries", "100");
        scene.SetClientParameter("net/ipv4/tcp_synack_retries", "100");
        scene.SetClientParameter("net/ipv4/tcp_orphan_retries", "100");
        scene.SetClientParameter("net/ipv4/tcp_retries2", "100");
    }

    private static async Task<List<Seen>> LookAsync(Scene scene, EventBook book, IReadOnlyList<Pair> pairs)
    {
        Dictionary<ConnectionKey, TcpState> table = [];
        foreach (ConnectionRow row in (await scene.Board.Connections.SnapshotAsync()).Rows)
        {
            table.Add(row.Key, row.State);
        }

        IReadOnlyList<KernelSocket> kernel = KernelSocket.List(scene.Rig.Client);
        return [.. pairs.Select(pair => new Seen(
            table.TryGetValue(pair.Key, out TcpState state) ? state : book.Of(pair.Key) is [.., { Closed: true } last] ? last.Connection.State : TcpState.Listen,
            kernel.FirstOrDefault(socket => socket.Remote.Equals(pair.Key.LocalEndPoint) && socket.Local.Equals(pair.Key.RemoteEndPoint))?.State))];
    }

    private static List<string> Differences(IReadOnlyList<Pair> pairs, IReadOnlyList<Seen> seen) =>
        [.. pairs.Zip(seen).Where(item => item.First.Wanted != item.Second).Select(item => $"{item.First.How}: wanted {item.First.Wanted}, seen {item.Second}")];

    /// <summary>The cable is mended, and everything ends by itself, for both sides.</summary>
    private async Task EndAsync(Scene scene, ScriptedCable cable, IReadOnlyList<Pair> pairs)
    {
        foreach (Pair pair in pairs)
        {
            cable.Write(pair.Key.RemotePort, null);
        }

        await Task.WhenAll(pairs.Select(pair => pair.ReadyAsync())).WaitAsync(Patience);
        foreach (Pair pair in pairs)
        {
            pair.EndKernel();
        }

        string left = "";
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        do
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < Patience, $"left: {left}");
            await Task.Delay(50);
            ConnectionSnapshot table = await scene.Board.Connections.SnapshotAsync();
            foreach (ConnectionRow row in table.Rows.ToArray().Where(row => row.State is TcpState.Established or TcpState.CloseWait))
            {
                try
                {
                    await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
                }
                catch (OffloadException exception) when (exception.Code == OffloadError.CommandGone)
                {
                    // It ended meanwhile.
                }
            }

            IEnumerable<KernelSocket> kernel = KernelSocket.List(Rig.Client).Where(socket => socket.State is not (KernelSocket.TimeWait or KernelSocket.Listening));
            left = string.Join(", ", table.Rows.ToArray().Select(row => $"{row.Key} {row.State}")) + string.Join(", ", kernel);
        }
        while (left.Length > 0);
        output.WriteLine($"    all ended {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s after the cable was mended");
    }

    /// <summary>What both sides are to say, or say, of a connection.</summary>
    private sealed record Seen(TcpState Engine, string? Kernel);

    /// <summary>A connection that is kept in a state.</summary>
    private sealed record Pair(ConnectionKey Key, Seen Wanted, string How, Action EndKernel, Func<Task> ReadyAsync);

    /// <summary>Brings connections into states.</summary>
    private sealed class Stage(Scene scene, ScriptedCable cable, Ip ip, Listener listener, EventBook book, Func<ushort> nextPort)
    {
        internal async Task<Pair> SynSentAsync()
        {
            (ushort port, Socket server) = Listen();
            cable.Write(port, Lose(RelayDirection.ToBoard));
            Task<ConnectionRow> opening = scene.Board.Connections.OpenAsync((IPEndPoint)server.LocalEndPoint!).AsTask();
            ConnectionKey? key = null;
            await Scene.UntilAsync(
                async () => (key = (await scene.Board.Connections.SnapshotAsync()).Rows.ToArray().FirstOrDefault(row => row.Key.RemotePort == port).Key) is { RemotePort: > 0 },
                () => "the open is in the table");
            Task<Socket> accepting = server.AcceptAsync();
            return new Pair(
                key!.Value, new Seen(TcpState.SynSent, "SYN-RECV"), "the kernel's SYN,ACK is lost", () => accepting.Result.Dispose(), () => Task.WhenAll(opening, accepting));
        }

        internal async Task<Pair> SynReceivedAsync()
        {
            Socket client = NewSocket(nextPort());
            cable.Write(PortOf(client), Lose(RelayDirection.ToClient));
            Task connecting = client.ConnectAsync(listener.EndPoint);
            return await Task.FromResult(new Pair(
                Scene.KeyOf(client, listener.EndPoint), new Seen(TcpState.SynReceived, "SYN-SENT"), "the engine's SYN,ACK is lost", client.Dispose, () => connecting));
        }

        internal async Task<Pair> EstablishedAsync(Opener opener)
        {
            (Socket socket, ConnectionRow row) = opener == Opener.Kernel ? await ConnectAsync() : await OpenAsync();
            return Make(row, socket, TcpState.Established, "ESTAB", $"opened by the {(opener == Opener.Kernel ? "kernel" : "engine")}");
        }

        internal async Task<Pair> EstablishedWithoutLastAckAsync()
        {
            (ushort port, Socket server) = Listen();
            cable.Write(port, (direction, segment) => direction == RelayDirection.ToBoard || segment.IsSyn ? TimeSpan.Zero : null);
            Task<Socket> accepting = server.AcceptAsync();
            ConnectionRow row = await scene.Board.Connections.OpenAsync((IPEndPoint)server.LocalEndPoint!);
            return new Pair(
                row.Key, new Seen(TcpState.Established, "SYN-RECV"), "opened by the engine, whose last ACK is lost", () => accepting.Result.Dispose(), () => accepting);
        }

        internal async Task<Pair> FinWait1Async(bool finArrives)
        {
            (Socket socket, ConnectionRow row) = await ConnectAsync();
            cable.Write(row.Key.RemotePort, Lose(finArrives ? RelayDirection.ToBoard : RelayDirection.ToClient));
            await CloseAsync(row);
            return Make(
                row, socket, TcpState.FinWait1, finArrives ? "CLOSE-WAIT" : "ESTAB", finArrives ? "closed by the engine; the kernel's ACK is lost" : "closed by the engine; its FIN is lost");
        }

        internal async Task<Pair> FinWait2Async()
        {
            (Socket socket, ConnectionRow row) = await OpenAsync();
            await CloseAsync(row);
            return Make(row, socket, TcpState.FinWait2, "CLOSE-WAIT", "closed by the engine, not yet by the kernel");
        }

        internal async Task<Pair> CloseWaitAsync()
        {
            (Socket socket, ConnectionRow row) = await ConnectAsync();
            socket.Shutdown(SocketShutdown.Send);
            return Make(row, socket, TcpState.CloseWait, "FIN-WAIT-2", "closed by the kernel, not yet by the engine");
        }

        internal async Task<Pair> ClosingAsync()
        {
            (Socket socket, ConnectionRow row) = await ConnectAsync();
            HashSet<RelayDirection> sent = [];
            // The first FIN of each side is on the way until both have sent theirs; nothing else arrives any more.
            cable.Write(row.Key.RemotePort, (direction, segment) => segment.IsFin && sent.Add(direction) ? Impairment.UntilReleased : null);
            await CloseAsync(row);
            socket.Shutdown(SocketShutdown.Send);
            await Scene.UntilAsync(() => scene.Rig.Relay.Kept == 2, () => $"both FINs are on the way; {scene.Rig.Relay.Kept} are");
            await scene.Rig.Relay.ReleaseAsync().WaitAsync(Scene.Patience);
            return Make(row, socket, TcpState.Closing, "CLOSING", "closed by both at once; the FINs crossed, both ACKs are lost");
        }

        internal async Task<Pair> LastAckAsync()
        {
            (Socket socket, ConnectionRow row) = await ConnectAsync();
            socket.Shutdown(SocketShutdown.Send);
            await book.WaitAsync(row.Key, item => item.PeerClosed, Scene.Patience);
            await Scene.UntilAsync(() => TcpInfo.Of(socket).State == KernelState.FinWait2, () => "the kernel's FIN was acknowledged");
            cable.Write(row.Key.RemotePort, Lose(RelayDirection.ToBoard));
            await CloseAsync(row);
            return Make(row, socket, TcpState.LastAck, KernelSocket.TimeWait, "closed by the kernel, then by the engine; the kernel's ACK is lost");
        }

        internal async Task<Pair> TimeWaitAsync()
        {
            (Socket socket, ConnectionRow row) = await OpenAsync();
            await CloseAsync(row);
            await scene.RowAsync(row.Key, now => now.State == TcpState.FinWait2);
            cable.Write(row.Key.RemotePort, Lose(RelayDirection.ToClient));
            socket.Shutdown(SocketShutdown.Send);
            return Make(row, socket, TcpState.TimeWait, "LAST-ACK", "closed by the engine, then by the kernel; the engine's ACK is lost");
        }

        internal async Task<Pair> ClosedAsync(bool reset)
        {
            (Socket socket, ConnectionRow row) = await ConnectAsync();
            if (reset)
            {
                socket.LingerState = new LingerOption(enable: true, 0);
                socket.Dispose();
                return Make(row, socket, TcpState.Closed, null, "reset by the kernel; the entry's last event");
            }

            socket.Shutdown(SocketShutdown.Send);
            await book.WaitAsync(row.Key, item => item.PeerClosed, Scene.Patience);
            await CloseAsync(row);
            return Make(row, socket, TcpState.Closed, KernelSocket.TimeWait, "closed by both; the entry's last event");
        }

        private static Func<RelayDirection, WireSegment, TimeSpan?> Lose(RelayDirection lost) => (direction, _) => direction == lost ? null : TimeSpan.Zero;

        private static ushort PortOf(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

        private static Pair Make(ConnectionRow row, Socket socket, TcpState engine, string? kernel, string how) =>
            new(row.Key, new Seen(engine, kernel), how, socket.Dispose, () => Task.CompletedTask);

        private async Task CloseAsync(ConnectionRow row) => await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);

        private async Task<(Socket Socket, ConnectionRow Row)> ConnectAsync()
        {
            Socket client = NewSocket(nextPort());
            await client.ConnectAsync(listener.EndPoint);
            ConnectionEvent opened = await book.WaitAsync(Scene.KeyOf(client, listener.EndPoint), item => item.Established, Scene.Patience);
            return (client, opened.Connection);
        }

        private async Task<(Socket Socket, ConnectionRow Row)> OpenAsync()
        {
            (ushort _, Socket server) = Listen();
            Task<Socket> accepting = server.AcceptAsync();
            ConnectionRow row = await scene.Board.Connections.OpenAsync((IPEndPoint)server.LocalEndPoint!);
            Socket accepted = scene.Own(await accepting.WaitAsync(Scene.Patience));
            server.Dispose();
            return (accepted, row);
        }

        private (ushort Port, Socket Socket) Listen()
        {
            ushort port = nextPort();
            Socket server = NewSocket(port);
            server.Listen();
            return (port, server);
        }

        private Socket NewSocket(ushort port)
        {
            IPAddress address = KernelRig.ClientAddress(ip);
            Socket socket = scene.Own(scene.Rig.Client.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)));
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
    }
}
