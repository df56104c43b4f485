namespace Offload.Timers;

/// <summary>The core's ticks of 1.024 ms (timebase[41:10]).</summary>
internal static class TcpTicks
{
    private const long TimeSpanTicksPerTick = 1024 * TimeSpan.TicksPerMicrosecond;

    /// <summary>Ticks that last at least as long as a time.</summary>
    public static uint FromTime(TimeSpan time) => checked((uint)((time.Ticks / TimeSpanTicksPerTick) + (time.Ticks % TimeSpanTicksPerTick > 0 ? 1 : 0)));

    /// <summary>How long ticks last.</summary>
    public static TimeSpan ToTime(uint ticks) => TimeSpan.FromTicks(ticks * TimeSpanTicksPerTick);
}
