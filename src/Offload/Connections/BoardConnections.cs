using System.Runtime.CompilerServices;
using Offload.Boards;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>The core's connection table: reading it, its events, and the commands. Thread-safe.</summary>
public sealed class BoardConnections
{
    /// <summary>Events that wait for a subscriber unless it asks for another number.</summary>
    public const int DefaultCapacity = 4096;

    /// <summary>Most events that may wait for a subscriber.</summary>
    public const int MaxCapacity = 1 << 20;

    private readonly BoardSession _session;

    internal BoardConnections(BoardSession session) => _session = session;

    /// <summary>Reads all connections into a snapshot, which may be used before and is overwritten.</summary>
    /// <param name="snapshot">Where the rows go.</param>
    /// <param name="cancellationToken">Ends the reading; the snapshot is then empty.</param>
    public async ValueTask SnapshotAsync(ConnectionSnapshot snapshot, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.Words.Clear();
        try
        {
            await _session.ReadTableAsync(snapshot.Words, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            snapshot.Words.Clear();
            snapshot.Decode();
            throw;
        }

        snapshot.Decode();
    }

    /// <summary>Reads all connections into a new snapshot.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<ConnectionSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        ConnectionSnapshot snapshot = new();
        await SnapshotAsync(snapshot, cancellationToken).ConfigureAwait(false);
        return snapshot;
    }

    /// <summary>Reads one connection; null where there is none of this key.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ConnectionRow?> GetAsync(ConnectionKey key, CancellationToken cancellationToken = default)
    {
        uint[] words = new uint[EntryLayout.Words];
        CommandStatus status = await _session.ExecuteAsync(new CommandRequest(CommandCode.Read, key, 0), words, cancellationToken)
            .ConfigureAwait(false);
        if (status == CommandStatus.Gone)
        {
            return null;
        }

        ThrowUnlessOk(status, CommandCode.Read, key);
        return ConnectionWords.ReadRow(words, -1);
    }

    /// <summary>Closes our side (RFC 9293 3.10.4). This version of the core does so in CLOSE-WAIT.</summary>
    /// <param name="key">Which connection.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>, so that a later connection of the same key is safe.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>, or <see cref="OffloadError.CommandUnsupported"/> in another state.</exception>
    public ValueTask<ConnectionRow> CloseAsync(ConnectionKey key, ulong createdMicroseconds, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Close, key, createdMicroseconds), cancellationToken);

    /// <summary>Sends RST and frees the entry (RFC 9293 3.10.5).</summary>
    /// <param name="key">Which connection.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>.</exception>
    public ValueTask<ConnectionRow> AbortAsync(ConnectionKey key, ulong createdMicroseconds, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Abort, key, createdMicroseconds), cancellationToken);

    /// <summary>Frees entries without sending anything; an event tells of each.</summary>
    /// <param name="listenerSlot">Slot of the listener whose entries are freed, 0 to 255; null: every entry.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    public async ValueTask FlushAsync(int? listenerSlot = null, CancellationToken cancellationToken = default)
    {
        if (listenerSlot is < 0 or > byte.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(listenerSlot), listenerSlot, "A slot is 0 to 255.");
        }

        CommandRequest request = new(CommandCode.Flush, default, 0, (byte?)listenerSlot);
        uint[] words = new uint[EntryLayout.Words];
        ThrowUnlessOk(await _session.ExecuteAsync(request, words, cancellationToken).ConfigureAwait(false), request.Code, default);
    }

    /// <summary>Starts a subscription; every event from the return of this call on is in it, or counted in it as lost.</summary>
    /// <param name="capacity">Events that may wait for the reader, 1 to <see cref="MaxCapacity"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ConnectionSubscription> SubscribeAsync(int capacity = DefaultCapacity, CancellationToken cancellationToken = default)
    {
        if (capacity is < 1 or > MaxCapacity)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, $"A capacity is 1 to {MaxCapacity}.");
        }

        return new ConnectionSubscription(await _session.SubscribeAsync(capacity, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>All events from the first step of the enumeration on, each with the number of those lost before it.</summary>
    /// <param name="capacity">Events that may wait for the reader, 1 to <see cref="MaxCapacity"/>.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<ConnectionEvent> WatchAsync(
        int capacity = DefaultCapacity, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ConnectionSubscription subscription = await SubscribeAsync(capacity, cancellationToken).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            while (true)
            {
                yield return await subscription.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static void ThrowUnlessOk(CommandStatus status, CommandCode code, ConnectionKey key)
    {
        switch (status)
        {
            case CommandStatus.Ok:
                return;
            case CommandStatus.Gone:
                throw new OffloadException(
                    OffloadError.CommandGone, $"{code}: no connection {key} of this creation time; it has ended. Take a new snapshot.");
            case CommandStatus.Unsupported:
                throw new OffloadException(
                    OffloadError.CommandUnsupported, $"{code}: the core does not support this in the connection's present state ({key}).");
            default:
                throw new OffloadException(OffloadError.CommandUnsupported, $"{code}: the core does not know this command.");
        }
    }

    private async ValueTask<ConnectionRow> CommandAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        uint[] words = new uint[EntryLayout.Words];
        ThrowUnlessOk(await _session.ExecuteAsync(request, words, cancellationToken).ConfigureAwait(false), request.Code, request.Key);
        return ConnectionWords.ReadRow(words, -1);
    }
}
