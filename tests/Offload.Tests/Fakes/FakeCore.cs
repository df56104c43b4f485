using Offload.Connections;
using Offload.Links;
using Offload.Registers;

namespace Offload.Tests.Fakes;

/// <summary>A small model of the core's registers, written from the register map: what the SDK does with them, and nothing of TCP.</summary>
internal sealed partial class FakeCore : RegisterLink
{
    public const int Connections = 64;
    public const int Listeners = 4;
    public const int EventDepth = 8;


    private readonly Lock _gate = new();
    private readonly uint[] _words = new uint[0x10000 / 4];
    private readonly SortedDictionary<int, uint[]> _table = [];
    private readonly uint[][] _slots = new uint[Listeners][];
    private readonly Queue<uint[]> _events = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _eventsLost;
    private ushort _eventHead;
    private int _busyReads;

    public FakeCore() => Reset();

    public bool IsLoaded { get; set; } = true;

    /// <summary>How many reads still find the core busy after something is started.</summary>
    public int BusyReads { get; set; } = 2;

    /// <summary>Never comes out of busy.</summary>
    public bool IsStuck { get; set; }


    public byte[] IsnKey { get; private set; } = [];

    public byte[] PlacementKey { get; private set; } = [];

    public int PlacementCommits { get; private set; }

    public List<uint> ReadAddresses { get; } = [];

    public ulong[] Counters { get; } = new ulong[RegisterMap.CounterCount];

    public ulong Timebase { get; set; } = 0x1_2345_6789;

    public uint this[uint address]
    {
        get => _words[address / 4];
        set => _words[address / 4] = value;
    }

    public void Reset()
    {
        Array.Clear(_words);
        _table.Clear();
        _events.Clear();
        _eventsLost = 0;
        _eventHead = 0;
        IsnKey = [];
        CookieKeys.Clear();
        PlacementKey = [];
        foreach (RegisterInfo register in RegisterMap.All)
        {
            this[register.Address] = register.Reset;
        }

        this[RegisterMap.Identity.Magic.Address] = RegisterMap.Identity.Magic.Info.Constant!.Value;
        this[RegisterMap.Identity.CoreVersion.Address] = RegisterMap.Identity.CoreVersion.Info.Constant!.Value;
        for (int i = 0; i < 8; i++)
        {
            this[RegisterMap.Identity.MapHash.Address + (4 * (uint)i)] = BitConverter.ToUInt32(RegisterMap.HashBytes.Slice(4 * i, 4));
        }

        this[RegisterMap.Identity.Connections.Address] = Connections;
        this[RegisterMap.Identity.Listeners.Address] = Listeners;
        this[RegisterMap.Identity.DataWidth.Address] = 512;
        this[RegisterMap.Identity.EventDepth.Address] = EventDepth;
        this[RegisterMap.Identity.MaxFrame.Address] = 1522;
        this[RegisterMap.Control.Status.Address] = RegisterMap.Control.Status.Ready.Mask | RegisterMap.Control.Status.HostAlive.Mask;
        for (int i = 0; i < Listeners; i++)
        {
            _slots[i] = new uint[ListenerLayout.Words];
        }
    }

    public uint[] Slot(int index) => _slots[index];

    /// <summary>The board is pulled out.</summary>
    public void Unplug() => _gone.TrySetResult();

    /// <summary>Puts a connection into the table.</summary>
    public void Put(int index, uint[] entry)
    {
        lock (_gate)
        {
            _table[index] = entry;
            this[RegisterMap.Control.EntriesInUse.Address] = (uint)_table.Count;
        }
    }

    /// <summary>Reports an event, or loses it where the queue is full.</summary>
    public void Raise(uint[] words)
    {
        lock (_gate)
        {
            if (_events.Count == EventDepth)
            {
                _eventsLost++;
                return;
            }

            _events.Enqueue(words);
            _raised.TrySetResult();
        }
    }

    /// <summary>Events that the SDK has not popped.</summary>
    public int EventsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>While true, the interrupt does not reach the SDK.</summary>
    public bool HoldInterrupt { get; set; }

    public override ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Check();
            for (int i = 0; i < words.Length; i++)
            {
                words.Span[i] = Read(address + (4 * (uint)i));
            }
        }

        return default;
    }

    public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Check();
            for (int i = 0; i < words.Length; i++)
            {
                Write(address + (4 * (uint)i), words.Span[i]);
            }
        }

        return default;
    }

    public override async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default)
    {
        // On purpose without a look at the token while the line is high: a link may be so.
        while (true)
        {
            Task raised;
            lock (_gate)
            {
                Check();
                if (_events.Count > 0 && !HoldInterrupt && this[RegisterMap.Control.InterruptEnable.Address] == 1)
                {
                    return;
                }

                _raised = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                raised = _raised.Task;
            }

            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAny(raised, _gone.Task, Task.Delay(20, cancellationToken)).WaitAsync(cancellationToken);
        }
    }

    public override ValueTask DisposeAsync() => default;

    private static RegisterInfo? Find(uint address) =>
        RegisterMap.All.FirstOrDefault(register => address >= register.Address && address < register.Address + (4 * (uint)register.Words));

    private void Check()
    {
        if (_gone.Task.IsCompleted)
        {
            throw new BoardGoneException("The fake board was pulled out.");
        }

        if (!IsLoaded)
        {
            throw new OffloadException(OffloadError.NoBitstream, "no bitstream loaded");
        }
    }

    private uint Busy()
    {
        if (IsStuck || _busyReads > 0)
        {
            _busyReads--;
            return 1;
        }

        return 0;
    }

    private uint Read(uint address)
    {
        RegisterInfo register = Find(address) ?? throw new OffloadException(OffloadError.LinkFault, $"DECERR at 0x{address:x}");
        ReadAddresses.Add(address);
        int word = (int)(address - register.Address) / 4;
        return register.Name switch
        {
            "command.status" => this[address] | Busy(),
            "table_read.status" => this[address] | (Busy() << 31),
            "counter.status" => Busy(),
            "listener.committed" => _slots[this[RegisterMap.Listener.Slot.Address] & 0xFF][word],
            "event.status" => (uint)_events.Count | ((uint)_eventHead << 16),
            "event.lost_low" => (uint)_eventsLost,
            "event.lost_high" => (uint)(_eventsLost >> 32),
            "event.event" => _events.TryPeek(out uint[]? words) && word < words.Length ? words[word] : 0xDEADBEEF,
            "control.timebase_low" => (uint)Timebase,
            "control.timebase_high" => (uint)(Timebase >> 32),
            _ when register.Access is RegisterAccess.WriteOnly or RegisterAccess.Pulse => 0,
            _ => this[address],
        };
    }

    private void Write(uint address, uint value)
    {
        RegisterInfo register = Find(address) ?? throw new OffloadException(OffloadError.LinkFault, $"DECERR at 0x{address:x}");
        if (register.Access is RegisterAccess.ReadOnly or RegisterAccess.Constant)
        {
            throw new OffloadException(OffloadError.LinkFault, $"SLVERR at {register.Name}");
        }

        this[address] = value;
        switch (register.Name)
        {
            case "command.go":
                Execute(value);
                break;
            case "table_read.go":
                ReadTable(value);
                break;
            case "counter.action":
                Buffer.BlockCopy(Counters, 0, _words, (int)RegisterMap.Counter.Values.Address, Counters.Length * sizeof(ulong));
                _busyReads = BusyReads;
                break;
            case "control.heartbeat":
                Beats++;
                break;
            case "isn.key_commit":
                CommitKeys(value);
                CommitCookieKey(value);
                break;
            case "listener.action":
                CommitListener();
                break;
            case "event.pop" when _events.Count > 0 && (value & 0xFFFF) == _eventHead:
                _events.Dequeue();
                _eventHead++;
                break;
        }
    }

    private void CommitListener()
    {
        uint[] words = _words.AsSpan((int)RegisterMap.Listener.Staging.Address / 4, ListenerLayout.Words).ToArray();
        _slots[this[RegisterMap.Listener.Slot.Address] & 0xFF] = words;
    }

    private void CommitKeys(uint value)
    {
        if ((value & 1) != 0)
        {
            IsnKey = Bytes(RegisterMap.Isn.Key.Address, 16);
            Array.Clear(_words, (int)RegisterMap.Isn.Key.Address / 4, 4);
            this[RegisterMap.Control.Status.Address] |= RegisterMap.Control.Status.IsnKeySet.Mask;
        }

        if ((value & 2) != 0 && PlacementKey.Length == 0 && (this[RegisterMap.Control.Control.Address] & 1) == 0)
        {
            PlacementKey = Bytes(RegisterMap.Isn.PlacementKey.Address, 44);
            PlacementCommits++;
            Array.Clear(_words, (int)RegisterMap.Isn.PlacementKey.Address / 4, 11);
            this[RegisterMap.Control.Status.Address] |= RegisterMap.Control.Status.PlacementKeySet.Mask;
        }
    }

    private void CommitCookieKey(uint value)
    {
        if ((value & 4) != 0)
        {
            CookieKeys.Add(Bytes(RegisterMap.Isn.CookieKey.Address, 16));
            Array.Clear(_words, (int)RegisterMap.Isn.CookieKey.Address / 4, 4);
            this[RegisterMap.Control.Status.Address] |= CookieKeys.Count == 1
                ? RegisterMap.Control.Status.CookieKeySet.Mask
                : RegisterMap.Control.Status.CookieKeyWaits.Mask;
        }
    }

    private byte[] Bytes(uint address, int length)
    {
        byte[] bytes = new byte[length];
        Buffer.BlockCopy(_words, (int)address, bytes, 0, length);
        return bytes;
    }

    private void Execute(uint go)
    {
        CommandCode code = (CommandCode)RegisterMap.Command.Go.Code.Get(go);
        uint[] key = _words.AsSpan((int)RegisterMap.Command.Key.Address / 4, KeyLayout.Words).ToArray();
        ulong created = this[RegisterMap.Command.CreatedLow.Address] | ((ulong)this[RegisterMap.Command.CreatedHigh.Address] << 32);
        uint argument = this[RegisterMap.Command.Listener.Address];
        CommandStatus status = CommandStatus.Ok;
        uint[] answer = new uint[EntryLayout.Words];
        if (code == CommandCode.Flush)
        {
            foreach (int index in _table.Keys.ToArray())
            {
                if ((argument & 0x100) != 0 || new EntryLayout(_table[index]).Listener == (argument & 0xFF))
                {
                    Free(index);
                }
            }
        }
        else
        {
            status = ExecuteOn(code, ConnectionWords.ReadKey(new KeyLayout(key)), created, argument, ref answer);
        }

        answer.CopyTo(_words.AsSpan((int)RegisterMap.Command.Answer.Address / 4));
        this[RegisterMap.Command.Status.Address] = RegisterMap.Command.Status.Sequence.Set(
            RegisterMap.Command.Status.Status.Set(0, (uint)status), RegisterMap.Command.Go.Sequence.Get(go));
        _busyReads = BusyReads;
    }

    private void Free(int index)
    {
        _table.Remove(index);
        this[RegisterMap.Control.EntriesInUse.Address] = (uint)_table.Count;
    }

    private void ReadTable(uint go)
    {
        int from = (int)RegisterMap.TableRead.Go.Index.Get(go);
        int found = _table.Keys.FirstOrDefault(index => index >= from, -1);
        uint[] entry = found < 0 ? new uint[EntryLayout.Words] : _table[found];
        entry.CopyTo(_words.AsSpan((int)RegisterMap.TableRead.Entry.Address / 4));
        this[RegisterMap.TableRead.Status.Address] = found < 0 ? 0 : (uint)found | RegisterMap.TableRead.Status.Valid.Mask;
        _busyReads = BusyReads;
    }
}
