using Microsoft.Extensions.Logging;
using Offload.Links;
using Offload.Registers;
using Offload.Timers;

namespace Offload.Boards;

/// <summary>Tells the core that the host is alive, three times within the time after which it would count as lost. On a register that nobody else
/// writes, so it needs no turn at the board.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    /// <summary>Longest time that the core knows, in ticks.</summary>
    private static readonly TimeSpan Longest = TcpTicks.ToTime(RegisterMap.Control.HeartbeatTimeout.Ticks.Maximum);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly RegisterLink _link;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private Heartbeat(RegisterLink link, TimeSpan timeout, ILogger logger)
    {
        _link = link;
        _interval = timeout / 3;
        _logger = logger;
        _run = Task.Run(RunAsync);
    }

    /// <summary>Throws <see cref="ArgumentException"/> where a timeout is outside its range.</summary>
    public static void Check(TimeSpan timeout)
    {
        if (timeout != TimeSpan.Zero && (timeout < Shortest || timeout > Longest))
        {
            throw new ArgumentException(
                $"{nameof(OffloadBoardOptions.HostTimeout)} is {timeout}; it has to be zero (no heartbeat), or {Shortest.TotalSeconds} s to {Longest.TotalSeconds:0} s.");
        }
    }

    /// <summary>Tells a core that is not enabled yet how long the host may be silent, and that it is alive now.</summary>
    public static async ValueTask PrepareAsync(CoreAccess core, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await core.WriteAsync(RegisterMap.Control.Heartbeat.Address, RegisterMap.Control.Heartbeat.Beat.Mask, cancellationToken).ConfigureAwait(false);
        await core.WriteAsync(RegisterMap.Control.HeartbeatTimeout.Address, TcpTicks.FromTime(timeout), cancellationToken).ConfigureAwait(false);
        await core.WriteAsync(RegisterMap.Control.Heartbeat.Address, RegisterMap.Control.Heartbeat.Beat.Mask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts to beat; null where no heartbeat is asked for.</summary>
    public static Heartbeat? Start(RegisterLink link, TimeSpan timeout, ILogger logger) =>
        timeout == TimeSpan.Zero ? null : new Heartbeat(link, timeout, logger);

    /// <summary>Beats no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        uint[] beat = [RegisterMap.Control.Heartbeat.Beat.Mask];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _link.WriteAsync(RegisterMap.Control.Heartbeat.Address, beat, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or OffloadException { Code: OffloadError.BoardGone or OffloadError.NoBitstream })
            {
                return;
            }
            catch (Exception exception) when (exception is OffloadException or IOException)
            {
                BoardLog.HeartbeatFailed(_logger, exception);
            }

            await Task.Delay(_interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
