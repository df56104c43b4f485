using Offload.Listeners;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>A connection that this holder opened: from its OPEN to its last event.</summary>
internal sealed class OpenedConnection(ConnectionKey key, int slot, HeldEndPoint? hold)
{
    private readonly TaskCompletionSource<uint[]> _established = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What names it.</summary>
    public ConnectionKey Key => key;

    /// <summary>The slot that says how it was opened.</summary>
    public int Slot => slot;

    /// <summary>Creation time; null while the OPEN is not answered yet.</summary>
    public ulong? Created { get; set; }

    /// <summary>Events that came before the OPEN's answer did.</summary>
    public List<uint[]> Early { get; } = [];

    /// <summary>The entry's words once it is ESTABLISHED; fails where it never will be.</summary>
    public Task<uint[]> Established => _established.Task;

    /// <summary>It is ESTABLISHED.</summary>
    public void Succeed(ReadOnlySpan<uint> entry)
    {
        if (!_established.Task.IsCompleted)
        {
            _established.TrySetResult(entry[..EntryLayout.Words].ToArray());
        }
    }

    /// <summary>It never will be (again), and its port is free.</summary>
    public void End(Exception failure)
    {
        if (_established.TrySetException(failure))
        {
            // Nobody may be waiting any more.
            _ = _established.Task.Exception;
        }

        hold?.Dispose();
    }
}

/// <summary>The connections that this holder opened. Each holds its port at the kernel, and its slot, until the core has freed its entry.</summary>
internal sealed class OpenedConnections
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionKey, OpenedConnection> _byKey = [];
    private readonly List<(int Slot, bool IsGone)> _returned = [];
    private volatile int _count;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>Those that are there now.</summary>
    public OpenedConnection[] ToArray()
    {
        lock (_gate)
        {
            return [.. _byKey.Values];
        }
    }

    /// <summary>Follows a connection from before its OPEN on.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.ConnectionExists"/>.</exception>
    public OpenedConnection Begin(ConnectionKey key, int slot, HeldEndPoint? hold)
    {
        OpenedConnection opened = new(key, slot, hold);
        lock (_gate)
        {
            if (!_byKey.TryAdd(key, opened))
            {
                throw new OffloadException(
                    OffloadError.ConnectionExists, $"Open: there is a connection {key} already. Take another local port, or wait for its end or abort it.");
            }

            _count = _byKey.Count;
        }

        return opened;
    }

    /// <summary>The core answered its OPEN.</summary>
    public void Confirm(OpenedConnection opened, ulong created)
    {
        uint[][] early;
        lock (_gate)
        {
            opened.Created = created;
            early = [.. opened.Early];
            opened.Early.Clear();
        }

        foreach (uint[] words in early)
        {
            OnEvent(words);
        }
    }

    /// <summary>Follows it no longer.</summary>
    /// <param name="opened">Which one.</param>
    /// <param name="failure">What whoever waits for it is told.</param>
    /// <param name="isGone">Whether it is sure that the core has no entry of it.</param>
    public void End(OpenedConnection opened, Exception failure, bool isGone)
    {
        lock (_gate)
        {
            if (!_byKey.Remove(opened.Key, out OpenedConnection? removed) || removed != opened)
            {
                if (removed is not null)
                {
                    _byKey.Add(removed.Key, removed);
                }

                return;
            }

            _count = _byKey.Count;
            _returned.Add((opened.Slot, isGone));
        }

        opened.End(failure);
    }

    /// <summary>Every one has ended with its core.</summary>
    public void EndAll(Func<OpenedConnection, Exception> failure)
    {
        foreach (OpenedConnection opened in ToArray())
        {
            End(opened, failure(opened), isGone: false);
        }
    }

    /// <summary>Gives back the slots of those that have ended. The caller has the turn at the board.</summary>
    public void Settle(ListenerSlots slots)
    {
        (int Slot, bool IsGone)[] returned;
        lock (_gate)
        {
            returned = [.. _returned];
            _returned.Clear();
        }

        foreach ((int slot, bool isGone) in returned)
        {
            slots.ReturnProfile(slot, isGone);
        }
    }

    /// <summary>An event of the core, ours or not. Called by whoever reads the queue.</summary>
    public void OnEvent(ReadOnlySpan<uint> words)
    {
        if (_count == 0)
        {
            return;
        }

        EventLayout item = new(words);
        OpenedConnection? opened;
        lock (_gate)
        {
            if (!_byKey.TryGetValue(ConnectionWords.ReadKey(item.Entry.Key), out opened))
            {
                return;
            }

            if (opened.Created is null)
            {
                opened.Early.Add(words.ToArray());
                return;
            }

            if (item.Entry.Created != opened.Created)
            {
                return;
            }
        }

        if (item.Established)
        {
            opened.Succeed(words);
        }

        if (item.Closed)
        {
            End(opened, OpenRules.Failed(opened.Key, item.Reason), isGone: true);
        }
    }

    /// <summary>What the table says of one whose events may have been lost.</summary>
    /// <param name="opened">Which one.</param>
    /// <param name="isThere">Whether the core has an entry of its key.</param>
    /// <param name="entry">The entry.</param>
    public void OnTable(OpenedConnection opened, bool isThere, ReadOnlySpan<uint> entry)
    {
        if (!isThere || new EntryLayout(entry).Created != opened.Created)
        {
            End(opened, OpenRules.Failed(opened.Key, CloseReason.None), isGone: true);
        }
        else if (new EntryLayout(entry).State is not (TcpState.SynSent or TcpState.SynReceived))
        {
            opened.Succeed(entry);
        }
    }
}
