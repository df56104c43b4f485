using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Links;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>Empties the core's event queue into the hub. It alone pops the queue, on registers that nobody else writes, so it needs no lock.</summary>
internal sealed class EventPump : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RegisterLink _link;
    private readonly EventHub _hub;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly uint[] _status = new uint[3];
    private readonly uint[] _event = new uint[EventLayout.Words];
    private readonly uint[] _pop = new uint[1];
    private readonly Task _run;
    private ulong _lost;

    private EventPump(RegisterLink link, EventHub hub, ulong lost, ILogger logger)
    {
        _link = link;
        _hub = hub;
        _lost = lost;
        _logger = logger;
        _run = Task.Run(RunAsync);
    }

    /// <summary>Lets the core raise its interrupt, and starts.</summary>
    public static async ValueTask<EventPump> StartAsync(CoreAccess core, EventHub hub, ILogger logger, CancellationToken cancellationToken)
    {
        uint[] status = new uint[3];
        await core.Link.ReadAsync(RegisterMap.Event.Status.Address, status, cancellationToken).ConfigureAwait(false);
        await core.UpdateAsync(
            RegisterMap.Control.InterruptEnable.Address, RegisterMap.Control.InterruptEnable.Event.Mask, uint.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        return new EventPump(core.Link, hub, LostOf(status), logger);
    }

    /// <summary>Stops; what is in the queue stays there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static ulong LostOf(uint[] status) => ((ulong)status[2] << 32) | status[1];

    private async Task RunAsync()
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(20);
        while (!_stop.IsCancellationRequested)
        {
            // A link may return at once, without looking at the token, while its interrupt is high.
            try
            {
                await _link.WaitForInterruptAsync(_stop.Token).ConfigureAwait(false);
                await DrainAsync().ConfigureAwait(false);
                pause = TimeSpan.FromMilliseconds(20);
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (OffloadException exception) when (exception.Code is OffloadError.BoardGone or OffloadError.NoBitstream)
            {
                BoardLog.EventsEnded(_logger, exception);
                if (exception.Code == OffloadError.BoardGone)
                {
                    _hub.Complete(exception);
                }

                return;
            }
            catch (OffloadException exception)
            {
                BoardLog.EventsFailed(_logger, pause.TotalMilliseconds, exception);
            }
            catch (Exception exception) when (exception is ObjectDisposedException or IOException)
            {
                BoardLog.EventsEnded(_logger, exception);
                _hub.Complete(new BoardGoneException("The link to the board ended. Open the board again.", exception));
                return;
            }

            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async ValueTask DrainAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _link.ReadAsync(RegisterMap.Event.Status.Address, _status, _stop.Token).ConfigureAwait(false);
            ulong lost = LostOf(_status);

            // The two words may be from either side of a carry: then the sum seems to fall, and the next look is right.
            if (lost > _lost)
            {
                _hub.Lost(lost - _lost);
                BoardLog.EventsLost(_logger, lost - _lost);
                _lost = lost;
            }

            if (RegisterMap.Event.Status.Available.Get(_status[0]) == 0)
            {
                return;
            }

            await _link.ReadAsync(RegisterMap.Event.Event.Address, _event, _stop.Token).ConfigureAwait(false);
            _pop[0] = RegisterMap.Event.Status.Head.Get(_status[0]);

            // Not cancelled between reading and popping, so that no event is given twice.
            await _link.WriteAsync(RegisterMap.Event.Pop.Address, _pop, CancellationToken.None).ConfigureAwait(false);
            _hub.Publish(_event);
        }
    }
}
