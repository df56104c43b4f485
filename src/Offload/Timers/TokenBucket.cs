namespace Offload.Timers;

/// <summary>A limit of the core's: a bucket a listener, out of which every answer takes a token, and which gains tokens at random times, so that nobody
/// can count another's answers (CVE-2016-5696).</summary>
/// <param name="Depth">Tokens that a full bucket holds, 0 to 255.</param>
/// <param name="RefillShift">It gains a token on average every 2^RefillShift microseconds, 0 to 15.</param>
public readonly record struct TokenBucket(int Depth, int RefillShift)
{
    /// <summary>Mean time between two tokens.</summary>
    public TimeSpan MeanInterval => TimeSpan.FromMicroseconds(1L << RefillShift);

    /// <summary>Throws <see cref="ArgumentException"/> where a value is outside its range.</summary>
    internal void Check()
    {
        if (Depth is < 0 or > 255 || RefillShift is < 0 or > 15)
        {
            throw new ArgumentException($"A bucket of {Depth} tokens with shift {RefillShift} cannot be: the depth is 0 to 255, the shift 0 to 15.");
        }
    }
}
