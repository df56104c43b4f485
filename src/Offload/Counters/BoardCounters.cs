using Offload.Boards;
using Offload.Registers;

namespace Offload.Counters;

/// <summary>The core's counters. Thread-safe.</summary>
public sealed class BoardCounters
{
    private readonly BoardSession _session;

    internal BoardCounters(BoardSession session) => _session = session;

    /// <summary>Takes all counters at one instant.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<CounterSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        ulong[] values = new ulong[RegisterMap.CounterCount];
        await _session.ReadCountersAsync(values, cancellationToken).ConfigureAwait(false);
        return new CounterSnapshot(values);
    }
}
