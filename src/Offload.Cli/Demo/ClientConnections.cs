using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Offload.Cli.Demo;

/// <summary>The clients: sockets of the kernel in the client namespace, all kept open until the end.</summary>
internal sealed class ClientConnections(NetworkNamespace space) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<Socket> _sockets = [];
    private readonly ConcurrentBag<double> _microseconds = [];
    private readonly ConcurrentBag<string> _errors = [];

    /// <summary>Connections that the kernel reported as open.</summary>
    internal int Completed => _microseconds.Count;

    /// <summary>Why others were not.</summary>
    internal IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Opens more connections, so many at a time.</summary>
    internal async Task OpenAsync(int count, int parallel, Action<int> progress, CancellationToken cancellation)
    {
        var first = _sockets.Count;
        // A socket belongs to the namespace of the thread that makes it; used it may be anywhere.
        _sockets.AddRange(space.Run(() => Enumerable.Range(first, count)
            .Select(number => new Socket(DemoSettings.ServerOf(number).AddressFamily, SocketType.Stream, ProtocolType.Tcp))
            .ToArray()));
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            options,
            async (number, token) =>
            {
                await ConnectAsync(_sockets[number], DemoSettings.ServerOf(number), token).ConfigureAwait(false);
                progress(_microseconds.Count + _errors.Count);
            }).ConfigureAwait(false);
    }

    /// <summary>Closes some of them, the oldest first: the kernel sends FIN.</summary>
    /// <returns>How many there were to close.</returns>
    internal int Close(int count)
    {
        var closed = Math.Min(count, _sockets.Count);
        _sockets.GetRange(0, closed).ForEach(socket => socket.Dispose());
        _sockets.RemoveRange(0, closed);
        return closed;
    }

    /// <summary>Time that a share of the connections took at most, as their callers saw it, in microseconds.</summary>
    /// <param name="share">0.5 for the median.</param>
    internal double Percentile(double share)
    {
        var sorted = _microseconds.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[(int)Math.Clamp(Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Closes all of them.</summary>
    public void Dispose() => Close(int.MaxValue);

    private async Task ConnectAsync(Socket socket, IPEndPoint server, CancellationToken cancellation)
    {
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
