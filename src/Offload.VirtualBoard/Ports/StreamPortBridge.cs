using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Offload.VirtualBoard.Ports;

/// <summary>
/// Connects a <see cref="MemoryFramePort"/> with a network device of an emulated machine, over a unix socket (QEMU: <c>-netdev stream</c>, each
/// frame behind its length, 32 bits, the first byte the most significant). One machine at a time; when it ends, the next may connect.
/// </summary>
public sealed class StreamPortBridge : IAsyncDisposable
{
    private readonly MemoryFramePort _port;
    private readonly SocketServer _server;

    private StreamPortBridge(MemoryFramePort port, string path)
    {
        _port = port;
        _server = new SocketServer(path, ServeAsync, static _ => { }); // a machine ends so when it is switched off
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="port">The board's port. Stays the caller's.</param>
    /// <param name="socketPath">Path of the socket; a file that nobody listens on is replaced.</param>
    /// <exception cref="SocketException">The path cannot be used.</exception>
    public static StreamPortBridge Start(MemoryFramePort port, string socketPath)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        return new StreamPortBridge(port, socketPath);
    }

    /// <summary>Ends the connection and stops to listen.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        using NetworkStream stream = new(client, ownsSocket: false);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task inward = InwardAsync(stream, over.Token);
        Task outward = OutwardAsync(stream, over.Token);
        _ = await Task.WhenAny(inward, outward).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(inward, outward).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The board was closed: the cable leads nowhere.
        }
    }

    private async Task InwardAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[sizeof(int)];
        while (true)
        {
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            int count = BinaryPrimitives.ReadInt32BigEndian(length);
            if (count is <= 0 or > 1 << 17)
            {
                throw new IOException($"a frame of {count} bytes came");
            }

            byte[] frame = new byte[count];
            await stream.ReadExactlyAsync(frame, cancellationToken).ConfigureAwait(false);
            _port.Send(frame);
        }
    }

    private async Task OutwardAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[] frame = await _port.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            byte[] message = new byte[sizeof(int) + frame.Length];
            BinaryPrimitives.WriteInt32BigEndian(message, frame.Length);
            frame.CopyTo(message, sizeof(int));
            await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
    }
}
