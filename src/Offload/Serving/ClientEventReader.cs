using System.Net.Sockets;
using Offload.Connections;

namespace Offload.Serving;

/// <summary>A subscription through a board's holder; it has a connection of its own.</summary>
internal sealed class ClientEventReader(ClientConnection connection, Action<ClientEventReader> onDisposed) : EventReader
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Task<(bool IsDone, ReadOnlyMemory<byte> Body)>? _pending;
    private volatile bool _disposed;

    /// <inheritdoc/>
    public override async ValueTask<EventItem> ReadAsync(Memory<uint> words, CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            throw new InvalidOperationException("A subscription has one reader at a time.");
        }

        try
        {
            // A cancelled wait leaves the reception under way: nothing may be lost of a frame that is half there.
            _pending ??= connection.ReceiveAsync(CancellationToken.None).AsTask();
            (bool isDone, ReadOnlyMemory<byte> body) = await _pending.WaitAsync(cancellationToken).ConfigureAwait(false);
            _pending = null;
            return isDone ? throw MessageReader.Bad("the end of an event stream") : Read(body.Span, words.Span);
        }
        catch (RemoteErrorException remote)
        {
            throw remote.Error;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(ConnectionSubscription));
            throw new BoardGoneException("The connection to the process that holds the board broke. Open the board again.", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        onDisposed(this);
        connection.Dispose();
        return default;
    }

    private static EventItem Read(ReadOnlySpan<byte> body, Span<uint> words)
    {
        MessageReader reader = new(body);
        EventItem item = new(reader.Boolean(), reader.UInt64());
        if (item.HasEvent)
        {
            reader.Words(words);
        }

        reader.End();
        return item;
    }
}
