using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>How an adoption ended.</summary>
internal enum AdoptionOutcome
{
    /// <summary>The socket is the caller's.</summary>
    Adopted,

    /// <summary>The connection had ended before: the peer reset it, nobody adopted it in time, or somebody else did.</summary>
    Gone,

    /// <summary>A cookie's connection whose tuple the kernel has in use: it was left to the kernel.</summary>
    LeftToKernel,

    /// <summary>The kernel refused it, and the peer was sent a RST.</summary>
    Aborted,
}

/// <summary>An adoption's end.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Socket">The socket, where it was adopted.</param>
/// <param name="Failure">Why the kernel refused, where it did.</param>
internal readonly record struct Adoption(AdoptionOutcome Outcome, Socket? Socket = null, Exception? Failure = null);

/// <summary>Makes sockets of connections that wait for their adoption. One for a board; thread-safe, for different connections.</summary>
internal sealed class SocketAdopter : IDisposable
{
    private readonly BoardSession _session;
    private readonly NamespaceThread _thread;
    private readonly BoardClock _clock;
    private readonly uint _scope;
    private readonly ILogger _logger;

    private SocketAdopter(BoardSession session, NamespaceThread thread, uint scope, ILogger logger)
    {
        _session = session;
        _thread = thread;
        _clock = new BoardClock(session);
        _scope = scope;
        _logger = logger;
    }

    /// <summary>Makes one, and makes sure that this process may adopt.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>, <see cref="OffloadError.Unsupported"/>.</exception>
    public static async ValueTask<SocketAdopter> StartAsync(BoardSession session, ILogger logger, CancellationToken cancellationToken)
    {
        HostPort port = (await session.GetPartAsync(cancellationToken).ConfigureAwait(false)).HostPort
            ?? throw new OffloadException(
                OffloadError.Unsupported, "No kernel is behind this board's host port, so there are no sockets. Open the board with a host port.");
        NamespaceThread thread = await NamespaceThread.StartAsync(port.NetworkNamespacePath).ConfigureAwait(false);
        try
        {
            uint scope = await thread.RunAsync(() =>
            {
                TcpRepair.Check();
                return PosixSocket.InterfaceIndex(port.InterfaceName);
            }).ConfigureAwait(false);
            return new SocketAdopter(session, thread, scope, logger);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Makes a socket of a connection that waits for it. Not cancelled half-way.</summary>
    /// <param name="row">The connection; owner parked.</param>
    /// <param name="forget">Whether the core forgets it.</param>
    /// <param name="closer">Who closes it once its socket is disposed; null: the kernel.</param>
    /// <exception cref="OffloadException">The board does not answer, or is gone.</exception>
    public async ValueTask<Adoption> AdoptAsync(ConnectionRow row, bool forget, HardwareCloser? closer = null)
    {
        SafeSocketHandle socket;
        try
        {
            socket = await TakeOverAsync(row).ConfigureAwait(false);
        }
        catch (TcpRepairException exception) when (exception.IsTupleTaken)
        {
            if (await ClearAsync(row).ConfigureAwait(false) is { } outcome)
            {
                return new Adoption(outcome);
            }

            try
            {
                socket = await TakeOverAsync(row).ConfigureAwait(false);
            }
            catch (TcpRepairException again)
            {
                return await AbortAsync(row, again).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is TcpRepairException or SocketException)
        {
            return await AbortAsync(row, exception).ConfigureAwait(false);
        }

        return await ReleaseAsync(row, socket, forget, closer).ConfigureAwait(false);
    }

    /// <summary>Sends RST, where the connection is still there.</summary>
    /// <returns>Whether it was.</returns>
    public async ValueTask<bool> AbortAsync(ConnectionRow row) =>
        await ExecuteAsync(new CommandRequest(CommandCode.Abort, row.Key, row.CreatedMicroseconds), new uint[EntryLayout.Words]).ConfigureAwait(false)
            == CommandStatus.Ok;

    /// <summary>The connection as it is now, if it still waits for its adoption.</summary>
    public async ValueTask<ConnectionRow?> FindWaitingAsync(ConnectionRow row)
    {
        uint[] words = new uint[EntryLayout.Words];
        CommandStatus status = await ExecuteAsync(new CommandRequest(CommandCode.Read, row.Key, 0), words).ConfigureAwait(false);
        return status == CommandStatus.Ok && ConnectionWords.ReadRow(words, -1) is { Owner: Owner.Parked } now
            && now.CreatedMicroseconds == row.CreatedMicroseconds ? now : null;
    }

    /// <summary>The board's time now, in microseconds since its reset, or a little more.</summary>
    public ValueTask<ulong> NowAsync() => _clock.NowAsync(CancellationToken.None);

    /// <summary>Ends its thread.</summary>
    public void Dispose() => _thread.Dispose();

    private async ValueTask<SafeSocketHandle> TakeOverAsync(ConnectionRow row)
    {
        uint tsVal = 0;
        if (row.Timestamps)
        {
            // TSval = timebase[41:10] + offset (rule O4), and the tick that has begun.
            tsVal = (uint)(await _clock.NowAsync(CancellationToken.None).ConfigureAwait(false) >> 10) + 1 + row.TsOffset;
        }

        return await _thread.RunAsync(() => TcpRepair.Adopt(row, tsVal, _scope)).ConfigureAwait(false);
    }

    /// <summary>The kernel has a socket of this tuple: ends it where the peer has begun anew.</summary>
    /// <returns>Null: once more; else how the adoption ended.</returns>
    private async ValueTask<AdoptionOutcome?> ClearAsync(ConnectionRow row)
    {
        // That of a connection that was adopted already is not to be ended.
        if (await FindWaitingAsync(row).ConfigureAwait(false) is null)
        {
            return AdoptionOutcome.Gone;
        }

        KernelTcpState? state;
        try
        {
            state = await _thread.RunAsync(() => SocketDiagnostics.Find(row.Key)).ConfigureAwait(false);
        }
        catch (TcpRepairException exception)
        {
            SocketLog.DestroyFailed(_logger, row.Key, null, exception);
            state = null;
        }

        if (row.Origin == Origin.Cookie && state is not (KernelTcpState.TimeWait or KernelTcpState.None))
        {
            // The cookie may be a chance match, and the kernel's connection alive: what came for the entry goes to the kernel.
            CommandRequest release = new(CommandCode.Release, row.Key, row.CreatedMicroseconds) { Forget = true };
            CommandStatus status = await ExecuteAsync(release, new uint[EntryLayout.Words]).ConfigureAwait(false);
            SocketLog.LeftToKernel(_logger, row.Key, state);
            return status == CommandStatus.Ok ? AdoptionOutcome.LeftToKernel : AdoptionOutcome.Gone;
        }

        if (state != KernelTcpState.None)
        {
            try
            {
                await _thread.RunAsync(() =>
                {
                    SocketDiagnostics.Destroy(row.Key);
                    return true;
                }).ConfigureAwait(false);
            }
            catch (TcpRepairException exception)
            {
                // The second attempt fails, then, and says so.
                SocketLog.DestroyFailed(_logger, row.Key, state, exception);
            }
        }

        return null;
    }

    private async ValueTask<Adoption> ReleaseAsync(ConnectionRow row, SafeSocketHandle socket, bool forget, HardwareCloser? closer)
    {
        bool zeroWindow = row.OurWindow == 0;
        CommandStatus status;
        try
        {
            if (!zeroWindow)
            {
                TcpRepair.Start(socket, tellWindow: false);
            }
        }
        catch (TcpRepairException exception)
        {
            socket.Dispose();
            return await AbortAsync(row, exception).ConfigureAwait(false);
        }

        try
        {
            CommandRequest release = new(CommandCode.Release, row.Key, row.CreatedMicroseconds) { Forget = forget };
            status = await ExecuteAsync(release, new uint[EntryLayout.Words]).ConfigureAwait(false);
            if (status == CommandStatus.Ok)
            {
                if (zeroWindow)
                {
                    TcpRepair.Start(socket, tellWindow: true);
                }

                Socket adopted = closer is null ? new Socket(socket) : new ReturningSocket(socket, copy => closer.Close(copy, row));
                AdoptedSockets.Add(adopted, row);
                return new Adoption(AdoptionOutcome.Adopted, adopted);
            }
        }
        catch (TcpRepairException exception)
        {
            // The connection is the kernel's: closing the socket tells the peer.
            socket.Dispose();
            SocketLog.AdoptionFailed(_logger, row.Key, exception);
            return new Adoption(AdoptionOutcome.Aborted, null, exception);
        }
        catch
        {
            // Without an answer nobody knows whose it is; the peer hears of it from whoever is asked next.
            TcpRepair.Discard(socket);
            throw;
        }

        TcpRepair.Discard(socket);
        return new Adoption(AdoptionOutcome.Gone);
    }

    private async ValueTask<Adoption> AbortAsync(ConnectionRow row, Exception failure)
    {
        bool aborted = await AbortAsync(row).ConfigureAwait(false);
        SocketLog.AdoptionFailed(_logger, row.Key, failure);
        return new Adoption(aborted ? AdoptionOutcome.Aborted : AdoptionOutcome.Gone, null, failure);
    }

    private ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, uint[] answer) =>
        _session.ExecuteAsync(request, answer, CancellationToken.None);
}
