using System.Globalization;

namespace Offload.Timers;

/// <summary>The value of a timer or limit: a time, or a number of retransmissions. Exactly one of them is set.</summary>
public readonly record struct TimerValue
{
    private TimerValue(int? count, TimeSpan? time) => (Count, Time) = (count, time);

    /// <summary>The number; null where it is a time.</summary>
    public int? Count { get; }

    /// <summary>The time; null where it is a number.</summary>
    public TimeSpan? Time { get; }

    /// <summary>A number.</summary>
    /// <param name="count">The number.</param>
    public static TimerValue FromCount(int count) => new(count, null);

    /// <summary>A time.</summary>
    /// <param name="time">The time.</param>
    public static TimerValue FromTime(TimeSpan time) => new(null, time);

    /// <summary>The number, or the time in seconds.</summary>
    public override string ToString() => Time is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.######} s")
        : (Count ?? 0).ToString(CultureInfo.InvariantCulture);
}
