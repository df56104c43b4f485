using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>Sockets whose connections go back to the board when they are disposed (<see cref="OffloadListenerOptions.CloseInHardware"/>).</summary>
public sealed class CloseTests : RigTest
{
    private static readonly OffloadListenerOptions InHardware = new() { CloseInHardware = new SocketReturnOptions { DrainTimeout = Scene.Patience } };

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task A_disposed_socket_is_closed_by_the_board(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("time_wait", TimeSpan.FromMilliseconds(300));
        await using OffloadListener listener = await scene.AcceptingAsync(ip, InHardware);
        Assert.Equal(ReleaseMode.Watch, listener.Release);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        ConnectionKey key = Scene.KeyOf(client, listener.LocalEndPoint);
        await server.SendAsync(new byte[100_000]);
        server.Dispose();
        server.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => server.SendAsync(new byte[1]).WaitAsync(Scene.Patience));
        await Transfer.ReadAsync(client, new byte[100_000]);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        await Scene.UntilAsync(() => listener.Statistics.Returned == 1, () => $"it went back: {listener.Statistics}");
        Assert.Equal(Owner.Engine, (await scene.RowAsync(key, _ => true)).Owner);
        Assert.Empty(scene.HostSockets(listener));
        client.Shutdown(SocketShutdown.Send);
        await scene.GoneAsync(key);
        Assert.Equal(1ul, await scene.CountAsync(CounterId.Taken));
    }

    [SkippableFact]
    public async Task After_the_peers_end_the_board_says_ours()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, InHardware);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await server.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        server.Dispose();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        await scene.GoneAsync(Scene.KeyOf(client, listener.LocalEndPoint));
        await Scene.UntilAsync(() => listener.Statistics.Returned == 1, () => $"it went back: {listener.Statistics}");
        Assert.Empty(scene.HostSockets(listener));
    }

    [SkippableFact]
    public async Task An_operation_that_waits_ends_as_on_any_socket()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, InHardware);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        Task<int> receiving = server.ReceiveAsync(new byte[1]);
        Assert.False(receiving.IsCompleted);
        server.Dispose();
        SocketException aborted = await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(Scene.Patience));
        Assert.Equal(SocketError.OperationAborted, aborted.SocketErrorCode);

        // .NET resets a connection whose socket is disposed amid an operation (dotnet/runtime, SafeSocketHandle.CloseHandle).
        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.Equal(0, listener.Statistics.Returned);
    }

    [SkippableTheory]
    [InlineData("unread")]
    [InlineData("linger")]
    [InlineData("abortive")]
    [InlineData("shutdown")]
    public async Task What_cannot_go_back_is_closed_as_any_socket(string how)
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, InHardware);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        switch (how)
        {
            case "unread":
                await client.SendAsync("unread"u8.ToArray());
                await Scene.UntilAsync(() => server.Available == 6, () => "the bytes are there");
                break;
            case "linger":
                server.LingerState = new LingerOption(enable: true, 0);
                break;
            case "shutdown":
                server.Shutdown(SocketShutdown.Send);
                break;
        }

        if (how == "abortive")
        {
            server.Close(0);
        }
        else
        {
            server.Dispose();
        }

        Task<int> ending = client.ReceiveAsync(new byte[1]);
        if (how == "shutdown")
        {
            Assert.Equal(0, await ending.WaitAsync(Scene.Patience));
        }
        else
        {
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => ending.WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }

        Assert.Equal(0, listener.Statistics.Returned);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.Held));
    }

    [Fact]
    public void Forgetting_and_taking_back_exclude_each_other()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => (InHardware with { Release = ReleaseMode.Forget }).Check());
        Assert.Contains("Watch", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => (InHardware with { CloseInHardware = new SocketReturnOptions { DrainTimeout = TimeSpan.FromSeconds(-1) } }).Check());
    }
}
