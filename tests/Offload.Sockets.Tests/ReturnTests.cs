using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>The way back: the engine closes what a socket has ended, and nothing that the socket still has is lost.</summary>
public sealed class ReturnTests : RigTest
{
    private static readonly OffloadListenerOptions Watched = new() { Release = ReleaseMode.Watch };

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task The_engine_closes_and_the_host_keeps_nothing(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("time_wait", TimeSpan.FromMilliseconds(300));
        await using OffloadListener listener = await scene.AcceptingAsync(ip, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        ConnectionRow row = await server.ReturnToHardwareAsync(scene.Board, Transfer.Patiently);
        Assert.Equal(TcpState.FinWait1, row.State);
        Assert.Equal(Owner.Engine, row.Owner);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        Assert.Empty(scene.HostSockets(listener));
        client.Shutdown(SocketShutdown.Send);
        await scene.GoneAsync(row.Key);
        Assert.Empty(scene.HostSockets(listener));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.Taken));
    }

    [SkippableFact]
    public async Task After_the_peers_end_the_engine_says_ours()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await server.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        ConnectionRow row = await server.ReturnToHardwareAsync(scene.Board, Transfer.Patiently);
        Assert.Equal(TcpState.LastAck, row.State);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        await scene.GoneAsync(row.Key);
        Assert.Empty(scene.HostSockets(listener));
    }

    [SkippableFact]
    public async Task What_was_not_read_keeps_the_socket_as_it_was()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        await client.SendAsync("unread"u8.ToArray());
        await Scene.UntilAsync(() => server.Available == 6, () => "the bytes are there");
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(() => server.ReturnToHardwareAsync(scene.Board, Transfer.Patiently).AsTask());
        Assert.Equal(OffloadError.DataPending, refused.Code);
        Assert.Equal("unread", await Transfer.ReadTextAsync(server, 6));
        await Transfer.BothWaysAsync(client, server);
        await server.ReturnToHardwareAsync(scene.Board, Transfer.Patiently);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
    }

    [SkippableFact]
    public async Task What_was_not_acknowledged_keeps_the_socket_as_it_was()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        scene.Impairment = new LossOf((direction, _) => direction == RelayDirection.ToClient);
        await server.SendAsync("unheard"u8.ToArray());
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(
            () => server.ReturnToHardwareAsync(scene.Board, new SocketReturnOptions { DrainTimeout = TimeSpan.FromMilliseconds(50) }).AsTask());
        Assert.Equal(OffloadError.DataPending, refused.Code);
        scene.Impairment = null;
        Assert.Equal("unheard", await Transfer.ReadTextAsync(client, 7));
        await Transfer.BothWaysAsync(client, server);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.Held));
    }

    [SkippableFact]
    public async Task A_hole_before_the_fence_undoes_everything()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        // All that is not the second segment alone: the first, however often it comes again.
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToBoard && segment.DataLength is not (0 or 6));
        scene.Impairment = loss;
        await client.SendAsync("first"u8.ToArray());
        await Scene.UntilAsync(() => loss.Lost > 0, () => "the first segment is lost");
        await client.SendAsync("second"u8.ToArray());
        ConnectionKey key = Scene.KeyOf(client, listener.LocalEndPoint);
        await Scene.UntilAsync(
            () => scene.Trace.AtHost(key).Any(frame => frame.FromBoard && frame.Segment.DataLength == 6), () => "the second segment went to the host");
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(() => server.ReturnToHardwareAsync(
            scene.Board, new SocketReturnOptions { DrainTimeout = TimeSpan.Zero, FenceTimeout = TimeSpan.FromMilliseconds(5) }).AsTask());
        Assert.Equal(OffloadError.DataPending, refused.Code);
        Assert.True(await scene.CountAsync(CounterId.Held) > 0, "it came as far as the fence");
        scene.Impairment = null;
        Assert.Equal("firstsecond", await Transfer.ReadTextAsync(server, 11));
        await Transfer.BothWaysAsync(client, server);
    }

    [SkippableFact]
    public async Task A_forgotten_connection_cannot_come_back()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, new OffloadListenerOptions { Release = ReleaseMode.Forget });
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(() => server.ReturnToHardwareAsync(scene.Board, Transfer.Patiently).AsTask());
        Assert.Equal(OffloadError.CommandGone, refused.Code);
        await Transfer.BothWaysAsync(client, server);
    }
}
