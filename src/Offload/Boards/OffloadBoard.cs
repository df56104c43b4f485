using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Offload.Connections;
using Offload.Counters;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;
using Offload.Serving;
using Offload.Sockets;
using Offload.Timers;

namespace Offload.Boards;

/// <summary>An open board: the one object that an application keeps for as long as it works with a board. Thread-safe.</summary>
/// <remarks>
/// Whoever opens a board first holds it, and serves it to this user's other processes; whoever opens it later works through the holder, with the
/// same results. While it is open, the holder tells the core that the host is alive (<see cref="OffloadBoardOptions.HostTimeout"/>). When the holder
/// disposes it, the listeners are removed, all ports go back to the kernel, the signs of life end, and the engine is disabled: the board is
/// a cable again. Connections that the engine still has stay in its table, sending nothing; opening the board begins a session with the next number, in
/// which they are orphans (<see cref="BoardConnections.GetOrphansAsync"/>). Close or abort them before disposing where the peers should be told. A
/// holder that is killed leaves the engine on; after <see cref="OffloadBoardOptions.HostTimeout"/> every listener does what its
/// <see cref="Offload.Listeners.ListenerOptions.HostLost"/> says. Disposing a board that another process holds only ends the connection to that process.
/// </remarks>
public sealed class OffloadBoard : IAsyncDisposable
{
    private readonly BoardSession _session;
    private readonly BoardServer? _server;
    private readonly ServedSocket? _lease;
    private readonly BoardMetrics? _metrics;
    private readonly ILogger _logger;
    private readonly BoardSockets _sockets;
    private int _disposed;

    private OffloadBoard(BoardSession session, BoardServer? server, ServedSocket? lease, ILogger logger, IsnKeyStore keys, BoardMetrics? metrics)
    {
        _session = session;
        _server = server;
        _lease = lease;
        _logger = logger;
        Isn = new BoardIsn(session, keys);
        Listeners = new BoardListeners(session);
        Connections = new BoardConnections(session);
        Counters = new BoardCounters(session);
        Timers = new BoardTimers(session);
        Registers = new BoardRegisters(session);
        _metrics = metrics;
        _sockets = new BoardSockets(session, logger);
    }

    /// <summary>Which board it is, and where it is served.</summary>
    public BoardDescription Description => _lease is null
        ? _session.Description
        : _session.Description with { SocketPath = _lease.SocketPath, HolderProcessId = Environment.ProcessId };

    /// <summary>Whether this process holds the board; otherwise it works through the process that does.</summary>
    public bool IsHolder => _session.IsHolder;

    /// <summary>What it stands on.</summary>
    internal BoardSession Session => _session;

    /// <summary>How initial sequence numbers are made.</summary>
    public BoardIsn Isn { get; }

    /// <summary>The end points that the core listens on.</summary>
    public BoardListeners Listeners { get; }

    /// <summary>The connection table, its events, and the commands.</summary>
    public BoardConnections Connections { get; }

    /// <summary>The counters.</summary>
    public BoardCounters Counters { get; }

    /// <summary>The engine's timers and limits, under Linux's names.</summary>
    public BoardTimers Timers { get; }

    /// <summary>The registers, by address and by name.</summary>
    public BoardRegisters Registers { get; }

    /// <summary>Lists all boards: those that the providers find, and those that other processes of this user serve. Opens no board; removes the
    /// sockets of processes that have ended.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(OffloadBoardOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return BoardFinder.DiscoverAsync(options, cancellationToken);
    }

    /// <summary>Opens a board, or connects to the process that holds it.</summary>
    /// <param name="id">Its stable id (<see cref="BoardDescription.Id"/>); null: the only board there is.</param>
    /// <param name="options">Where to look, and how to open.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="BoardNotFoundException">No such board; the message lists those that are there.</exception>
    /// <exception cref="RegisterMapMismatchException">It runs a core of another register map.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardAmbiguous"/>; <see cref="OffloadError.BoardBusy"/>: another process holds it
    /// and does not serve it, or does not answer; <see cref="OffloadError.PermissionDenied"/>; <see cref="OffloadError.LinkFault"/>.</exception>
    public static async ValueTask<OffloadBoard> OpenAsync(string? id, OffloadBoardOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        FoundBoard found = await BoardFinder.FindAsync(id, options, cancellationToken).ConfigureAwait(false);
        return found.Provider is { } provider
            ? await HoldAsync(provider, found.Description, options, cancellationToken).ConfigureAwait(false)
            : await ConnectAsync(found.Description.SocketPath!, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to the process that serves a board on a socket.</summary>
    /// <param name="socketPath">Path of the socket.</param>
    /// <param name="options">Only logging is taken from it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="BoardNotFoundException">Nobody serves a board there.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>: the process there is another user's;
    /// <see cref="OffloadError.ProtocolError"/>: it speaks another protocol, or another version; <see cref="OffloadError.BoardBusy"/>: it does not answer.</exception>
    public static async ValueTask<OffloadBoard> ConnectAsync(
        string socketPath, OffloadBoardOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        ArgumentNullException.ThrowIfNull(options);
        ClientSession session = await ClientSession.ConnectAsync(socketPath, options.HelloTimeout, cancellationToken).ConfigureAwait(false);
        ILogger logger = LoggerOf(options);
        BoardLog.Connected(logger, session.Description.Id, socketPath);
        return new OffloadBoard(session, null, null, logger, new IsnKeyStore(), metrics: null);
    }

    /// <summary>Loads a bitstream file and starts the core: placement key and ISN key are made, the session's number is raised, the listeners that
    /// there are go into the new core, and the engine is enabled. The table and all connections in the core are lost; frames are lost while it loads.</summary>
    /// <param name="path">Path of the file, as the process that holds the board sees it.</param>
    /// <param name="progress">Told of every step; may be null.</param>
    /// <param name="cancellationToken">Ends the load; the board stays as it was where the payload had not been started.</param>
    /// <exception cref="BitstreamRejectedException">The file is not for this board, or not trusted; the board is as it was.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="RegisterMapMismatchException">The core that runs now has another map than its container said.</exception>
    public ValueTask LoadBitstreamAsync(string path, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LoadBitstreamAsync(path, LoadTarget.Core, progress, cancellationToken);

    /// <summary>Loads a bitstream file into the part or into the flash that the board starts from, and starts the core; see the other overload.</summary>
    /// <param name="path">Path of the file, as the process that holds the board sees it.</param>
    /// <param name="target">Where to.</param>
    /// <param name="progress">Told of every step; may be null.</param>
    /// <param name="cancellationToken">Ends the load at a point where the board starts as before; later it is not heard.</param>
    /// <exception cref="BitstreamRejectedException">The file is not for this board, or not trusted; the board is as it was.</exception>
    /// <exception cref="LoadFailedException">It failed; the board starts what it did before.</exception>
    /// <exception cref="BoardNeedsRecoveryException">It failed; load again.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="RegisterMapMismatchException">The core that runs now has another map than its container said; the engine stays off.</exception>
    public ValueTask LoadBitstreamAsync(
        string path, LoadTarget target, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _session.LoadAsync(Path.GetFullPath(path), target, progress, cancellationToken);
    }

    /// <summary>Checks a bitstream file and says what loading it would do; changes nothing.</summary>
    /// <param name="path">Path of the file, as the process that holds the board sees it.</param>
    /// <param name="target">Where it would go.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The steps, a sentence each.</returns>
    /// <exception cref="BitstreamRejectedException">It would be refused.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: this kind of board cannot tell.</exception>
    public ValueTask<IReadOnlyList<string>> PlanLoadAsync(string path, LoadTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _session.PlanLoadAsync(Path.GetFullPath(path), target, cancellationToken);
    }

    /// <summary>What a bitstream for this board must be made for, and whether one is loaded. Works before a load.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<BoardPart> GetPartAsync(CancellationToken cancellationToken = default) => _session.GetPartAsync(cancellationToken);

    /// <summary>What the loaded core is.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.NoBitstream"/>.</exception>
    public ValueTask<BoardIdentity> GetIdentityAsync(CancellationToken cancellationToken = default) => _session.GetIdentityAsync(cancellationToken);

    /// <summary>State of the core now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.NoBitstream"/>.</exception>
    public ValueTask<BoardStatus> GetStatusAsync(CancellationToken cancellationToken = default) => BoardStatusReader.ReadAsync(_session, cancellationToken);

    /// <summary>Accepts connections whose handshakes the board does, as ordinary sockets (docs/sockets.md). Needs CAP_NET_ADMIN.</summary>
    /// <param name="endPoint">Address and port: a single address of the host behind the board (not the wildcard), and a port of 1 to 65535.</param>
    /// <param name="options">How; null: all defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>: a capability is missing, which the message names;
    /// <see cref="OffloadError.Unsupported"/>: no kernel is behind the board, or one without TCP_REPAIR; else as for
    /// <see cref="BoardListeners.AddAsync(ListenerOptions, CancellationToken)"/>.</exception>
    public ValueTask<OffloadListener> ListenAsync(
        IPEndPoint endPoint, OffloadListenerOptions? options = null, CancellationToken cancellationToken = default) =>
        _sockets.ListenAsync(endPoint, options ?? new OffloadListenerOptions(), cancellationToken);

    /// <summary>Opens a connection whose handshake the board does, with all defaults. Needs CAP_NET_ADMIN.</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="cancellationToken">Ends the attempt: the open is aborted.</param>
    /// <returns>A connected socket; the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">As for <see cref="ConnectSocketAsync(ConnectionOpenOptions, ReleaseMode, CancellationToken)"/>.</exception>
    /// <exception cref="OffloadException">As for <see cref="ConnectSocketAsync(ConnectionOpenOptions, ReleaseMode, CancellationToken)"/>.</exception>
    public ValueTask<Socket> ConnectSocketAsync(IPEndPoint remote, CancellationToken cancellationToken = default) =>
        ConnectSocketAsync(new ConnectionOpenOptions { RemoteEndPoint = remote }, ReleaseMode.Auto, cancellationToken);

    /// <summary>Opens a connection whose handshake the board does. Our port is held at the kernel from before the SYN until the socket has it.</summary>
    /// <param name="options">Where to, and how; its <see cref="ConnectionOpenOptions.Mode"/> does not matter.</param>
    /// <param name="release">What the core keeps of the connection.</param>
    /// <param name="cancellationToken">Ends the attempt: the open is aborted.</param>
    /// <returns>A connected socket; the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    /// <exception cref="OffloadException">As for <see cref="BoardConnections.OpenAsync(ConnectionOpenOptions, CancellationToken)"/>, and for
    /// <see cref="ListenAsync"/>.</exception>
    public ValueTask<Socket> ConnectSocketAsync(
        ConnectionOpenOptions options, ReleaseMode release = ReleaseMode.Auto, CancellationToken cancellationToken = default) =>
        _sockets.ConnectAsync(Connections, options, release, cancellationToken);

    /// <summary>Closes the board; see the remarks of the class. Does not throw where the board is gone already.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _metrics?.Dispose();
        _sockets.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        await _session.DisposeAsync().ConfigureAwait(false);
        if (_lease is not null)
        {
            await _lease.DisposeAsync().ConfigureAwait(false);
        }

        Isn.Dispose();
        BoardLog.Closed(_logger, Description.Id);
    }

    /// <summary>Opens a board of a provider and serves it.</summary>
    internal static async ValueTask<OffloadBoard> HoldAsync(
        BoardProvider provider, BoardDescription description, OffloadBoardOptions options, CancellationToken cancellationToken)
    {
        ILogger logger = LoggerOf(options);
        ServedSocket? lease = options.Serve ? ServedSocket.Claim(description.Id, options) : null;
        BoardHardware? hardware = null;
        HolderSession? session = null;
        IsnKeyStore keys = new();
        try
        {
            hardware = await provider.OpenAsync(description, cancellationToken).ConfigureAwait(false);
            session = await HolderSession.StartAsync(hardware, options, keys, logger, cancellationToken).ConfigureAwait(false);
            hardware = null;
            BoardServer? server = lease is null ? null : BoardServer.Start(session, lease, options.MaxConnections, logger);
            OffloadBoard board = new(session, server, lease, logger, keys, new BoardMetrics(session));
            BoardLog.Opened(logger, description.Id);
            return board;
        }
        catch
        {
            keys.Dispose();
            if (session is not null)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }

            if (hardware is not null)
            {
                await hardware.DisposeAsync().ConfigureAwait(false);
            }

            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private static ILogger LoggerOf(OffloadBoardOptions options) =>
        (ILogger?)options.LoggerFactory?.CreateLogger("Offload.Board") ?? NullLogger.Instance;
}
