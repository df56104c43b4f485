using System.Diagnostics;
using Offload.Boards;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>The board's time on the host's clock: never behind the board, and ahead of it by no more than a read of a register takes.</summary>
/// <param name="session">The board.</param>
internal sealed class BoardClock(BoardSession session)
{
    /// <summary>How long a reading counts: the clocks part by less than a tick in this time.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    private Reading? _last;

    /// <summary>Time since the board's reset, in microseconds.</summary>
    public async ValueTask<ulong> NowAsync(CancellationToken cancellationToken)
    {
        Reading? last = Volatile.Read(ref _last);
        if (last is null || Stopwatch.GetElapsedTime(last.Before) > Validity)
        {
            last = await ReadAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _last, last);
        }

        return last.Microseconds + (ulong)Stopwatch.GetElapsedTime(last.Before).TotalMicroseconds;
    }

    private async ValueTask<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        uint[] words = new uint[2];
        await session.ReadAsync(RegisterMap.Control.TimebaseLow.Address, words, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            uint high = words[1];
            long before = Stopwatch.GetTimestamp();
            await session.ReadAsync(RegisterMap.Control.TimebaseLow.Address, words, cancellationToken).ConfigureAwait(false);
            if (words[1] == high)
            {
                return new Reading(before, ((ulong)high << 32) | words[0]);
            }
        }
    }

    private sealed record Reading(long Before, ulong Microseconds);
}
