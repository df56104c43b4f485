using System.Diagnostics;

namespace Offload.VirtualBoard.Usb;

/// <summary>A bus that moves so many bytes in a second, on the average of a few milliseconds.</summary>
internal sealed class UsbPace(double bytesPerSecond)
{
    /// <summary>What was not used may be made up for, and what comes early is let pass, so long: timers are no finer.</summary>
    private static readonly long Slack = Stopwatch.Frequency / 200;

    private readonly Lock _lock = new();
    private long _free = Stopwatch.GetTimestamp(); // when the bus is free

    /// <summary>Waits until so many bytes have passed.</summary>
    internal async ValueTask PassAsync(int bytes, CancellationToken cancellationToken)
    {
        long early;
        lock (_lock)
        {
            long now = Stopwatch.GetTimestamp();
            _free = Math.Max(_free, now - Slack) + (long)(bytes * Stopwatch.Frequency / bytesPerSecond);
            early = _free - now;
        }

        if (early > Slack)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)early / Stopwatch.Frequency), cancellationToken).ConfigureAwait(false);
        }
    }
}
