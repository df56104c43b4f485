using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Offload.Boards;
using Offload.Sockets;

namespace Offload.AspNetCore;

/// <summary>Kestrel's way to the board: binds the end points that were named for it, and no others.</summary>
internal sealed class OffloadTransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly OffloadTransportOptions _options;
    private readonly BoardAccess _board;
    private readonly ILogger _logger;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ConcurrentDictionary<OffloadConnectionListener, bool> _listeners = [];

    public OffloadTransportFactory(IOptions<OffloadTransportOptions> options, BoardAccess board, ILoggerFactory loggers, IMeterFactory meters)
    {
        _options = options.Value;
        _board = board;
        _logger = loggers.CreateLogger("Offload.AspNetCore");
        _connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), _logger);
        _ = new TransportMetrics(meters, () => Listeners);
    }

    /// <summary>What listens now.</summary>
    public IEnumerable<OffloadConnectionListener> Listeners => _listeners.Keys;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => Find(endpoint) is not null;

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        OffloadEndPoint wanted = Find(endpoint) ?? throw new ArgumentException($"{endpoint} was not named for the board.", nameof(endpoint));
        try
        {
            OffloadBoard board = await _board.GetAsync(cancellationToken).ConfigureAwait(false);
            OffloadListener listener = await board.ListenAsync(wanted.Address, wanted.Listener ?? _options.Listener, cancellationToken).ConfigureAwait(false);
            OffloadConnectionListener bound = new(listener, _connections, _logger, ended => _listeners.TryRemove(ended, out _));
            _listeners.TryAdd(bound, true);
            TransportLog.Listening(_logger, wanted.Address, board.Description.Id, listener.Release);
            return bound;
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.AddressInUse)
        {
            // The exception that Kestrel knows; it names the end point.
            throw new AddressInUseException(exception.Message, exception);
        }
        catch (OffloadException exception)
        {
            throw new OffloadException(exception.Code, $"Kestrel cannot listen on {endpoint} through a board: {exception.Message} {StartHelp.Of(exception.Code)}".TrimEnd(), exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private OffloadEndPoint? Find(EndPoint endPoint)
    {
        foreach (OffloadEndPoint wanted in _options.EndPoints)
        {
            if (wanted.Address.Equals(endPoint))
            {
                return wanted;
            }
        }

        return null;
    }
}
