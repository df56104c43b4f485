using System.Net.Sockets;
using System.Text;
using Offload.Kernel.Tests.Bench;

namespace Offload.Sockets.Tests;

/// <summary>Bytes through sockets.</summary>
internal static class Transfer
{
    /// <summary>Reads so many bytes of text.</summary>
    internal static async Task<string> ReadTextAsync(Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        await ReadAsync(socket, bytes);
        return Encoding.ASCII.GetString(bytes);
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

    /// <summary>Accepts, within a test's patience.</summary>
    internal static async Task<Socket> AcceptAsync(this OffloadListener listener)
    {
        using CancellationTokenSource limit = new(Scene.Patience);
        return await listener.AcceptSocketAsync(limit.Token);
    }
}
