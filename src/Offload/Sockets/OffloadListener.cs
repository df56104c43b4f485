using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>Accepts connections whose handshakes the board did, as ordinary sockets (see docs/sockets.md). Thread-safe.</summary>
/// <remarks>
/// Connections are adopted as they come, into a queue of <see cref="OffloadListenerOptions.Backlog"/> sockets; while it is full, as many again wait in the
/// core, for the time of the timer <c>adoption_timeout</c> (10 s) at most. Disposing resets all that wait, and gives the port back.
/// </remarks>
public sealed class OffloadListener : IAsyncDisposable
{
    /// <summary>Candidates, as a multiple of the backlog, from which on the table is asked which of them still wait.</summary>
    private const int StaleCandidates = 4;

    private readonly OffloadListenerOptions _options;
    private readonly BoardSession _session;
    private readonly SocketAdopter _adopter;
    private readonly ConnectionSubscription _events;
    private readonly Listener _listener;
    private readonly bool _forget;
    private readonly HardwareCloser? _closer;
    private readonly ILogger _logger;
    private readonly Channel<Candidate> _candidates = Channel.CreateUnbounded<Candidate>();
    private readonly Channel<Socket> _sockets = Channel.CreateUnbounded<Socket>();
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly Task _adopting;
    private long _adopted;
    private long _gone;
    private long _refused;
    private long _aborted;
    private long _leftToKernel;
    private int _disposed;

    /// <summary>The board's time when the table was read last; <see cref="WatchAsync"/>'s alone.</summary>
    private ulong _tableRead;

    private OffloadListener(
        OffloadListenerOptions options, BoardSession session, SocketAdopter adopter, ConnectionSubscription events, Listener listener, bool forget, ILogger logger)
    {
        _options = options;
        _session = session;
        _adopter = adopter;
        _events = events;
        _listener = listener;
        _forget = forget;
        _closer = options.CloseInHardware is { } how ? new HardwareCloser(session, how, logger) : null;
        _logger = logger;
        _room = new SemaphoreSlim(options.Backlog);
        LocalEndPoint = listener.EndPoint;
        _watching = Task.Run(WatchAsync);
        _adopting = Task.Run(AdoptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Slot of the core that it has; the number in <see cref="ConnectionRow.Listener"/>.</summary>
    public int Slot => _listener.Slot;

    /// <summary>What the core keeps of a connection: <see cref="ReleaseMode.Watch"/> or <see cref="ReleaseMode.Forget"/>.</summary>
    public ReleaseMode Release => _forget ? ReleaseMode.Forget : ReleaseMode.Watch;

    /// <summary>What it has done so far.</summary>
    public OffloadListenerStatistics Statistics => new(
        Interlocked.Read(ref _adopted), Interlocked.Read(ref _gone), Interlocked.Read(ref _refused), Interlocked.Read(ref _aborted),
        Interlocked.Read(ref _leftToKernel), _closer?.Returned ?? 0, _sockets.Reader.Count);

    /// <summary>Waits for the next connection. The socket is connected, with the options that the board agreed, and the core has handed it over: what the
    /// peer sent so far is in it, or on its way.</summary>
    /// <param name="cancellationToken">Ends the wait; no connection is lost by it.</param>
    /// <returns>The socket; the caller's to dispose.</returns>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    /// <exception cref="BoardGoneException">The board was closed, or its holder went away.</exception>
    /// <exception cref="OffloadException">The board no longer answers.</exception>
    public async ValueTask<Socket> AcceptSocketAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            Socket socket = await _sockets.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            _room.Release();
            return socket;
        }
        catch (ChannelClosedException exception)
        {
            throw exception.InnerException is OffloadException why
                ? OffloadException.Create(why.Code, why.Message, why)
                : new ObjectDisposedException(nameof(OffloadListener));
        }
    }

    /// <summary>Takes no new connections, resets those that wait, and gives the port back. Sockets that were accepted live on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await _session.RemoveListenerAsync(_listener.Slot, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBoardsEnd(exception))
        {
            SocketLog.CloseIncomplete(_logger, LocalEndPoint, exception);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_watching, _adopting).ConfigureAwait(false);
        _sockets.Writer.TryComplete();
        while (_sockets.Reader.TryRead(out Socket? socket))
        {
            socket.LingerState = new LingerOption(enable: true, 0);
            socket.Dispose();
        }

        await ResetWaitingAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _room.Dispose();
        SocketLog.ListenerStopped(_logger, LocalEndPoint, Statistics);
    }

    /// <summary>Starts one.</summary>
    internal static async ValueTask<OffloadListener> StartAsync(
        BoardSession session, SocketAdopter adopter, IPEndPoint endPoint, OffloadListenerOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        BoardIdentity identity = await session.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        ListenerOptions wanted = options.ToListener(endPoint, options.ZeroWindow ?? identity.ParkSlots == 0);
        ListenerRules.Check(wanted);
        bool forget = options.Release == ReleaseMode.Forget
            || (options is { Release: ReleaseMode.Auto, CloseInHardware: null } && identity.Connections <= OffloadListenerOptions.SmallTable);

        // Before the listener, so that no event of it is missed.
        ConnectionSubscription events = new(await session.SubscribeAsync(BoardConnections.DefaultCapacity, cancellationToken).ConfigureAwait(false));
        try
        {
            Listener listener = await session.AddListenerAsync(wanted, cancellationToken).ConfigureAwait(false);
            OffloadListener started = new(options, session, adopter, events, listener, forget, logger);
            SocketLog.ListenerStarted(logger, listener.EndPoint, listener.Slot, started.Release);
            return started;
        }
        catch
        {
            await events.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static bool IsBoardsEnd(Exception exception) => exception is OffloadException or IOException or ObjectDisposedException or TcpRepairException;

    /// <summary>Finds what waits for adoption: what an earlier process left, then by the core's events; where some were lost, in the table.</summary>
    private async Task WatchAsync()
    {
        try
        {
            await FindOrphansAsync().ConfigureAwait(false);
            while (true)
            {
                ConnectionEvent item = await _events.ReadAsync(_stop.Token).ConfigureAwait(false);
                if (item.LostEvents > 0)
                {
                    int found = await FindInTableAsync().ConfigureAwait(false);
                    SocketLog.TableReadAgain(_logger, item.LostEvents, found, LocalEndPoint);
                }

                if (item.Established && item.Connection.Owner == Owner.Parked && item.Connection.Listener == _listener.Slot)
                {
                    await OfferAsync(new Candidate(item.Connection, IsSure: item.TimeMicroseconds > _tableRead)).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is being disposed.
        }
        catch (Exception exception) when (IsBoardsEnd(exception))
        {
            Fail(exception);
        }
    }

    private async ValueTask FindOrphansAsync()
    {
        IReadOnlyList<ConnectionRow> ours = await ReadOursAsync().ConfigureAwait(false);
        if (_options.Orphans == OrphanHandling.Adopt)
        {
            int found = await OfferParkedAsync(ours).ConfigureAwait(false);
            if (found > 0)
            {
                SocketLog.OrphansFound(_logger, found, LocalEndPoint);
            }
        }

        // One that was on its way back to the core has no socket any more, and one that nobody wants gets none.
        foreach (ConnectionRow row in ours)
        {
            if (row.Listener != _listener.Slot && (row.Owner == Owner.Held || (row.Owner == Owner.Parked && _options.Orphans == OrphanHandling.Reset)))
            {
                await _adopter.AbortAsync(row).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<int> FindInTableAsync() => await OfferParkedAsync(await ReadOursAsync().ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Offers what waits among connections that have just been read from the table.</summary>
    private async ValueTask<int> OfferParkedAsync(IReadOnlyList<ConnectionRow> ours)
    {
        // What the table names may have an event under way: released twice, it could be taken from whoever hands it back.
        _tableRead = await _adopter.NowAsync().ConfigureAwait(false);
        int found = 0;
        foreach (ConnectionRow row in ours)
        {
            if (row.Owner == Owner.Parked)
            {
                found++;
                await OfferAsync(new Candidate(row, IsSure: false)).ConfigureAwait(false);
            }
        }

        return found;
    }

    /// <summary>The table's synchronized connections at our end point, in whatever slot.</summary>
    private async ValueTask<IReadOnlyList<ConnectionRow>> ReadOursAsync()
    {
        TableWords table = new(EntryLayout.Words);
        await _session.ReadTableAsync(table, CancellationToken.None).ConfigureAwait(false);
        List<ConnectionRow> rows = [];
        NetworkAddress address = NetworkAddress.FromIPAddress(LocalEndPoint.Address);
        for (int i = 0; i < table.Count; i++)
        {
            ConnectionRow row = ConnectionWords.ReadRow(table.EntryOf(i), table.IndexOf(i));
            if (row.Key.LocalAddress == address && row.Key.LocalPort == LocalEndPoint.Port && row.Key.Vlan == _options.Vlan
                && (row.Listener == _listener.Slot || row.State is not (TcpState.SynReceived or TcpState.SynSent)))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private async ValueTask OfferAsync(Candidate candidate)
    {
        if (_options.AllowedSources.Count > 0 && !IsAllowed(candidate.Row.Key.RemoteAddress.ToIPAddress()))
        {
            if (await _adopter.AbortAsync(candidate.Row).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _refused);
                SocketLog.SourceRefused(_logger, candidate.Row.Key);
            }

            return;
        }

        _candidates.Writer.TryWrite(candidate);
        if (_candidates.Reader.Count > StaleCandidates * _options.Backlog)
        {
            // Nobody accepts, and more came than can wait in the core: most have ended since.
            while (_candidates.Reader.TryRead(out _))
            {
            }

            await FindInTableAsync().ConfigureAwait(false);
        }
    }

    private bool IsAllowed(IPAddress source)
    {
        foreach (IPNetwork network in _options.AllowedSources)
        {
            if (network.Contains(source))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adopts what was found, one after the other, while there is room.</summary>
    private async Task AdoptAsync()
    {
        try
        {
            while (true)
            {
                // Room comes first: what has none waits in the core.
                await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (!await AdoptOneAsync(await _candidates.Reader.ReadAsync(_stop.Token).ConfigureAwait(false)).ConfigureAwait(false))
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is being disposed.
        }
        catch (Exception exception) when (IsBoardsEnd(exception))
        {
            Fail(exception);
        }
    }

    /// <summary>Whether it became a socket.</summary>
    private async ValueTask<bool> AdoptOneAsync(Candidate candidate)
    {
        ConnectionRow row = candidate.Row;
        if (!candidate.IsSure)
        {
            if (await _adopter.FindWaitingAsync(row).ConfigureAwait(false) is not { } now)
            {
                return false;
            }

            row = now;
        }

        Adoption adoption = await _adopter.AdoptAsync(row, _forget, _closer).ConfigureAwait(false);
        switch (adoption.Outcome)
        {
            case AdoptionOutcome.Adopted:
                Interlocked.Increment(ref _adopted);
                if (!_sockets.Writer.TryWrite(adoption.Socket!))
                {
                    // The board's end was noticed meanwhile.
                    adoption.Socket!.Dispose();
                }

                return true;
            case AdoptionOutcome.Aborted:
                Interlocked.Increment(ref _aborted);
                return false;
            case AdoptionOutcome.LeftToKernel:
                Interlocked.Increment(ref _leftToKernel);
                return false;
            default:
                Interlocked.Increment(ref _gone);
                return false;
        }
    }

    /// <summary>Resets what waits in the core, and what is on its way there.</summary>
    private async ValueTask ResetWaitingAsync()
    {
        try
        {
            foreach (ConnectionRow row in await ReadOursAsync().ConfigureAwait(false))
            {
                if (row.Listener == _listener.Slot && (row.Owner == Owner.Parked || row.State == TcpState.SynReceived))
                {
                    await _adopter.AbortAsync(row).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (IsBoardsEnd(exception))
        {
            SocketLog.CloseIncomplete(_logger, LocalEndPoint, exception);
        }
    }

    /// <summary>Whoever accepts gets what there is, and then is told.</summary>
    private void Fail(Exception exception)
    {
        OffloadException why = exception as OffloadException
            ?? new BoardGoneException("The board no longer answers. Open it again, and listen again.", exception);
        if (_sockets.Writer.TryComplete(why))
        {
            SocketLog.ListenerFailed(_logger, LocalEndPoint, exception);
        }
    }

    /// <summary>A connection that may wait for its adoption.</summary>
    /// <param name="Row">The connection.</param>
    /// <param name="IsSure">Whether only an event of its opening names it; else it may have been adopted since.</param>
    private readonly record struct Candidate(ConnectionRow Row, bool IsSure);
}
