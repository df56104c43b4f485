using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Offload.Cli.Demo;

/// <summary>The clients: sockets of the kernel in the client namespace, all kept open until the end.</summary>
internal sealed class ClientConnections(NetworkNamespace space) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentBag<double> _microseconds = [];
    private readonly ConcurrentBag<string> _errors = [];

    /// <summary>Connections that the kernel reported as open.</summary>
    internal int Completed => _microseconds.Count;

    /// <summary>Why others were not.</summary>
    internal IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Opens the connections of these numbers, so many at a time.</summary>
    internal async Task OpenAsync(int first, int count, int parallel, Action<int> progress, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            options,
            async (number, token) =>
            {
                await OpenOneAsync(number, token).ConfigureAwait(false);
                progress(_microseconds.Count + _errors.Count);
            }).ConfigureAwait(false);
    }

    /// <summary>Time that a share of the connections took at most, as their callers saw it, in microseconds.</summary>
    /// <param name="share">0.5 for the median.</param>
    internal double Percentile(double share)
    {
        var sorted = _microseconds.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[(int)Math.Clamp(Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Closes all of them: the kernel sends FIN.</summary>
    public void Dispose()
    {
        while (_sockets.TryTake(out var socket))
        {
            socket.Dispose();
        }
    }

    private async Task OpenOneAsync(int number, CancellationToken cancellation)
    {
        var server = DemoSettings.ServerOf(number);
        // A socket belongs to the namespace of the thread that makes it; used it may be anywhere.
        var socket = space.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Add(socket);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await socket.ConnectAsync(server, limit.Token).ConfigureAwait(false);
            _microseconds.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        catch (SocketException e)
        {
            _errors.Add($"{server}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _errors.Add($"{server}: no connection within {Patience.TotalSeconds:F0} s");
        }
    }
}
