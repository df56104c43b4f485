using System.Threading.Tasks.Sources;

namespace Offload.Connections;

/// <summary>The events that wait for one subscriber, up to a capacity; beyond it the newest are counted as lost. One writer, one reader.</summary>
internal sealed class EventRing : EventReader, IValueTaskSource
{
    private const int FirstCapacity = 64;

    private readonly Lock _gate = new();
    private readonly EventHub _hub;
    private readonly int _eventWords;
    private readonly int _capacity;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private uint[] _words;
    private ulong[] _lost;
    private int _first;
    private int _count;
    private ulong _lostSince;
    private bool _waiting;
    private Exception? _end;

    /// <summary>Makes an empty one.</summary>
    public EventRing(EventHub hub, int eventWords, int capacity)
    {
        _hub = hub;
        _eventWords = eventWords;
        _capacity = capacity;
        int first = Math.Min(FirstCapacity, capacity);
        _words = new uint[first * eventWords];
        _lost = new ulong[first];
    }

    /// <summary>Adds an event; false where it was lost.</summary>
    public bool Add(ReadOnlySpan<uint> words)
    {
        bool wake;
        lock (_gate)
        {
            if (_count == _lost.Length && !Grow())
            {
                _lostSince++;
                return false;
            }

            int slot = (_first + _count) % _lost.Length;
            words[.._eventWords].CopyTo(_words.AsSpan(slot * _eventWords));
            _lost[slot] = _lostSince;
            _lostSince = 0;
            _count++;
            wake = StopWaiting();
        }

        Wake(wake);
        return true;
    }

    /// <summary>Adds to the number of lost events.</summary>
    public void AddLost(ulong count)
    {
        bool wake;
        lock (_gate)
        {
            _lostSince += count;
            wake = StopWaiting();
        }

        Wake(wake);
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete(Exception end)
    {
        bool wake;
        lock (_gate)
        {
            _end ??= end;
            wake = StopWaiting();
        }

        Wake(wake);
    }

    /// <inheritdoc/>
    public override ValueTask<EventItem> ReadAsync(Memory<uint> words, CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (TryTake(words.Span, out EventItem item))
                {
                    return new ValueTask<EventItem>(item);
                }
            }
        }

        return WaitAsync(words, cancellationToken);
    }

    private async ValueTask<EventItem> WaitAsync(Memory<uint> words, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            short token;
            lock (_gate)
            {
                if (TryTake(words.Span, out EventItem item))
                {
                    return item;
                }

                if (_end is { } end)
                {
                    throw end;
                }

                if (_waiting)
                {
                    throw new InvalidOperationException("A subscription has one reader at a time.");
                }

                _waiting = true;
                _wake.Reset();
                token = _wake.Version;
            }

            CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (state, _) => ((EventRing)state!).Cancel(), this);
            await using (registration.ConfigureAwait(false))
            {
                await new ValueTask(this, token).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _hub.Remove(this);
        Complete(new ObjectDisposedException(nameof(ConnectionSubscription)));
        return default;
    }

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private bool TryTake(Span<uint> words, out EventItem item)
    {
        if (_count > 0)
        {
            _words.AsSpan(_first * _eventWords, _eventWords).CopyTo(words);
            item = new EventItem(true, _lost[_first]);
            _first = (_first + 1) % _lost.Length;
            _count--;
            return true;
        }

        item = new EventItem(false, _lostSince);
        _lostSince = 0;
        return item.Lost > 0;
    }

    private bool Grow()
    {
        if (_lost.Length >= _capacity)
        {
            return false;
        }

        int larger = (int)Math.Min(_capacity, _lost.Length * 2L);
        uint[] words = new uint[larger * _eventWords];
        ulong[] lost = new ulong[larger];
        for (int i = 0; i < _count; i++)
        {
            int slot = (_first + i) % _lost.Length;
            _words.AsSpan(slot * _eventWords, _eventWords).CopyTo(words.AsSpan(i * _eventWords));
            lost[i] = _lost[slot];
        }

        (_words, _lost, _first) = (words, lost, 0);
        return true;
    }

    /// <summary>The reader looks again; called without the lock, and only by whoever ended the wait.</summary>
    private void Wake(bool wake)
    {
        if (wake)
        {
            _wake.SetResult(true);
        }
    }

    private bool StopWaiting()
    {
        bool was = _waiting;
        _waiting = false;
        return was;
    }

    private void Cancel()
    {
        bool wake;
        lock (_gate)
        {
            wake = StopWaiting();
        }

        Wake(wake);
    }
}
