using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Bench;

/// <summary>Lives of connections between a kernel and the engine, many at a time: opened by either, closed by either or by both at once.</summary>
internal sealed class LifeBench(Scene scene, EventBook book, Ip ip, Listener listener, Func<ushort, int> lostOf)
{
    /// <summary>Longer than any allowed course of things takes: all of the kernel's retransmissions, one after the other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>How long the kernel may take for its SYN,ACKs and their answers.</summary>
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(20);

    /// <summary>Timers for a cable that loses much: soon again, and often enough, on both sides.</summary>
    internal static async Task HurryAsync(Scene scene)
    {
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromMilliseconds(100));
        await scene.SetTimerAsync("rto_max", TimeSpan.FromMilliseconds(800));
        await scene.SetTimerAsync("tcp_syn_retries", Life.EngineTransmissions - 1);
        await scene.SetTimerAsync("tcp_synack_retries", Life.EngineTransmissions - 1);
        await scene.SetTimerAsync("tcp_orphan_retries", Life.EngineTransmissions - 1);
        // Longer than the kernel's FIN is retransmitted, but for a few of 10,000.
        await scene.SetTimerAsync("time_wait", TimeSpan.FromSeconds(3));
        await scene.SetTimerAsync("tcp_invalid_ratelimit", TimeSpan.FromMilliseconds(20));
        scene.SetClientParameter("net/ipv4/tcp_invalid_ratelimit", "0");
        scene.SetClientParameter("net/ipv4/tcp_synack_retries", "12");
        // Not all kernels have these; without them it takes longer.
        scene.SetClientParameter("net/ipv4/tcp_rto_min_us", "20000", optional: true);
        scene.SetClientParameter("net/ipv4/tcp_rto_max_ms", "1000", optional: true);
    }

    /// <summary>A whole life.</summary>
    /// <param name="port">The kernel's port.</param>
    /// <param name="opener">Who opens.</param>
    /// <param name="closer">Who closes first.</param>
    /// <param name="amid">What happens to it while it is open; null: nothing.</param>
    internal async Task<Life> LiveAsync(ushort port, Opener opener, Closer closer, Func<ConnectionRow, Task>? amid = null)
    {
        (Socket? socket, ConnectionRow? row, SocketError? failure, CloseReason? ended) = opener == Opener.Kernel
            ? await KernelOpensAsync(port)
            : await EngineOpensAsync(port);
        using (socket)
        {
            if (socket is null || row is not { } open)
            {
                return row is null
                    ? new Life(opener, closer, failure, ended, WasEstablished: false, null, lostOf(port))
                    : new Life(opener, closer, null, ended, WasEstablished: true, failure, lostOf(port));
            }

            if (amid is not null)
            {
                await amid(open);
            }

            SocketError? error = await CloseAsync(socket, open, closer);
            ConnectionEvent gone = await book.WaitAsync(open.Key, item => item.Closed && IsOf(item, open), Patience);
            bool once = book.Of(open.Key).Count(item => item.Established && IsOf(item, open)) == 1;
            return new Life(opener, closer, null, gone.Reason, once, error, lostOf(port));
        }
    }

    private static bool IsOf(in ConnectionEvent item, in ConnectionRow row) => item.Connection.CreatedMicroseconds == row.CreatedMicroseconds;

    private async Task<(Socket? Socket, ConnectionRow? Row, SocketError? Failure, CloseReason? Ended)> KernelOpensAsync(ushort port)
    {
        Socket socket = NewSocket(port);
        try
        {
            await socket.ConnectAsync(listener.EndPoint);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            return (null, null, exception.SocketErrorCode, null);
        }

        // An entry that gave up may be followed by another, if the kernel's SYN comes again; but not once the kernel is open.
        ConnectionEvent said = await book.WaitAsync(
            Scene.KeyOf(socket, listener.EndPoint), item => item.Established || item is { Closed: true, Reason: CloseReason.TimedOut }, Patience);
        if (said.Established)
        {
            return (socket, said.Connection, null, null);
        }

        socket.Dispose();
        return (null, null, null, said.Reason);
    }

    private async Task<(Socket? Socket, ConnectionRow? Row, SocketError? Failure, CloseReason? Ended)> EngineOpensAsync(ushort port)
    {
        using Socket server = NewSocket(port);
        server.Listen();
        Task<Socket> accepting = server.AcceptAsync();
        ConnectionRow row;
        try
        {
            row = await scene.Board.Connections.OpenAsync((IPEndPoint)server.LocalEndPoint!);
        }
        catch (OffloadException exception)
        {
            return (null, null, (exception.InnerException as SocketException)?.SocketErrorCode ?? SocketError.SocketError, null);
        }

        try
        {
            return (await accepting.WaitAsync(AcceptPatience), row, null, null);
        }
        catch (TimeoutException)
        {
            // The engine learns of it from what it sends next; or its FIN brings the ACK that the kernel lacks.
            _ = accepting.ContinueWith(task => task.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            await CloseEngineAsync(row);
            ConnectionEvent gone = await book.WaitAsync(row.Key, item => item.Closed && IsOf(item, row), Patience);
            return (null, row, SocketError.TimedOut, gone.Reason);
        }
    }

    /// <summary>Closes both sides; how the kernel's ended where not by the end of the stream.</summary>
    private async Task<SocketError?> CloseAsync(Socket socket, ConnectionRow row, Closer closer)
    {
        try
        {
            switch (closer)
            {
                case Closer.Kernel:
                    socket.Shutdown(SocketShutdown.Send);
                    await book.WaitAsync(row.Key, item => (item.PeerClosed || item.Closed) && IsOf(item, row), Patience);
                    await CloseEngineAsync(row);
                    await ReadEndAsync(socket);
                    break;
                case Closer.Engine:
                    await CloseEngineAsync(row);
                    await ReadEndAsync(socket);
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                default:
                    await Task.WhenAll(CloseEngineAsync(row), Task.Run(() => socket.Shutdown(SocketShutdown.Send)));
                    await ReadEndAsync(socket);
                    break;
            }

            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    private static async Task ReadEndAsync(Socket socket) =>
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(Patience));

    private async Task CloseEngineAsync(ConnectionRow row)
    {
        try
        {
            await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.CommandGone)
        {
            // A reset came first; its event tells.
        }
    }

    private Socket NewSocket(ushort port)
    {
        IPAddress address = KernelRig.ClientAddress(ip);
        Socket socket = scene.Rig.Client.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.NoDelay = true;
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }
}
