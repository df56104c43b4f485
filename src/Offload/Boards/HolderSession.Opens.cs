using Offload.Connections;
using Offload.Connections.Routing;
using Offload.Registers;

namespace Offload.Boards;

/// <content>The connections that the holder opens.</content>
internal sealed partial class HolderSession
{
    private readonly OpenedConnections _opened = new();
    private int _looking;

    /// <inheritdoc/>
    public override async ValueTask OpenConnectionAsync(ConnectionOpenOptions options, Memory<uint> answer, CancellationToken cancellationToken)
    {
        OpenRules.Check(options);

        // Whether there is a core at all, before the kernel is bothered.
        (await EnterAsync(cancellationToken).ConfigureAwait(false)).Dispose();
        OpenPath path = await OpenPath.FindAsync(options, _hardware.HostPort, cancellationToken).ConfigureAwait(false);
        OpenedConnection opened;
        try
        {
            using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
            opened = await SendOpenAsync(options, path, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            path.Hold?.Dispose();
            throw;
        }

        try
        {
            uint[] words = await opened.Established.WaitAsync(cancellationToken).ConfigureAwait(false);
            words.CopyTo(answer);
        }
        catch (OperationCanceledException)
        {
            await WithdrawAsync(opened).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The OPEN itself, with the turn at the board. Nothing is left of it where it throws, but for the port.</summary>
    private async ValueTask<OpenedConnection> SendOpenAsync(ConnectionOpenOptions options, OpenPath path, CancellationToken cancellationToken)
    {
        _opened.Settle(_slots);
        ConnectionKey key = OpenRules.Key(options, path);
        int slot = await _slots.RentProfileAsync(OpenRules.Profile(options, path.LocalMac), cancellationToken).ConfigureAwait(false);
        OpenedConnection opened;
        try
        {
            opened = _opened.Begin(key, slot, path.Hold);
        }
        catch
        {
            _slots.ReturnProfile(slot, isGone: true);
            throw;
        }

        uint[] entry = new uint[EntryLayout.Words];
        CommandStatus status;
        try
        {
            // Not cancelled half-way: an entry that nobody knows of would be worse than a late cancellation.
            CommandRequest request = new(CommandCode.Open, key, 0) { Listener = (byte)slot, RemoteMac = path.NextHopMac };
            status = await _core.ExecuteAsync(request, entry, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _opened.End(opened, exception, isGone: false);
            throw;
        }

        if (status != CommandStatus.Ok)
        {
            OffloadException refused = OpenRules.NotTaken(status, key, entry);
            _opened.End(opened, refused, isGone: true);
            throw refused;
        }

        _opened.Confirm(opened, new EntryLayout(entry).Created);
        return opened;
    }

    /// <summary>Whoever asked for it no longer wants it.</summary>
    private async ValueTask WithdrawAsync(OpenedConnection opened)
    {
        try
        {
            using Turn turn = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
            CommandRequest abort = new(CommandCode.Abort, opened.Key, opened.Created ?? 0);
            CommandStatus status = await _core.ExecuteAsync(abort, new uint[EntryLayout.Words], CancellationToken.None).ConfigureAwait(false);
            _opened.End(opened, OpenRules.Failed(opened.Key, CloseReason.Aborted), isGone: status is CommandStatus.Ok or CommandStatus.Gone);
        }
        catch (OffloadException)
        {
            // The board, or its core, is gone, and the connection with it.
        }
    }

    /// <summary>The core lost events: the table holds the truth of what they told. Called by whoever reads the queue.</summary>
    private void OnEventsLost()
    {
        if (_opened.Count > 0 && Interlocked.Exchange(ref _looking, 1) == 0)
        {
            _ = Task.Run(LookAtOpenedAsync);
        }
    }

    private async Task LookAtOpenedAsync()
    {
        Volatile.Write(ref _looking, 0);
        uint[] entry = new uint[EntryLayout.Words];
        try
        {
            foreach (OpenedConnection opened in _opened.ToArray())
            {
                using Turn turn = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
                if (opened.Created is not null)
                {
                    CommandStatus status = await _core.ExecuteAsync(new CommandRequest(CommandCode.Read, opened.Key, 0), entry, CancellationToken.None)
                        .ConfigureAwait(false);
                    _opened.OnTable(opened, status == CommandStatus.Ok, entry);
                }
            }
        }
        catch (Exception exception) when (exception is OffloadException or IOException or ObjectDisposedException)
        {
            // The board is gone, which ends them all, or does not answer: then the next loss, or their next event, tells.
            BoardLog.EventsFailed(_logger, 0, exception);
        }
    }
}
