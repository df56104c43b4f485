namespace Offload.Connections;

/// <summary>Sees the words of an event.</summary>
internal delegate void EventTap(ReadOnlySpan<uint> words);

/// <summary>Gives every subscriber all events, each with its own count of lost ones.</summary>
internal sealed class EventHub
{
    private readonly Lock _gate = new();
    private readonly int _eventWords;
    private EventRing[] _rings = [];
    private Exception? _end;
    private long _events;
    private long _lostInCore;
    private long _lostBySubscribers;

    /// <summary>Makes a hub.</summary>
    /// <param name="eventWords">Words of an event's layout.</param>
    public EventHub(int eventWords) => _eventWords = eventWords;

    /// <summary>Events that the core's queue gave.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Events that the core's queue lost.</summary>
    public long LostInCore => Interlocked.Read(ref _lostInCore);

    /// <summary>Events that subscribers were too slow for, over all subscribers.</summary>
    public long LostBySubscribers => Interlocked.Read(ref _lostBySubscribers);

    /// <summary>Sees every event before any subscriber, on the thread that reads the queue; null: nobody.</summary>
    public EventTap? Tap { get; set; }

    /// <summary>Told that the core lost events, on the thread that reads the queue; null: nobody.</summary>
    public Action? LostTap { get; set; }

    /// <summary>Adds a subscriber.</summary>
    public EventRing Subscribe(int capacity)
    {
        lock (_gate)
        {
            if (_end is { } end)
            {
                throw end;
            }

            EventRing ring = new(this, _eventWords, capacity);
            _rings = [.. _rings, ring];
            return ring;
        }
    }

    /// <summary>Removes a subscriber.</summary>
    public void Remove(EventRing ring)
    {
        lock (_gate)
        {
            _rings = Array.FindAll(_rings, other => other != ring);
        }
    }

    /// <summary>Passes an event on.</summary>
    public void Publish(ReadOnlySpan<uint> words)
    {
        Interlocked.Increment(ref _events);
        Tap?.Invoke(words);
        foreach (EventRing ring in Volatile.Read(ref _rings))
        {
            if (!ring.Add(words))
            {
                Interlocked.Increment(ref _lostBySubscribers);
            }
        }
    }

    /// <summary>Tells of events that the core's queue lost.</summary>
    public void Lost(ulong count)
    {
        Interlocked.Add(ref _lostInCore, (long)count);
        foreach (EventRing ring in Volatile.Read(ref _rings))
        {
            ring.AddLost(count);
        }

        LostTap?.Invoke();
    }

    /// <summary>Ends every subscription; what waits in them can still be read.</summary>
    public void Complete(Exception end)
    {
        lock (_gate)
        {
            _end ??= end;
            foreach (EventRing ring in _rings)
            {
                ring.Complete(end);
            }
        }
    }
}
