using System.Net.Sockets;

namespace Offload.VirtualBoard;

/// <summary>A unix socket that only its owner may use, whose clients are served one after the other.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly Action<Exception> _lost;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    /// <summary>Begins to listen.</summary>
    /// <param name="path">Path of the socket; a file that is there is replaced.</param>
    /// <param name="serve">Serves a client to its end; cancelled when the server is disposed.</param>
    /// <param name="lost">Told why a client was cut off.</param>
    /// <exception cref="SocketException">The path cannot be used.</exception>
    internal SocketServer(string path, Func<Socket, CancellationToken, Task> serve, Action<Exception> lost)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _serve = serve;
        _lost = lost;
        try
        {
            File.Delete(path);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _listener.Listen(1);
        }
        catch
        {
            _listener.Dispose();
            _ending.Dispose();
            throw;
        }

        _running = Task.Run(RunAsync);
    }

    /// <summary>Ends the client that is being served, and stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ending.IsCancellationRequested)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _listener.Dispose();
            File.Delete(_path);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                using Socket client = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                await _serve(client, _ending.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or InvalidDataException)
            {
                if (!_ending.IsCancellationRequested)
                {
                    _lost(exception); // the next one may come
                }
            }

            if (_ending.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
