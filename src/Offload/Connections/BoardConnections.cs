using System.Net;
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

        ThrowUnlessOk(status, CommandCode.Read, key, words);
        return ConnectionWords.ReadRow(words, -1);
    }

    /// <summary>Opens a connection (RFC 9293 3.10.1) with all defaults: the kernel behind the board chooses our address, our port and the next hop.</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="cancellationToken">Ends the attempt: the open is aborted.</param>
    /// <returns>The connection as it became ESTABLISHED.</returns>
    /// <exception cref="ArgumentException">As for <see cref="OpenAsync(ConnectionOpenOptions, CancellationToken)"/>.</exception>
    /// <exception cref="OffloadException">As for <see cref="OpenAsync(ConnectionOpenOptions, CancellationToken)"/>.</exception>
    public ValueTask<ConnectionRow> OpenAsync(IPEndPoint remote, CancellationToken cancellationToken = default) =>
        OpenAsync(new ConnectionOpenOptions { RemoteEndPoint = remote }, cancellationToken);

    /// <summary>Opens a connection (RFC 9293 3.10.1) and waits until it is ESTABLISHED. Our port is bound at the kernel by whoever holds the board, until
    /// the core has freed the connection (after TIME-WAIT, too).</summary>
    /// <param name="options">Where to, and how.</param>
    /// <param name="cancellationToken">Ends the attempt: the open is aborted.</param>
    /// <returns>The connection as it became ESTABLISHED.</returns>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.ConnectionRefused"/>, <see cref="OffloadError.ConnectionTimedOut"/> and
    /// <see cref="OffloadError.ConnectionAborted"/>, with the socket's own error inside; <see cref="OffloadError.NoRoute"/>;
    /// <see cref="OffloadError.NextHopUnreachable"/>; <see cref="OffloadError.ConnectionExists"/>; <see cref="OffloadError.TableFull"/>;
    /// <see cref="OffloadError.ListenersExhausted"/>: no slot is free for options that no other open has; <see cref="OffloadError.AddressInUse"/>,
    /// <see cref="OffloadError.AddressNotAvailable"/> and <see cref="OffloadError.PermissionDenied"/> as for a listener.</exception>
    public async ValueTask<ConnectionRow> OpenAsync(ConnectionOpenOptions options, CancellationToken cancellationToken = default)
    {
        OpenRules.Check(options);
        uint[] words = new uint[EntryLayout.Words];
        await _session.OpenConnectionAsync(options, words, cancellationToken).ConfigureAwait(false);
        return ConnectionWords.ReadRow(words, -1);
    }

    /// <summary>Closes our side (RFC 9293 3.10.4): in SYN-SENT the entry is freed and nothing sent; in SYN-RECEIVED and ESTABLISHED a FIN is sent
    /// (FIN-WAIT-1), in CLOSE-WAIT as well (LAST-ACK). In every other state our side is closed already.</summary>
    /// <param name="key">Which connection; one that the engine owns.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>, so that a later connection of the same key is safe.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>, or <see cref="OffloadError.CommandUnsupported"/> in another state
    /// or with another owner, which the message names.</exception>
    public ValueTask<ConnectionRow> CloseAsync(ConnectionKey key, ulong createdMicroseconds, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Close, key, createdMicroseconds), cancellationToken);

    /// <summary>Frees the entry, in every state; the peer is sent a RST in SYN-RECEIVED, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2 and CLOSE-WAIT
    /// (RFC 9293 3.10.5). Only a connection that is being handed to the host cannot be aborted.</summary>
    /// <param name="key">Which connection.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>; <see cref="OffloadError.CommandUnsupported"/> while it is draining.</exception>
    public ValueTask<ConnectionRow> AbortAsync(ConnectionKey key, ulong createdMicroseconds, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Abort, key, createdMicroseconds), cancellationToken);

    /// <summary>Hands a parked or held connection to the host: a pure ACK made from the entry, then the parked frames, in order. Done when the last one
    /// is out.</summary>
    /// <param name="key">Which connection.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>.</param>
    /// <param name="forget">True: the entry is then freed. False: it is kept, and its state follows the connection (watch).</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>; <see cref="OffloadError.CommandUnsupported"/> with another owner.</exception>
    public ValueTask<ConnectionRow> ReleaseAsync(
        ConnectionKey key, ulong createdMicroseconds, bool forget = false, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Release, key, createdMicroseconds) { Forget = forget }, cancellationToken);

    /// <summary>Freezes a watched connection in ESTABLISHED or CLOSE-WAIT, so that the engine can take it back: what the peer sends from now on is
    /// parked.</summary>
    /// <param name="key">Which connection; one that the host owns.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command. Its <see cref="ConnectionRow.RcvNxt"/> is the highest SEG.SEQ+SEG.LEN that went to the
    /// host: the host's kernel has to have received up to there before its numbers are read for <see cref="TakeAsync"/>.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>; <see cref="OffloadError.CommandUnsupported"/> in another state or with
    /// another owner.</exception>
    public ValueTask<ConnectionRow> HoldAsync(ConnectionKey key, ulong createdMicroseconds, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Hold, key, createdMicroseconds), cancellationToken);

    /// <summary>Makes the engine the owner of a held connection, to close or to reset it. Parked frames are discarded; the peer sends them again.</summary>
    /// <param name="key">Which connection; one that <see cref="HoldAsync"/> froze.</param>
    /// <param name="createdMicroseconds">Its <see cref="ConnectionRow.CreatedMicroseconds"/>.</param>
    /// <param name="numbers">As the host's kernel left it.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The connection as it stood after the command.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.CommandGone"/>; <see cref="OffloadError.CommandUnsupported"/> with another owner.</exception>
    public ValueTask<ConnectionRow> TakeAsync(
        ConnectionKey key, ulong createdMicroseconds, ConnectionTake numbers, CancellationToken cancellationToken = default) =>
        CommandAsync(new CommandRequest(CommandCode.Take, key, createdMicroseconds) { Take = numbers }, cancellationToken);

    /// <summary>Reads the connections of earlier sessions: those whose <see cref="ConnectionRow.Epoch"/> is not this session's.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<ConnectionRow>> GetOrphansAsync(CancellationToken cancellationToken = default)
    {
        uint[] control = new uint[1];
        await _session.ReadAsync(RegisterMap.Control.Control.Address, control, cancellationToken).ConfigureAwait(false);
        byte epoch = (byte)RegisterMap.Control.Control.Epoch.Get(control[0]);
        ConnectionSnapshot snapshot = await SnapshotAsync(cancellationToken).ConfigureAwait(false);
        return [.. snapshot.Rows.ToArray().Where(row => row.Epoch != epoch)];
    }

    /// <summary>Aborts the connections of earlier sessions (RFC 9293 3.10.5), but for those that the host's kernel owns: they live on without us.</summary>
    /// <param name="cancellationToken">Ends the wait; some may have been aborted.</param>
    /// <returns>How many were aborted.</returns>
    public async ValueTask<int> AbortOrphansAsync(CancellationToken cancellationToken = default)
    {
        int aborted = 0;
        uint[] words = new uint[EntryLayout.Words];
        foreach (ConnectionRow row in await GetOrphansAsync(cancellationToken).ConfigureAwait(false))
        {
            if (row.Owner is not (Owner.Host or Owner.Draining))
            {
                // Whatever happened to it meanwhile, it is ours no more.
                CommandRequest request = new(CommandCode.Abort, row.Key, row.CreatedMicroseconds);
                aborted += await _session.ExecuteAsync(request, words, cancellationToken).ConfigureAwait(false) == CommandStatus.Ok ? 1 : 0;
            }
        }

        return aborted;
    }

    /// <summary>Frees entries without sending anything; an event tells of each.</summary>
    /// <param name="listenerSlot">Slot of the listener whose entries are freed, 0 to 255; null: every entry.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    public async ValueTask FlushAsync(int? listenerSlot = null, CancellationToken cancellationToken = default)
    {
        if (listenerSlot is < 0 or > byte.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(listenerSlot), listenerSlot, "A slot is 0 to 255.");
        }

        await CommandAsync(new CommandRequest(CommandCode.Flush, default, 0) { Listener = (byte?)listenerSlot }, cancellationToken).ConfigureAwait(false);
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

    private static void ThrowUnlessOk(CommandStatus status, CommandCode code, ConnectionKey key, ReadOnlySpan<uint> answer)
    {
        switch (status)
        {
            case CommandStatus.Ok:
                return;
            case CommandStatus.Gone:
                throw new OffloadException(
                    OffloadError.CommandGone, $"{code}: no connection {key} of this creation time; it has ended. Take a new snapshot.");
            case CommandStatus.WrongState:
                EntryLayout entry = new(answer);
                throw new OffloadException(
                    OffloadError.CommandUnsupported,
                    $"{code}: not in {entry.State.ToRfcName()} with owner {entry.Owner} ({key}). {Instead(code)}");
            default:
                throw new OffloadException(
                    OffloadError.CommandUnsupported, $"{code}: the core answers {status}; it does not know this command. Load the bitstream of this version.");
        }
    }

    private static string Instead(CommandCode code) => code switch
    {
        CommandCode.Close => "It can be closed in SYN-SENT, SYN-RECEIVED, ESTABLISHED and CLOSE-WAIT while the engine owns it; else wait for its end, or abort it.",
        CommandCode.Abort => "It is being handed to the host; wait until that is done.",
        CommandCode.Release => "It can be released while it is parked or held.",
        CommandCode.Hold => "It can be held in ESTABLISHED and CLOSE-WAIT while the host owns it.",
        CommandCode.Take => "It can be taken while it is held; hold it first.",
        _ => "Take a new snapshot.",
    };

    private async ValueTask<ConnectionRow> CommandAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        uint[] words = new uint[EntryLayout.Words];
        CommandStatus status = await _session.ExecuteAsync(request, words, cancellationToken).ConfigureAwait(false);
        ThrowUnlessOk(status, request.Code, request.Key, words);
        return ConnectionWords.ReadRow(words, -1);
    }
}
