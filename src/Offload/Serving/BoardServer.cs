using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;

namespace Offload.Serving;

/// <summary>Serves a holder's session on its socket.</summary>
internal sealed class BoardServer : IAsyncDisposable
{
    private readonly HolderSession _session;
    private readonly Socket _listener;
    private readonly ILogger _logger;
    private readonly int _maxConnections;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ServerConnection, Task> _connections = new();
    private readonly byte[] _instance = Guid.NewGuid().ToByteArray();
    private readonly Task _accept;

    private BoardServer(HolderSession session, Socket listener, int maxConnections, ILogger logger)
    {
        _session = session;
        _listener = listener;
        _maxConnections = maxConnections;
        _logger = logger;
        _accept = Task.Run(AcceptAsync);
    }

    /// <summary>Starts serving.</summary>
    public static BoardServer Start(HolderSession session, ServedSocket socket, int maxConnections, ILogger logger)
    {
        Socket listener = socket.Listen();
        BoardLog.Serving(logger, session.Description.Id, socket.SocketPath);
        return new BoardServer(session, listener, Math.Clamp(maxConnections, 1, 4096), logger);
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accept.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                BoardLog.ClientRefused(_logger, exception.Message);
                await Task.Delay(100, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionAborted)
            {
                continue;
            }
            catch (SocketException exception)
            {
                if (!_stop.IsCancellationRequested)
                {
                    BoardLog.ServingFailed(_logger, exception);
                }

                return;
            }

            Admit(client);
        }
    }

    private void Admit(Socket client)
    {
        uint user;
        try
        {
            user = Posix.PeerOf(client);
        }
        catch (SocketException)
        {
            client.Dispose();
            return;
        }

        if (user != Posix.EffectiveUser)
        {
            BoardLog.ClientRefused(_logger, $"it is user {user}'s");
            client.Dispose();
            return;
        }

        if (_connections.Count >= _maxConnections)
        {
            BoardLog.ClientRefused(_logger, $"{_maxConnections} connections are open");
            client.Dispose();
            return;
        }

        ServerConnection connection = new(_session, client, _instance, _logger);

        // Added before it can remove itself.
        TaskCompletionSource added = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = Task.Run(async () =>
        {
            await added.Task.ConfigureAwait(false);
            using (connection)
            {
                await connection.RunAsync(_stop.Token).ConfigureAwait(false);
            }

            _connections.TryRemove(connection, out _);
        });
        added.SetResult();
    }
}
