using Offload.Boards;
using Offload.Connections;

namespace Offload.Kernel.Tests.Bench;

/// <summary>Every event of the board from its opening on, for many that wait at a time.</summary>
internal sealed class EventBook : IAsyncDisposable
{
    private readonly ConnectionSubscription _subscription;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ConnectionKey, List<ConnectionEvent>> _events = [];
    private readonly Dictionary<ConnectionKey, List<Waiter>> _waiters = [];
    private readonly Task _reading;
    private ulong _lost;

    private EventBook(ConnectionSubscription subscription)
    {
        _subscription = subscription;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Events that were lost; the book is then worth nothing.</summary>
    internal ulong Lost => Volatile.Read(ref _lost);

    internal static async Task<EventBook> OpenAsync(OffloadBoard board) =>
        new(await board.Connections.SubscribeAsync(BoardConnections.MaxCapacity));

    /// <summary>All events of a key so far, of every connection that had it.</summary>
    internal IReadOnlyList<ConnectionEvent> Of(ConnectionKey key)
    {
        lock (_lock)
        {
            return _events.TryGetValue(key, out List<ConnectionEvent>? events) ? [.. events] : [];
        }
    }

    /// <summary>The first event of a key that is as wanted, whether it has been or is to come.</summary>
    internal async Task<ConnectionEvent> WaitAsync(ConnectionKey key, Func<ConnectionEvent, bool> wanted, TimeSpan limit)
    {
        Waiter waiter = new(wanted, new TaskCompletionSource<ConnectionEvent>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            foreach (ConnectionEvent item in _events.GetValueOrDefault(key, []))
            {
                if (wanted(item))
                {
                    return item;
                }
            }

            if (!_waiters.TryGetValue(key, out List<Waiter>? waiters))
            {
                _waiters[key] = waiters = [];
            }

            waiters.Add(waiter);
        }

        try
        {
            return await waiter.Found.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"no such event of {key} within {limit.TotalSeconds} s; seen: {string.Join("; ", Of(key).Select(item => $"{item.Connection.State} {item.Reason}"))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        await _subscription.DisposeAsync();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (ConnectionEvent item in _subscription.ReadAllAsync(_end.Token))
            {
                Note(item);
            }
        }
        catch (OperationCanceledException)
        {
            // The book is closed.
        }
    }

    private void Note(in ConnectionEvent item)
    {
        lock (_lock)
        {
            _lost += item.LostEvents;
            if (item.Kind != ConnectionEventKind.Connection)
            {
                return;
            }

            ConnectionKey key = item.Connection.Key;
            if (!_events.TryGetValue(key, out List<ConnectionEvent>? events))
            {
                _events[key] = events = [];
            }

            events.Add(item);
            foreach (Waiter waiter in _waiters.GetValueOrDefault(key, []))
            {
                if (waiter.Wanted(item))
                {
                    waiter.Found.TrySetResult(item);
                }
            }
        }
    }

    private sealed record Waiter(Func<ConnectionEvent, bool> Wanted, TaskCompletionSource<ConnectionEvent> Found);
}
