using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>How a connection goes back to the board.</summary>
public sealed record SocketReturnOptions
{
    /// <summary>How long it may take until the peer has acknowledged all that was written; default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the kernel may take, each time, to receive what the board gave it last; 1 ms to 5 s, default 200 ms. Meanwhile the board holds back
    /// what the peer sends.</summary>
    public TimeSpan FenceTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Throws <see cref="ArgumentException"/> where a time is outside its range.</summary>
    internal void Check()
    {
        if (DrainTimeout < TimeSpan.Zero || FenceTimeout < TimeSpan.FromMilliseconds(1) || FenceTimeout > TimeSpan.FromSeconds(5))
        {
            throw new ArgumentException(
                $"{nameof(DrainTimeout)} is {DrainTimeout} and {nameof(FenceTimeout)} {FenceTimeout}; the first has to be at least 0, the second 1 ms to 5 s.");
        }
    }
}

/// <summary>The way back from a socket to the board.</summary>
public static class SocketExtensions
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Hands a connection back to the board and closes it there: the board exchanges the FINs and keeps TIME-WAIT; the host's kernel keeps
    /// nothing. No other operation may be under way on the socket.</summary>
    /// <remarks>What was written is waited for; what was not read makes the call fail. Wherever it fails with <see cref="OffloadError.DataPending"/>,
    /// <see cref="OffloadError.CommandGone"/> or <see cref="OffloadError.CommandUnsupported"/>, the socket is as it was, and open. The
    /// peer's data that comes later is answered with RST, as that of a socket that is closed (RFC 9293 3.6.1).</remarks>
    /// <param name="socket">A socket of a listener with <see cref="ReleaseMode.Watch"/>, in ESTABLISHED or CLOSE-WAIT. Closed where the call succeeds.</param>
    /// <param name="board">Its board.</param>
    /// <param name="options">How; null: all defaults.</param>
    /// <param name="cancellationToken">Ends the wait for the peer's acknowledgments; the socket is then as it was.</param>
    /// <returns>The connection as the board has it after its CLOSE: FIN-WAIT-1 or LAST-ACK.</returns>
    /// <exception cref="ArgumentException">The socket is no connected TCP socket, or a time is outside its range.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.DataPending"/>: bytes were not read, or not acknowledged in time;
    /// <see cref="OffloadError.CommandGone"/>: the board does not know the connection (any more), as after <see cref="ReleaseMode.Forget"/>;
    /// <see cref="OffloadError.CommandUnsupported"/>: not in its state; <see cref="OffloadError.ConnectionAborted"/>: the peer reset it on its way
    /// back, and the socket is closed; <see cref="OffloadError.PermissionDenied"/>.</exception>
    public static ValueTask<ConnectionRow> ReturnToHardwareAsync(
        this Socket socket, OffloadBoard board, SocketReturnOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(board);
        return ReturnAsync(socket, board.Connections, options, cancellationToken);
    }

    /// <summary>The same, with the board's connections alone.</summary>
    internal static async ValueTask<ConnectionRow> ReturnAsync(
        Socket socket, BoardConnections connections, SocketReturnOptions? options, CancellationToken cancellationToken)
    {
        options ??= new SocketReturnOptions();
        options.Check();

        ConnectionRow row = await FindAsync(socket, connections, cancellationToken).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            await DrainAsync(socket, row, start, options.DrainTimeout, cancellationToken).ConfigureAwait(false);
            if (await TryReturnAsync(socket, connections, row, options.FenceTimeout).ConfigureAwait(false) is { } returned)
            {
                return returned;
            }

            // A segment was under way, or lost on its way: once more, for as long as there is time.
            if (Stopwatch.GetElapsedTime(start) >= options.DrainTimeout)
            {
                throw Pending(row, "what the peer sent last has not reached the host's kernel in time");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<ConnectionRow> FindAsync(Socket socket, BoardConnections connections, CancellationToken cancellationToken)
    {
        AdoptedSockets.Adopted? adopted = AdoptedSockets.Find(socket);
        ConnectionKey key = adopted?.Key ?? (socket is { ProtocolType: ProtocolType.Tcp, LocalEndPoint: IPEndPoint local, RemoteEndPoint: IPEndPoint remote }
            ? ConnectionKey.FromEndPoints(local, remote)
            : throw new ArgumentException("It is no connected TCP socket.", nameof(socket)));
        ConnectionRow? row = await connections.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return row is { Owner: Owner.Host } found && (adopted is null || adopted.CreatedMicroseconds == found.CreatedMicroseconds)
            ? found
            : throw new OffloadException(
                OffloadError.CommandGone,
                $"The board does not follow connection {key}: it was released with {nameof(ReleaseMode.Forget)}, has ended, or was quiet for too long. Close the "
                + $"socket instead; listen with {nameof(ReleaseMode)}.{nameof(ReleaseMode.Watch)} to hand connections back.");
    }

    /// <summary>Waits until the peer has acknowledged everything.</summary>
    private static async ValueTask DrainAsync(Socket socket, ConnectionRow row, long start, TimeSpan within, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (PosixSocket.Unread(socket.SafeHandle) is var unread and > 0)
            {
                throw Pending(row, $"{unread} bytes were not read");
            }

            int unsent = PosixSocket.Unsent(socket.SafeHandle);
            if (unsent == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) >= within)
            {
                throw Pending(row, $"{unsent} bytes were not acknowledged by the peer within {within.TotalSeconds:0.###} s");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>HOLD, the fence, and TAKE; null where all was undone. Not cancelled half-way.</summary>
    private static async ValueTask<ConnectionRow?> TryReturnAsync(Socket socket, BoardConnections connections, ConnectionRow row, TimeSpan fence)
    {
        ConnectionRow held = await connections.HoldAsync(row.Key, row.CreatedMicroseconds, CancellationToken.None).ConfigureAwait(false);
        ConnectionTake? numbers;
        try
        {
            numbers = await FreezeAsync(socket.SafeHandle, held, fence).ConfigureAwait(false);
        }
        catch (TcpRepairException exception)
        {
            await ReleaseAsync(connections, row).ConfigureAwait(false);
            throw exception.Error == PosixSocket.NotPermitted
                ? new OffloadException(OffloadError.PermissionDenied, "Handing a connection back needs CAP_NET_ADMIN, as listening did.", exception)
                : new OffloadException(
                    OffloadError.CommandUnsupported, $"The host's kernel does not give connection {row.Key} back: {exception.Message}. Close the socket.", exception);
        }

        if (numbers is not { } take)
        {
            await ReleaseAsync(connections, row).ConfigureAwait(false);
            return null;
        }

        // In repair mode this sends nothing.
        socket.Dispose();
        try
        {
            ConnectionRow taken = await connections.TakeAsync(row.Key, row.CreatedMicroseconds, take, CancellationToken.None).ConfigureAwait(false);
            return await connections.CloseAsync(row.Key, taken.CreatedMicroseconds, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.CommandGone)
        {
            throw new OffloadException(
                OffloadError.ConnectionAborted, $"Connection {row.Key} was reset while it went back to the board; the socket is closed.",
                new SocketException((int)SocketError.ConnectionReset));
        }
    }

    /// <summary>Freezes the kernel's socket behind all that the board gave it; its numbers, or null where it was let go again.</summary>
    private static async ValueTask<ConnectionTake?> FreezeAsync(SafeSocketHandle socket, ConnectionRow held, TimeSpan fence)
    {
        TcpRepair.Freeze(socket);
        bool isFrozen = false;
        try
        {
            long start = Stopwatch.GetTimestamp();
            while ((int)(TcpRepair.ReadReceived(socket) - held.RcvNxt) < 0)
            {
                if (Stopwatch.GetElapsedTime(start) > fence)
                {
                    return null;
                }

                await Task.Delay(Pause).ConfigureAwait(false);
            }

            KernelTcpState state = TcpRepair.ReadState(socket);
            if (PosixSocket.Unread(socket) > 0 || PosixSocket.Unsent(socket) > 0 || state is not (KernelTcpState.Established or KernelTcpState.CloseWait))
            {
                return null;
            }

            KernelNumbers numbers = TcpRepair.ReadNumbers(socket);
            isFrozen = true;
            return new ConnectionTake
            {
                SndNxt = numbers.SndNxt,
                RcvNxt = numbers.RcvNxt,
                TsVal = numbers.TsVal,
                Window = (ushort)Math.Min(numbers.ReceiveWindow >> (held.OurScale ?? 0), ushort.MaxValue),
                PeerClosed = state == KernelTcpState.CloseWait,
            };
        }
        finally
        {
            if (!isFrozen)
            {
                TcpRepair.Start(socket, tellWindow: false);
            }
        }
    }

    /// <summary>Gives the connection to the host again, as before the HOLD.</summary>
    private static async ValueTask ReleaseAsync(BoardConnections connections, ConnectionRow row)
    {
        try
        {
            await connections.ReleaseAsync(row.Key, row.CreatedMicroseconds, forget: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.CommandGone)
        {
            // The peer has reset it: the socket learns of that from what it sends next.
        }
    }

    private static OffloadException Pending(ConnectionRow row, string what) => new(
        OffloadError.DataPending, $"Connection {row.Key} cannot go back to the board: {what}. Read what there is and call again, or close the socket.");
}
