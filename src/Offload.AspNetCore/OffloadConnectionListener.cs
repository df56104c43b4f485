using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Sockets;

namespace Offload.AspNetCore;

/// <summary>One of Kestrel's end points: takes sockets from a board's listener and gives them to Kestrel's own socket transport.</summary>
internal sealed class OffloadConnectionListener : IConnectionListener
{
    private readonly OffloadListener _listener;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ILogger _logger;
    private readonly Action<OffloadConnectionListener> _ended;
    private volatile Exception? _failure;

    public OffloadConnectionListener(
        OffloadListener listener, SocketConnectionContextFactory connections, ILogger logger, Action<OffloadConnectionListener> ended)
    {
        _listener = listener;
        _connections = connections;
        _logger = logger;
        _ended = ended;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>What it has done so far.</summary>
    public OffloadListenerStatistics Statistics => _listener.Statistics;

    /// <summary>Why it accepts no more; null while it does.</summary>
    public Exception? Failure => _failure;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // Unbound: Kestrel's sign for the end.
                return null;
            }
            catch (OffloadException exception)
            {
                _failure = exception;
                TransportLog.ListenerFailed(_logger, _listener.LocalEndPoint, exception);
                throw;
            }

            try
            {
                socket.NoDelay = true;
                return _connections.Create(socket);
            }
            catch (SocketException exception)
            {
                // The peer reset it meanwhile: the next one.
                TransportLog.ConnectionReset(_logger, _listener.LocalEndPoint, exception);
                socket.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _ended(this);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
