using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>What else can happen to a listener, and to those that wait at it.</summary>
public sealed partial class ListenerTests : RigTest
{
    [SkippableFact]
    public async Task A_full_accept_queue_keeps_the_rest_waiting()
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromMilliseconds(200));
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { Backlog = 2 });
        Socket[] clients = [.. Enumerable.Range(0, 6).Select(_ => scene.NewClient(Ip.V4))];
        foreach (Socket client in clients)
        {
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
        }

        // Two are sockets, two wait in the core, and the last ACK of the others was dropped.
        await scene.CountedAsync(CounterId.AcceptOverflows, 2);
        await Scene.UntilAsync(() => listener.Statistics.Waiting == 2, () => $"two are adopted: {listener.Statistics}");
        foreach (Socket client in clients)
        {
            await client.SendAsync("me too"u8.ToArray());
        }

        foreach (Socket _ in clients)
        {
            using Socket server = await listener.AcceptAsync();
            Assert.Equal("me too", await Transfer.ReadTextAsync(server, 6));
        }

        Assert.Equal(6, listener.Statistics.Adopted);
    }

    [SkippableFact]
    public async Task A_cancelled_accept_loses_no_connection()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4);
        using CancellationTokenSource soon = new();
        Task<Socket> accepting = listener.AcceptSocketAsync(soon.Token).AsTask();
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        (Socket _, Socket server) = await scene.TalkAsync(listener);
        server.Dispose();
    }

    [SkippableFact]
    public async Task Disposing_resets_those_that_wait_and_frees_the_port()
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromMilliseconds(200));
        OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { Backlog = 1 });
        Socket[] clients = [scene.NewClient(Ip.V4), scene.NewClient(Ip.V4), scene.NewClient(Ip.V4)];
        (Socket talking, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        foreach (Socket client in clients[..2])
        {
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
        }

        await scene.RowAsync(Scene.KeyOf(clients[1], listener.LocalEndPoint), row => row.Owner == Owner.Parked);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.AcceptSocketAsync().AsTask());
        await scene.GoneAsync(Scene.KeyOf(clients[1], listener.LocalEndPoint));

        // An ordinary listener of the host's kernel has the port, while an adopted socket lives on it.
        using Socket ordinary = scene.Rig.Host.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        ordinary.Bind(listener.LocalEndPoint);
        ordinary.Listen();
        await Scene.ConnectAsync(clients[2], listener.LocalEndPoint);
        using Socket accepted = await ordinary.AcceptAsync().WaitAsync(Scene.Patience);
        await Transfer.BothWaysAsync(clients[2], accepted);
        await Transfer.BothWaysAsync(talking, server);
    }

    [SkippableFact]
    public async Task It_listens_again_where_sockets_of_its_port_live_on()
    {
        await using Scene scene = await Rig.BeginAsync();
        OffloadListener first = await scene.AcceptingAsync(Ip.V4);
        (Socket client, Socket server) = await scene.TalkAsync(first);
        using Socket owned = server;
        await first.DisposeAsync();
        await using OffloadListener second = await scene.Board.ListenAsync(first.LocalEndPoint);
        (Socket _, Socket next) = await scene.TalkAsync(second);
        next.Dispose();
        await Transfer.BothWaysAsync(client, server);

        // Two that hold the port exclude each other, and one that listens excludes both.
        OffloadException taken = await Assert.ThrowsAsync<OffloadException>(() => scene.Board.ListenAsync(first.LocalEndPoint).AsTask());
        Assert.Equal(OffloadError.AddressInUse, taken.Code);
        using Socket ordinary = scene.Rig.Host.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => ordinary.Bind(first.LocalEndPoint)).SocketErrorCode);
        await second.DisposeAsync();
        ordinary.Bind(first.LocalEndPoint);
        ordinary.Listen();
        taken = await Assert.ThrowsAsync<OffloadException>(() => scene.Board.ListenAsync(first.LocalEndPoint).AsTask());
        Assert.Equal(OffloadError.AddressInUse, taken.Code);
    }

    [SkippableFact]
    public async Task Disposing_with_nobody_accepting_resets_the_client()
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromMilliseconds(200));
        OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { Backlog = 1 });
        Socket[] clients = [scene.NewClient(Ip.V4), scene.NewClient(Ip.V4)];
        foreach (Socket client in clients)
        {
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
        }

        await scene.RowAsync(Scene.KeyOf(clients[1], listener.LocalEndPoint), row => row.Owner == Owner.Parked);
        await listener.DisposeAsync();
        foreach (Socket client in clients)
        {
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    [SkippableFact]
    public async Task A_board_that_goes_away_ends_the_waiting()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        Task<Socket> accepting = listener.AcceptSocketAsync().AsTask();
        ((Boards.HolderSession)scene.Board.Session).Events.Complete(new BoardGoneException("The cable was pulled."));
        BoardGoneException gone = await Assert.ThrowsAsync<BoardGoneException>(() => accepting.WaitAsync(Scene.Patience));
        Assert.Contains("pulled", gone.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BoardGoneException>(() => listener.AcceptSocketAsync().AsTask());
        await Transfer.BothWaysAsync(client, server);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sources_that_are_not_allowed_are_reset(bool allowed)
    {
        await using Scene scene = await Rig.BeginAsync();
        IPNetwork network = IPNetwork.Parse(allowed ? "192.0.2.0/24" : "198.51.100.0/24");
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { AllowedSources = [network] });
        Socket client = scene.NewClient(Ip.V4);
        if (allowed)
        {
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
            using Socket server = await listener.AcceptAsync();
            await Transfer.BothWaysAsync(client, server);
            Assert.Equal(0, listener.Statistics.Refused);
        }
        else
        {
            await Scene.ConnectToBeResetAsync(client, listener.LocalEndPoint);
            await Scene.UntilAsync(() => listener.Statistics.Refused == 1, () => "the refusal is counted");
            Assert.Equal(0, listener.Statistics.Adopted);
        }
    }

    [SkippableFact]
    public async Task Lost_events_lose_no_connection()
    {
        await using Scene scene = await Rig.BeginAsync();
        InterceptedSession session = new(scene.Board.Session);
        using SocketAdopter adopter = await SocketAdopter.StartAsync(session, Logger, default);
        await using OffloadListener listener = await OffloadListener.StartAsync(
            session, adopter, Scene.NewHostEndPoint(Ip.V4), new OffloadListenerOptions { Release = ReleaseMode.Watch }, Logger, default);
        session.EventsToLose = 5;
        Socket[] clients = [.. Enumerable.Range(0, 5).Select(_ => scene.NewClient(Ip.V4))];
        foreach (Socket client in clients)
        {
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
        }

        foreach (Socket _ in clients)
        {
            using Socket server = await listener.AcceptAsync();
            Assert.True(server.Connected);
            server.LingerState = new LingerOption(enable: true, 0);
        }

        Assert.Equal(5, listener.Statistics.Adopted);
        Assert.Equal(0, session.EventsToLose);
    }

    [SkippableFact]
    public async Task What_table_and_event_name_is_adopted_once()
    {
        await using Scene scene = await Rig.BeginAsync();
        TaskCompletionSource waits = new();
        InterceptedSession session = new(scene.Board.Session) { BeforeTable = () => waits.Task };
        using SocketAdopter adopter = await SocketAdopter.StartAsync(session, Logger, default);
        await using OffloadListener listener = await OffloadListener.StartAsync(
            session, adopter, Scene.NewHostEndPoint(Ip.V4), new OffloadListenerOptions { Release = ReleaseMode.Watch }, Logger, default);

        // The look at the table with which it begins finds a connection whose event is still to be read.
        Socket client = scene.NewClient(Ip.V4);
        await Scene.ConnectAsync(client, listener.LocalEndPoint);
        await scene.RowAsync(Scene.KeyOf(client, listener.LocalEndPoint), row => row.Owner == Owner.Parked);
        waits.SetResult();
        using Socket server = await listener.AcceptAsync();
        await Scene.UntilAsync(() => session.Commands.Count(command => command.Code == CommandCode.Read) == 2, () => "both are looked at");
        (Socket _, Socket next) = await scene.TalkAsync(listener);
        next.Dispose();
        Assert.Equal(0, listener.Statistics.Gone);
        Assert.Equal(2, listener.Statistics.Adopted);
        Assert.Equal(2, session.Commands.Count(command => command.Code == CommandCode.Release));
        await Transfer.BothWaysAsync(client, server);
    }

    [SkippableTheory]
    [InlineData(OrphanHandling.Adopt)]
    [InlineData(OrphanHandling.Reset)]
    public async Task What_a_dead_process_left_waiting_is_taken_or_reset(OrphanHandling handling)
    {
        await using Scene scene = await Rig.BeginAsync();
        // As a process leaves it that dies between event and release: a connection that waits, with data, in a slot that the next session takes away.
        Listener left = await scene.ListenAsync(Ip.V4, options => options with { Mode = ListenerMode.Adopt });
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(left);
        await client.SendAsync("anybody"u8.ToArray());
        await scene.CountedAsync(CounterId.Parked, 1);
        await scene.Board.Listeners.RemoveAsync(left);
        await using OffloadListener listener = await scene.Board.ListenAsync(left.EndPoint, new OffloadListenerOptions { Orphans = handling });
        Assert.NotEqual(left.Slot, listener.Slot);
        if (handling == OrphanHandling.Adopt)
        {
            using Socket server = await listener.AcceptAsync();
            Assert.Equal("anybody", await Transfer.ReadTextAsync(server, 7));
            await Transfer.BothWaysAsync(client, server);
        }
        else
        {
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
            await scene.GoneAsync(row.Key);
        }
    }

    [SkippableFact]
    public async Task A_zero_window_keeps_the_client_quiet_until_it_is_adopted()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { ZeroWindow = true });
        Socket client = scene.NewClient(Ip.V4);
        await Scene.ConnectAsync(client, listener.LocalEndPoint);
        await client.SendAsync("to the server"u8.ToArray());
        using Socket server = await listener.AcceptAsync();
        Assert.Equal("to the server", await Transfer.ReadTextAsync(server, 13));
        await Transfer.MegabytesAsync(client, server, 1);
        await Transfer.MegabytesAsync(server, client, 1);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.Parked));
    }

    [SkippableFact]
    public void Without_the_capability_it_says_which_one()
    {
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(() =>
        {
            // Capabilities are the thread's (capabilities(7)), so this one alone goes without.
            Assert.Equal(0, DropCapabilities());
            TcpRepair.Check();
        }));
        thread.Start();
        thread.Join();
        OffloadException refused = Assert.IsType<OffloadException>(failure);
        Assert.Equal(OffloadError.PermissionDenied, refused.Code);
        Assert.Contains("CAP_NET_ADMIN", refused.Message, StringComparison.Ordinal);
    }

    private static Microsoft.Extensions.Logging.ILogger Logger => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    private static unsafe int DropCapabilities()
    {
        // struct __user_cap_header_struct, version 3, and two empty __user_cap_data_struct (linux/capability.h).
        int* header = stackalloc int[2] { 0x20080522, 0 };
        int* none = stackalloc int[6];
        new Span<int>(none, 6).Clear();
        return SetCapabilities(header, none);
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static unsafe partial int SetCapabilities(int* header, int* data);
}
