using Offload.Timers;

namespace Offload.Isn;

/// <summary>When and how fast SYN cookies are sent (RFC 4987). It never contains a key.</summary>
/// <param name="HalfOpenThreshold">Cookies are sent while more connections than this are in SYN-RECEIVED, and while no entry is free;
/// <see cref="NoThreshold"/>: only the latter.</param>
/// <param name="Bucket">Limit of cookies, one bucket a listener; a depth of 0: no limit.</param>
/// <param name="Period">Number of the cookie period, modulo 2^24. A cookie is valid in its own period and the next.</param>
/// <param name="NextPeriodIn">Time until the next period begins.</param>
/// <param name="IsKeySet">Whether a cookie key has been set since the core's reset; without one no cookie is sent.</param>
/// <param name="IsKeyWaiting">Whether a new key waits for the next period.</param>
public sealed record CookieConfiguration(
    int HalfOpenThreshold, TokenBucket Bucket, int Period, TimeSpan NextPeriodIn, bool IsKeySet, bool IsKeyWaiting)
{
    /// <summary>A threshold that is never reached; the core's default.</summary>
    public const int NoThreshold = 131071;

    private const int PeriodBits = 26;

    /// <summary>How long a period lasts: 2^26 microseconds, about 67 s.</summary>
    public static TimeSpan PeriodLength => TimeSpan.FromMicroseconds(1L << PeriodBits);

    /// <summary>Time until the next period begins.</summary>
    internal static TimeSpan UntilNextPeriod(ulong timebaseMicroseconds) =>
        TimeSpan.FromMicroseconds((1L << PeriodBits) - (long)(timebaseMicroseconds & ((1ul << PeriodBits) - 1)));
}
