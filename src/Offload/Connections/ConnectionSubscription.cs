using System.Runtime.CompilerServices;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>A subscription to the core's events: it gets all of them from the moment it was made, or the number of those it did not get.</summary>
/// <remarks>For one reader at a time. Events wait in a queue of the capacity that was asked for; a reader that is too slow loses the newest ones,
/// and is told how many. To begin with a complete picture: subscribe, then take a snapshot.</remarks>
public sealed class ConnectionSubscription : IAsyncDisposable
{
    private readonly EventReader _reader;
    private readonly uint[] _words = new uint[EventLayout.Words];

    internal ConnectionSubscription(EventReader reader) => _reader = reader;

    /// <summary>Waits for the next item.</summary>
    /// <param name="cancellationToken">Ends the wait; the subscription lives on.</param>
    /// <exception cref="BoardGoneException">The board was closed, or its holder went away.</exception>
    public async ValueTask<ConnectionEvent> ReadAsync(CancellationToken cancellationToken = default)
    {
        EventItem item = await _reader.ReadAsync(_words, cancellationToken).ConfigureAwait(false);
        return item.HasEvent
            ? ConnectionWords.ReadEvent(_words, item.Lost)
            : new ConnectionEvent { Kind = ConnectionEventKind.Lost, LostEvents = item.Lost };
    }

    /// <summary>All items from here on, without end.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<ConnectionEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            yield return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the subscription.</summary>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
