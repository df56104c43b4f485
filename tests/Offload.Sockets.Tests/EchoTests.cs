using System.Net.Sockets;
using System.Text;
using Offload.Kernel.Tests.Bench;

namespace Offload.Sockets.Tests;

/// <summary>The shortest whole way: a handshake in hardware, an ordinary socket, bytes both ways, an end.</summary>
public sealed class EchoTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4, ReleaseMode.Watch)]
    [InlineData(Ip.V4, ReleaseMode.Forget)]
    [InlineData(Ip.V6, ReleaseMode.Watch)]
    [InlineData(Ip.V6, ReleaseMode.Forget)]
    public async Task An_accepted_socket_talks_both_ways(Ip ip, ReleaseMode release)
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(ip, new OffloadListenerOptions { Release = release });
        Socket client = scene.NewClient(ip);
        await Scene.ConnectAsync(client, listener.LocalEndPoint);
        await client.SendAsync(Encoding.ASCII.GetBytes("early bird"));
        using Socket server = await listener.AcceptAsync();
        Assert.True(server.Connected);
        Assert.Equal(listener.LocalEndPoint, server.LocalEndPoint);
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.Equal("early bird", await Transfer.ReadTextAsync(server, 10));
        await server.SendAsync(Encoding.ASCII.GetBytes("and the worm"));
        Assert.Equal("and the worm", await Transfer.ReadTextAsync(client, 12));
        Assert.Equal(1, listener.Statistics.Adopted);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await server.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task A_server_may_speak_first(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(ip);
        int retransmissions = 1;
        for (int attempt = 0; attempt < 5 && retransmissions > 0; attempt++)
        {
            Socket client = scene.NewClient(ip);
            await Scene.ConnectAsync(client, listener.LocalEndPoint);
            using Socket server = await listener.AcceptAsync();
            await server.SendAsync(Encoding.ASCII.GetBytes("220 ready"));
            Assert.Equal("220 ready", await Transfer.ReadTextAsync(client, 9));

            // The client takes the first segment. On a machine that is busy for too long the host's kernel may send it again all the same.
            retransmissions = TcpInfo.Of(server).Retransmissions;
        }

        Assert.Equal(0, retransmissions);
    }
}
