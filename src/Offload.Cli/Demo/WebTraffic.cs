using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Offload.Cli.Demo;

/// <summary>Clients for the page to show: new connections all the time, of which the youngest stay open.</summary>
/// <param name="space">Where they live.</param>
internal sealed class WebTraffic(NetworkNamespace space) : IDisposable
{
    private const int Open = 24;
    private const int Remembered = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /ping HTTP/1.1\r\nHost: demo\r\n\r\n");

    private readonly Queue<Socket> _sockets = new();
    private readonly Queue<double> _microseconds = new();
    private readonly Lock _lock = new();
    private long _failed;

    /// <summary>Connections that did not open or were not answered.</summary>
    internal long Failed => Interlocked.Read(ref _failed);

    /// <summary>Connects until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        for (var number = 0; !cancellation.IsCancellationRequested; number++)
        {
            await ConnectAsync(DemoSettings.ServerOf(number), cancellation).ConfigureAwait(false);
            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The last connect times in microseconds, oldest first.</summary>
    internal JsonArray Latency()
    {
        lock (_lock)
        {
            return new JsonArray([.. _microseconds.Select(value => JsonValue.Create(Math.Round(value)))]);
        }
    }

    /// <summary>Closes all of them.</summary>
    public void Dispose()
    {
        while (_sockets.TryDequeue(out var socket))
        {
            socket.Dispose();
        }
    }

    private async Task ConnectAsync(IPEndPoint server, CancellationToken cancellation)
    {
        var socket = space.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Enqueue(socket);
        if (_sockets.Count > Open)
        {
            _sockets.Dequeue().Dispose();
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await socket.ConnectAsync(server, cancellation).ConfigureAwait(false);
            var taken = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            await socket.SendAsync(Request, cancellation).ConfigureAwait(false);
            if (await socket.ReceiveAsync(new byte[512], cancellation).ConfigureAwait(false) == 0)
            {
                Interlocked.Increment(ref _failed);
                return;
            }

            lock (_lock)
            {
                _microseconds.Enqueue(taken);
                if (_microseconds.Count > Remembered)
                {
                    _microseconds.Dequeue();
                }
            }
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _failed);
        }
        catch (OperationCanceledException)
        {
            // The demo ends.
        }
    }
}
