using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>Connections that meet what the kernel has of the same tuple.</summary>
public sealed class TupleTests : RigTest
{
    private static readonly OffloadListenerOptions Forgetting = new() { Release = ReleaseMode.Forget };

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task The_kernels_time_wait_makes_room(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // With timestamps the kernel would make room by itself.
        scene.SetClientParameter("net/ipv4/tcp_timestamps", "0");
        await using OffloadListener listener = await scene.AcceptingAsync(ip, Forgetting);
        (Socket first, Socket server) = await scene.TalkAsync(listener);
        int port = ((IPEndPoint)first.LocalEndPoint!).Port;
        ConnectionKey key = Scene.KeyOf(first, listener.LocalEndPoint);
        server.Dispose();
        Assert.Equal(0, await first.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        first.LingerState = new LingerOption(enable: false, 0);
        first.Dispose();
        await Scene.UntilAsync(
            () => scene.Rig.Host.Run(() => SocketDiagnostics.Find(key)) == KernelTcpState.TimeWait, () => "the host's kernel has it in TIME-WAIT");

        // Until the last ACK is there, the client's own kernel has the tuple still, and would not connect it again.
        ConnectionKey back = ConnectionKey.FromEndPoints(key.RemoteEndPoint, key.LocalEndPoint);
        await Scene.UntilAsync(() => scene.Rig.Client.Run(() => SocketDiagnostics.Find(back)) == KernelTcpState.None, () => "the client's kernel has forgotten it");

        Socket second = scene.NewClient(ip, port);
        await Scene.ConnectAsync(second, listener.LocalEndPoint);
        using Socket again = await listener.AcceptAsync();
        await Transfer.BothWaysAsync(second, again);
        Assert.Equal(2, listener.Statistics.Adopted);
        Assert.Equal(0, listener.Statistics.Aborted);
    }

    [SkippableFact]
    public async Task A_peer_that_has_begun_anew_gets_a_new_socket()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Forgetting);
        (Socket first, Socket server) = await scene.TalkAsync(listener);
        using Socket old = server;
        int port = ((IPEndPoint)first.LocalEndPoint!).Port;

        // The client dies without a word: its RST is lost.
        scene.Impairment = new Kernel.Tests.Relay.LossOf((_, segment) => segment.IsReset);
        first.Dispose();
        Socket second = scene.NewClient(Ip.V4, port);
        await Scene.ConnectAsync(second, listener.LocalEndPoint);
        using Socket anew = await listener.AcceptAsync();
        await Transfer.BothWaysAsync(second, anew);
        SocketException ended = await Assert.ThrowsAsync<SocketException>(() => old.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        Assert.Equal(SocketError.ConnectionAborted, ended.SocketErrorCode);
    }

    [SkippableFact]
    [Trait("Rule", "P3, P6, C2")]
    public async Task A_late_duplicate_syn_disturbs_nothing()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Forgetting);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        ConnectionKey key = Scene.KeyOf(client, listener.LocalEndPoint);

        // From here on, so that on a busy machine nothing of the handshake comes twice.
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromMilliseconds(100));
        uint irs = scene.Trace.FromClient(key).First(frame => frame.Segment.IsSyn).Segment.Sequence;
        using PacketSender sender = scene.NewSender();
        Task both = Task.WhenAll(Transfer.MegabytesAsync(client, server, 1), Transfer.MegabytesAsync(server, client, 1));
        for (int i = 0; i < 5; i++)
        {
            sender.Send(scene.SegmentOf(key, TcpFlags.Syn, irs).ToBytes());
            await Task.Delay(5);
        }

        await both;
        await Transfer.BothWaysAsync(client, server);
        await scene.CountedAsync(CounterId.SynReceived, 2);
        Assert.Equal(1, listener.Statistics.Adopted);

        // The engine took the handshake's two segments and the five SYNs, and nothing of what the two kernels said to each other.
        Assert.Equal(0ul, await scene.CountAsync(CounterId.HostFramesConsumed));
        if (scene.Trace.FromClient(key).Count(frame => frame.Segment.IsSyn) == 6)
        {
            // Else the machine was so busy that the client's kernel sent its own SYN again.
            Assert.Equal(7ul, await scene.CountAsync(CounterId.NetFramesConsumed));
        }

        Assert.DoesNotContain(scene.Trace.ToClient(key), frame => frame.Segment.IsReset);
        Assert.DoesNotContain(scene.Trace.AtHost(key), frame => frame.Segment.IsReset);
    }

    [SkippableFact]
    public async Task A_cookies_connection_that_meets_a_live_one_is_left_to_the_kernel()
    {
        await using Scene scene = await Rig.BeginAsync();
        InterceptedSession session = new(scene.Board.Session);
        using SocketAdopter adopter = await SocketAdopter.StartAsync(session, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);
        Listeners.Listener listener = await scene.ListenAsync(Ip.V4, options => options with { Mode = ListenerMode.Adopt });
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        using SafeSocketHandle live = scene.Rig.Host.Run(() => TcpRepair.Adopt(row, row.TsOffset, 0));
        TcpRepair.Start(live, tellWindow: false);

        // As if the entry that waits stemmed from a cookie: what the kernel has may be another connection, and alive.
        Adoption adoption = await adopter.AdoptAsync(row with { Origin = Origin.Cookie }, forget: false);
        Assert.Equal(AdoptionOutcome.LeftToKernel, adoption.Outcome);
        Assert.Equal([CommandCode.Read, CommandCode.Release], session.Commands.Select(command => command.Code));
        await scene.GoneAsync(row.Key);
        Assert.DoesNotContain(scene.Trace.ToClient(row.Key), frame => frame.Segment.IsReset);
        using Socket server = new(live);
        await Transfer.BothWaysAsync(client, server);
    }

    [SkippableFact]
    public async Task What_the_kernel_refuses_is_reset_and_counted()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Forgetting);
        // An adopted socket needs a route to its peer.
        string client = $"{KernelRig.ClientAddress(Ip.V4)}/32";
        scene.Rig.Host.Ip($"route add unreachable {client}");
        scene.Own(new Remover(() => scene.Rig.Host.Ip($"route del unreachable {client}")));
        Socket socket = scene.NewClient(Ip.V4);
        await Scene.ConnectToBeResetAsync(socket, listener.LocalEndPoint);
        await Scene.UntilAsync(() => listener.Statistics.Aborted == 1, () => "the refusal is counted");
    }
}
