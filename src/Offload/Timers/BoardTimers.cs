using Offload.Boards;
using Offload.Registers;

namespace Offload.Timers;

/// <summary>The engine's timers and limits, with the defaults that Linux users expect (<see cref="TimerInfo.All"/> names Linux's beside each). They hold
/// for timeouts that are started from then on. Times are kept in ticks of 1.024 ms and rounded up: a time that was set reads back as the next tick.
/// Thread-safe.</summary>
public sealed class BoardTimers
{
    private readonly BoardSession _session;

    internal BoardTimers(BoardSession session) => _session = session;

    /// <summary>Reads one.</summary>
    /// <param name="timer">Which one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TimerValue> GetAsync(TimerInfo timer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(timer);
        uint[] word = new uint[1];
        await _session.ReadAsync(timer.Register.Address, word, cancellationToken).ConfigureAwait(false);
        return timer.Decode(word[0]);
    }

    /// <summary>Reads one that is a time.</summary>
    /// <param name="name">Its <see cref="TimerInfo.Name"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: there is none of this name that is a time.</exception>
    public async ValueTask<TimeSpan> GetTimeAsync(string name, CancellationToken cancellationToken = default) =>
        (await GetAsync(TimerInfo.Find(name), cancellationToken).ConfigureAwait(false)).Time
        ?? throw new OffloadException(OffloadError.InvalidArgument, $"{name} is a number, not a time. Read it by GetCountAsync.");

    /// <summary>Reads one that is a number.</summary>
    /// <param name="name">Its <see cref="TimerInfo.Name"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: there is none of this name that is a number.</exception>
    public async ValueTask<int> GetCountAsync(string name, CancellationToken cancellationToken = default) =>
        (await GetAsync(TimerInfo.Find(name), cancellationToken).ConfigureAwait(false)).Count
        ?? throw new OffloadException(OffloadError.InvalidArgument, $"{name} is a time, not a number. Read it by GetTimeAsync.");

    /// <summary>Sets one.</summary>
    /// <param name="timer">Which one.</param>
    /// <param name="value">From <see cref="TimerInfo.Minimum"/> to <see cref="TimerInfo.Maximum"/>; <c>tcp_invalid_ratelimit</c> above the core's
    /// sweep period, <c>rto_initial</c> at most <c>rto_max</c>.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the range; nothing was set.</exception>
    public async ValueTask SetAsync(TimerInfo timer, TimerValue value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(timer);
        uint encoded = timer.Encode(value);
        await CheckAgainstOthersAsync(timer, encoded, cancellationToken).ConfigureAwait(false);
        await _session.UpdateAsync(timer.Register.Address, timer.Field.Mask, timer.Field.Set(0, encoded), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets one that is a time.</summary>
    /// <param name="name">Its <see cref="TimerInfo.Name"/>.</param>
    /// <param name="time">The time; rounded up to ticks of 1.024 ms.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the range; nothing was set.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: there is none of this name.</exception>
    public ValueTask SetAsync(string name, TimeSpan time, CancellationToken cancellationToken = default) =>
        SetAsync(TimerInfo.Find(name), TimerValue.FromTime(time), cancellationToken);

    /// <summary>Sets one that is a number.</summary>
    /// <param name="name">Its <see cref="TimerInfo.Name"/>.</param>
    /// <param name="count">The number, 0 to 15.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside the range; nothing was set.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: there is none of this name.</exception>
    public ValueTask SetAsync(string name, int count, CancellationToken cancellationToken = default) =>
        SetAsync(TimerInfo.Find(name), TimerValue.FromCount(count), cancellationToken);

    /// <summary>Reads the limit of resets that no connection answers for (RFC 9293 3.10.7.1).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<TokenBucket> GetResetBucketAsync(CancellationToken cancellationToken = default) =>
        ReadBucketAsync(_session, RegisterMap.Tcp.ResetBucket.Address, cancellationToken);

    /// <summary>Sets the limit of resets that no connection answers for.</summary>
    /// <param name="bucket">The limit; a depth of 0 sends none at all.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public ValueTask SetResetBucketAsync(TokenBucket bucket, CancellationToken cancellationToken = default) =>
        WriteBucketAsync(_session, RegisterMap.Tcp.ResetBucket.Address, bucket, cancellationToken);

    /// <summary>Reads a bucket's register; both have the same fields.</summary>
    internal static async ValueTask<TokenBucket> ReadBucketAsync(BoardSession session, uint address, CancellationToken cancellationToken)
    {
        uint[] word = new uint[1];
        await session.ReadAsync(address, word, cancellationToken).ConfigureAwait(false);
        return new TokenBucket((int)RegisterMap.Tcp.ResetBucket.Depth.Get(word[0]), (int)RegisterMap.Tcp.ResetBucket.RefillShift.Get(word[0]));
    }

    /// <summary>Writes a bucket's register.</summary>
    internal static async ValueTask WriteBucketAsync(BoardSession session, uint address, TokenBucket bucket, CancellationToken cancellationToken)
    {
        bucket.Check();
        uint word = RegisterMap.Tcp.ResetBucket.RefillShift.Set(RegisterMap.Tcp.ResetBucket.Depth.Set(0, (uint)bucket.Depth), (uint)bucket.RefillShift);
        await session.WriteAsync(address, new[] { word }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CheckAgainstOthersAsync(TimerInfo timer, uint encoded, CancellationToken cancellationToken)
    {
        TimeSpan time = TcpTicks.ToTime(encoded);
        uint[] word = new uint[1];
        if (timer.Register.Address == RegisterMap.Tcp.UnsolicitedAckInterval.Address)
        {
            await _session.ReadAsync(RegisterMap.Control.SweepPeriod.Address, word, cancellationToken).ConfigureAwait(false);
            TimeSpan period = TimeSpan.FromMicroseconds(RegisterMap.Control.SweepPeriod.Microseconds.Get(word[0]));
            if (time <= period)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(timer), $"{timer.Name} cannot be {time.TotalSeconds} s: it has to be longer than one sweep, {period.TotalSeconds} s (control.sweep_period).");
            }
        }

        bool isInitial = timer.Register.Address == RegisterMap.Tcp.RtoInitial.Address;
        if (isInitial || timer.Register.Address == RegisterMap.Tcp.RtoMax.Address)
        {
            await _session.ReadAsync(
                isInitial ? RegisterMap.Tcp.RtoMax.Address : RegisterMap.Tcp.RtoInitial.Address, word, cancellationToken).ConfigureAwait(false);
            uint other = RegisterMap.Tcp.RtoMax.Ticks.Get(word[0]);
            if (isInitial ? encoded > other : encoded < other)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(timer),
                    $"{timer.Name} cannot be {time.TotalSeconds} s while {(isInitial ? "rto_max" : "rto_initial")} is {TcpTicks.ToTime(other).TotalSeconds} s: "
                    + "the first timeout is at most the longest. Set the other one first.");
            }
        }
    }
}
