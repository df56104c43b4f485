using System.Net.Sockets;
using System.Text;
using Offload.Kernel.Tests.Bench;

namespace Offload.Sockets.Tests;

/// <summary>Bytes through sockets.</summary>
internal static class Transfer
{
    /// <summary>A connection that goes back to the board as soon as its peer has acknowledged everything, however busy the machine is.</summary>
    internal static readonly SocketReturnOptions Patiently = new() { DrainTimeout = Scene.Patience };

    /// <summary>Reads so many bytes of text.</summary>
    internal static async Task<string> ReadTextAsync(Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        await ReadAsync(socket, bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    /// <summary>A few bytes each way.</summary>
    internal static async Task BothWaysAsync(Socket client, Socket server)
    {
        await client.SendAsync("to the server"u8.ToArray());
        Assert.Equal("to the server", await ReadTextAsync(server, 13));
        await server.SendAsync("to the client"u8.ToArray());
        Assert.Equal("to the client", await ReadTextAsync(client, 13));
    }

    /// <summary>Random bytes from one to the other; what arrives is what was sent.</summary>
    internal static async Task MegabytesAsync(Socket from, Socket to, int megabytes)
    {
        byte[] sent = new byte[megabytes << 20];
        new Random(megabytes).NextBytes(sent);
        byte[] received = new byte[sent.Length];
        Task reading = ReadAsync(to, received);
        for (int at = 0; at < sent.Length;)
        {
            at += await from.SendAsync(sent.AsMemory(at)).AsTask().WaitAsync(Scene.Patience);
        }

        await reading;
        Assert.True(sent.AsSpan().SequenceEqual(received), "what arrived is not what was sent");
    }

    /// <summary>Fills a buffer.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before.</exception>
    internal static async Task ReadAsync(Socket socket, Memory<byte> buffer)
    {
        using CancellationTokenSource limit = new(Scene.Patience);
        for (int at = 0; at < buffer.Length;)
        {
            int received = await socket.ReceiveAsync(buffer[at..], limit.Token);
            at += received > 0 ? received : throw new EndOfStreamException($"the peer closed after {at} of {buffer.Length} bytes");
        }
    }
}

/// <summary>Listeners that give sockets, on the rig.</summary>
internal static class SocketScenes
{
    /// <summary>Accepts on an end point that nothing uses.</summary>
    internal static ValueTask<OffloadListener> AcceptingAsync(this Scene scene, Ip ip, OffloadListenerOptions? options = null) =>
        scene.Board.ListenAsync(Scene.NewHostEndPoint(ip), options);

    /// <summary>A client that is connected to an accepted socket, after a few bytes each way.</summary>
    internal static async Task<(Socket Client, Socket Server)> TalkAsync(this Scene scene, OffloadListener listener)
    {
        Socket client = scene.NewClient(listener.LocalEndPoint.AddressFamily == AddressFamily.InterNetwork ? Ip.V4 : Ip.V6);
        await Scene.ConnectAsync(client, listener.LocalEndPoint);
        Socket server = await listener.AcceptAsync();
        server.NoDelay = true;
        await Transfer.BothWaysAsync(client, server);
        return (client, server);
    }

    /// <summary>The host kernel's sockets at a listener's port, but for those that listen.</summary>
    internal static IReadOnlyList<KernelSocket> HostSockets(this Scene scene, OffloadListener listener) =>
        [.. KernelSocket.List(scene.Rig.Host).Where(socket => socket.Local.Port == listener.LocalEndPoint.Port && socket.State != KernelSocket.Listening)];

    /// <summary>Accepts, within a test's patience.</summary>
    internal static async Task<Socket> AcceptAsync(this OffloadListener listener)
    {
        using CancellationTokenSource limit = new(Scene.Patience);
        return await listener.AcceptSocketAsync(limit.Token);
    }
}
