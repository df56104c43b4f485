using System.Diagnostics.Metrics;
using Offload.Registers;

namespace Offload.Boards;

/// <summary>The meter <c>Offload</c> of a board that this process holds. Every instrument has the tag <c>offload.board</c>.</summary>
/// <remarks>
/// What comes from the core is read in the background, at most once a second and only while somebody observes; an observation gives the values
/// of the reading before it, and nothing before the first.
/// </remarks>
internal sealed class BoardMetrics : IDisposable
{
    private const string MeterName = "Offload";
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(1);

    private readonly HolderSession _session;
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly ulong[] _values = new ulong[RegisterMap.CounterCount];
    private readonly Lock _gate = new();
    private ulong[]? _counters;
    private uint _inUse;
    private long _readAt;
    private int _reading;

    /// <summary>Makes the meter.</summary>
    public BoardMetrics(HolderSession session)
    {
        _session = session;
        _tags = [new("offload.board", session.Description.Id)];
        _meter = new Meter(MeterName, typeof(BoardMetrics).Assembly.GetName().Version?.ToString(3));
        _meter.CreateObservableGauge(
            "offload.connections.in_use", () => Observe(() => (long)_inUse), "{connection}", "Entries of the connection table in use.");
        Counter("offload.connections.established", CounterId.Established, "{connection}", "Connections that became ESTABLISHED.");
        Counter("offload.syns.received", CounterId.SynReceived, "{segment}", "SYNs that made an entry.");
        Counter("offload.syns.refused", CounterId.TableFull, "{segment}", "SYNs dropped because no entry was free.");
        Counter("offload.frames.dropped_full", CounterId.NetDroppedFull, "{frame}", "Frames from the net port dropped at a full FIFO's tail.");
        _meter.CreateObservableCounter(
            "offload.events", () => new Measurement<long>(session.Events.Events, _tags), "{event}", "Events that the core reported.");
        _meter.CreateObservableCounter(
            "offload.events.lost_in_core", () => new Measurement<long>(session.Events.LostInCore, _tags), "{event}", "Events lost because the core's queue was full.");
        _meter.CreateObservableCounter(
            "offload.events.lost_by_subscribers", () => new Measurement<long>(session.Events.LostBySubscribers, _tags), "{event}",
            "Events lost because a subscriber was too slow, over all subscribers.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Counter(string name, CounterId counter, string unit, string description) =>
        _meter.CreateObservableCounter(name, () => Observe(() => (long)_counters![(int)counter]), unit, description);

    private IEnumerable<Measurement<long>> Observe(Func<long> value)
    {
        if (Environment.TickCount64 - Interlocked.Read(ref _readAt) >= LeastAge.TotalMilliseconds && Interlocked.Exchange(ref _reading, 1) == 0)
        {
            _ = ReadAsync();
        }

        lock (_gate)
        {
            return _counters is null ? [] : [new Measurement<long>(value(), _tags)];
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            uint[] inUse = new uint[1];
            await _session.ReadAsync(RegisterMap.Control.EntriesInUse.Address, inUse, CancellationToken.None).ConfigureAwait(false);
            await _session.ReadCountersAsync(_values, CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                _inUse = inUse[0];
                _counters ??= new ulong[_values.Length];
                _values.CopyTo(_counters, 0);
            }
        }
        catch (Exception exception) when (exception is OffloadException or IOException or ObjectDisposedException)
        {
            // Nothing loaded, or closed: then there is nothing to observe.
            lock (_gate)
            {
                _counters = null;
            }
        }
        finally
        {
            Interlocked.Exchange(ref _readAt, Environment.TickCount64);
            Interlocked.Exchange(ref _reading, 0);
        }
    }
}
