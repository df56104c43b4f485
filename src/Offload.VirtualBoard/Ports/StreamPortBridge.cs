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
    private readonly Socket _listener;
    private readonly string _path;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    private StreamPortBridge(MemoryFramePort port, Socket listener, string path)
    {
        _port = port;
        _listener = listener;
        _path = path;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="port">The board's port. Stays the caller's.</param>
    /// <param name="socketPath">Path of the socket; a file that nobody listens on is replaced.</param>
    /// <exception cref="SocketException">The path cannot be used.</exception>
    public static StreamPortBridge Start(MemoryFramePort port, string socketPath)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        File.Delete(socketPath);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(socketPath));
            File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(1);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new StreamPortBridge(port, listener, socketPath);
    }

    /// <summary>Ends the connection and stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ending.IsCancellationRequested)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _listener.Dispose();
            File.Delete(_path);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                using Socket peer = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                using NetworkStream stream = new(peer, ownsSocket: false);
                using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                Task inward = InwardAsync(stream, over.Token);
                Task outward = OutwardAsync(stream, over.Token);
                _ = await Task.WhenAny(inward, outward).ConfigureAwait(false);
                await over.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(inward, outward).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // The machine has ended, as it does when it is switched off; the next one may come.
            }
            catch (ChannelClosedException)
            {
                return; // the board was closed
            }
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
