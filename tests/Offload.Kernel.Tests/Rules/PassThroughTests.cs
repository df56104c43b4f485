using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Everything but the engine's own connections passes between the kernels.</summary>
public sealed class PassThroughTests : RigTest
{
    private const int Megabyte = 1 << 20;

    [SkippableTheory]
    [InlineData(Ip.V4, 56)]
    [InlineData(Ip.V4, 1400)]
    [InlineData(Ip.V6, 56)]
    [InlineData(Ip.V6, 1400)]
    public async Task Ping_and_neighbour_discovery_pass(Ip ip, int length)
    {
        await using Scene scene = await Rig.BeginAsync();
        Rig.Client.Ip($"neigh flush dev {KernelRig.NetTap}");
        Rig.Host.Ip($"neigh flush dev {KernelRig.HostTap}");
        using Socket socket = Rig.Client.Run(() => ip == Ip.V4
            ? new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp)
            : new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));
        socket.ReceiveTimeout = (int)Scene.Patience.TotalMilliseconds;
        byte[] request = new byte[8 + length];
        Random.Shared.NextBytes(request.AsSpan(4));
        request[0] = (byte)(ip == Ip.V4 ? 8 : 128);
        request[1] = request[2] = request[3] = 0;
        if (ip == Ip.V4)
        {
            // For ICMPv6 the kernel does it.
            ushort checksum = InternetChecksum.Of(request);
            request[2] = (byte)(checksum >> 8);
            request[3] = (byte)checksum;
        }

        socket.SendTo(request, new IPEndPoint(KernelRig.HostAddress(ip), 0));
        byte[] buffer = new byte[2000];
        ReadOnlySpan<byte> reply;
        do
        {
            int received = socket.Receive(buffer);
            reply = buffer.AsSpan(0, received)[(ip == Ip.V4 ? 20 : 0)..];
        }
        while (reply[0] != (ip == Ip.V4 ? 0 : 129));

        Assert.True(reply[4..].SequenceEqual(request.AsSpan(4)));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task Udp_passes_both_ways(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // The engine listens on the same number: a UDP port is another port.
        Listener listener = await scene.ListenAsync(ip);
        using Socket client = NewUdp(Rig.Client, ip);
        using Socket server = NewUdp(Rig.Host, ip);
        server.Bind(listener.EndPoint);
        byte[] buffer = new byte[2000];
        foreach (int length in new[] { 0, 1, 100, ip == Ip.V4 ? 1472 : 1452 })
        {
            byte[] sent = RandomNumberGenerator.GetBytes(length);
            client.SendTo(sent, listener.EndPoint);
            EndPoint from = new IPEndPoint(ip == Ip.V4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
            int received = server.ReceiveFrom(buffer, ref from);
            Assert.Equal(sent, buffer[..received]);
            server.SendTo(buffer.AsSpan(0, received), from);
            Assert.Equal(sent, buffer[..client.Receive(buffer)]);
        }
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C1")]
    [Trait("Rule", "C2")]
    public async Task The_hosts_own_connections_move_data_beside_the_engines(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener offloaded = await scene.ListenAsync(ip);
        IPEndPoint ordinary = Scene.NewHostEndPoint(ip);
        using Socket listener = Rig.Host.Run(() => new Socket(ordinary.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(ordinary);
        listener.Listen();
        Socket client = scene.NewClient(ip);
        Task<Socket> accepting = listener.AcceptAsync();
        await Scene.ConnectAsync(client, ordinary);
        using Socket server = await accepting.WaitAsync(Scene.Patience);

        byte[] up = RandomNumberGenerator.GetBytes(Megabyte);
        byte[] down = RandomNumberGenerator.GetBytes(Megabyte);
        Task<byte[]> atServer = HashOfAsync(server);
        Task<byte[]> atClient = HashOfAsync(client);
        Task moving = Task.WhenAll(SendAsync(client, up), SendAsync(server, down));
        List<ConnectionRow> rows = [];
        for (int i = 0; i < 40; i++)
        {
            rows.Add((await scene.ConnectAsync(offloaded)).Row);
        }

        await moving.WaitAsync(Scene.Patience);
        Assert.Equal(SHA256.HashData(up), await atServer.WaitAsync(Scene.Patience));
        Assert.Equal(SHA256.HashData(down), await atClient.WaitAsync(Scene.Patience));
        Assert.Equal(40ul, await scene.CountAsync(CounterId.Established));
        Assert.Equal(40, (await scene.Board.Connections.SnapshotAsync()).Count);
        Assert.All(rows, row => Assert.Empty(scene.Trace.AtHost(row.Key)));
        Assert.Null(await scene.Board.Connections.GetAsync(Scene.KeyOf(client, ordinary)));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task The_hosts_kernel_connects_to_the_client(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.ListenAsync(ip);
        using Socket listener = Rig.Client.Run(() => new Socket(KernelRig.ClientAddress(ip).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(KernelRig.ClientAddress(ip), 0));
        listener.Listen();
        using Socket active = Rig.Host.Run(() => new Socket(KernelRig.ClientAddress(ip).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Task<Socket> accepting = listener.AcceptAsync();
        await Scene.ConnectAsync(active, (IPEndPoint)listener.LocalEndPoint!);
        using Socket passive = await accepting.WaitAsync(Scene.Patience);
        byte[] sent = RandomNumberGenerator.GetBytes(10_000);
        Task<byte[]> hash = HashOfAsync(passive);
        await SendAsync(active, sent);
        Assert.Equal(SHA256.HashData(sent), await hash.WaitAsync(Scene.Patience));
    }

    private static Socket NewUdp(Offload.Cli.Demo.NetworkNamespace space, Ip ip)
    {
        Socket socket = space.Run(() => new Socket(KernelRig.ClientAddress(ip).AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = (int)Scene.Patience.TotalMilliseconds;
        return socket;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> HashOfAsync(Socket socket)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[65536];
        for (int length; (length = await socket.ReceiveAsync(buffer)) != 0;)
        {
            hash.AppendData(buffer, 0, length);
        }

        return hash.GetHashAndReset();
    }
}
