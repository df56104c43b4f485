using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>The other direction: the board opens, and the caller gets a socket.</summary>
public sealed class ConnectTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4, ReleaseMode.Watch)]
    [InlineData(Ip.V4, ReleaseMode.Forget)]
    [InlineData(Ip.V6, ReleaseMode.Watch)]
    [InlineData(Ip.V6, ReleaseMode.Forget)]
    public async Task An_opened_socket_talks_both_ways(Ip ip, ReleaseMode release)
    {
        await using Scene scene = await Rig.BeginAsync();
        Socket remote = scene.NewClient(ip);
        remote.Listen();
        Task<Socket> accepting = remote.AcceptAsync();
        using Socket socket = await scene.Board.ConnectSocketAsync(
            new ConnectionOpenOptions { RemoteEndPoint = (System.Net.IPEndPoint)remote.LocalEndPoint! }, release);
        Socket peer = scene.Own(await accepting.WaitAsync(Scene.Patience));
        peer.NoDelay = true;
        socket.NoDelay = true;
        Assert.Equal(peer.RemoteEndPoint, socket.LocalEndPoint);

        // The window that the peer named in its SYN,ACK was not scaled. The entry has it in whole units of the peer's scale, and so has the ACK that the
        // engine makes of the entry.
        await Scene.UntilAsync(
            () => scene.Trace.AtHost(ConnectionKey.FromEndPoints((System.Net.IPEndPoint)socket.LocalEndPoint!, (System.Net.IPEndPoint)peer.LocalEndPoint!)).Any(frame => frame.FromBoard),
            () => "the engine's ACK is at the host");
        int scale = TcpInfo.Of(peer).OwnScale;
        uint named = OptionTests.Window(peer, 232) >> scale << scale;
        await Scene.UntilAsync(() => OptionTests.Window(socket, 228) == named, () => $"the socket's window is {named}; it is {OptionTests.Window(socket, 228)}");

        // The peer of an open may speak first.
        await peer.SendAsync("220 ready"u8.ToArray());
        Assert.Equal("220 ready", await Transfer.ReadTextAsync(socket, 9));
        await Transfer.BothWaysAsync(peer, socket);
        await Transfer.MegabytesAsync(peer, socket, 1);
        await Transfer.MegabytesAsync(socket, peer, 1);
        Assert.Equal(1ul, await scene.CountAsync(CounterId.Released));
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
    }

    [SkippableFact]
    public async Task An_opened_socket_can_go_back()
    {
        await using Scene scene = await Rig.BeginAsync();
        Socket remote = scene.NewClient(Ip.V4);
        remote.Listen();
        Task<Socket> accepting = remote.AcceptAsync();
        using Socket socket = await scene.Board.ConnectSocketAsync(
            new ConnectionOpenOptions { RemoteEndPoint = (System.Net.IPEndPoint)remote.LocalEndPoint! }, ReleaseMode.Watch);
        Socket peer = scene.Own(await accepting.WaitAsync(Scene.Patience));
        await Transfer.BothWaysAsync(peer, socket);
        await socket.ReturnToHardwareAsync(scene.Board, Transfer.Patiently);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
    }

    [SkippableFact]
    public async Task A_refused_open_says_so()
    {
        await using Scene scene = await Rig.BeginAsync();
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(
            () => scene.Board.ConnectSocketAsync(new System.Net.IPEndPoint(KernelRig.ClientAddress(Ip.V4), 9)).AsTask());
        Assert.Equal(OffloadError.ConnectionRefused, refused.Code);
        Assert.Equal(0, (await scene.Board.Connections.SnapshotAsync()).Count);
    }
}
