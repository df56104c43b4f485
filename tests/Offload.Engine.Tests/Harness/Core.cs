using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Harness;

/// <summary>The two frame ports of the core.</summary>
internal enum Port : uint
{
    Net = 0,
    Host = 1,
}

/// <summary>The Verilated core with time in the test's hand. One caller at a time.</summary>
internal sealed unsafe class Core : IDisposable
{
    /// <summary>More clocks than any test needs for one step: the core has hung.</summary>
    public const uint Patience = 4_000_000;

    private readonly byte[] _buffer = new byte[16384];
    private readonly NativeCore _native;
    private nint _core;
    private readonly Dictionary<uint, uint> _written = [];
    private uint[] _peeked = new uint[64 * 32];
    private uint[]? _order;
    private byte _sequence;
    private int _readAnswersEvery = 1;
    private int _answers;

    /// <summary>A core out of reset whose memories are filled.</summary>
    /// <param name="native">Null: the virtual board's.</param>
    public Core(NativeCore? native = null)
    {
        _native = native ?? NativeCore.Board;
        _core = _native.Create();
        if (_core == 0)
        {
            throw new InvalidOperationException("The core could not be created.");
        }

        AwaitReady();
    }

    /// <summary>From here on answers are read over the register bus every so often only, and else straight from where they are kept, in no clock.</summary>
    public void ReadAnswersEvery(int commands) => _readAnswersEvery = commands;

    /// <summary>Clocks since creation.</summary>
    public ulong Clock => _native.Clock(_core);

    public bool Interrupt => _native.Interrupt(_core) != 0;

    public void Dispose()
    {
        if (_core != 0)
        {
            _native.Destroy(_core);
            _core = 0;
        }
    }

    /// <summary>Waits until the memories are filled after a reset.</summary>
    public void AwaitReady()
    {
        _written.Clear();
        int ready = RegisterSource.Lsb("control.status.ready");
        for (int i = 0; ((Read("control.status") >> ready) & 1) == 0; i++)
        {
            Require(i < 100_000, "status.ready stays 0");
        }
    }

    /// <summary>Writes keys, registers and listeners; the engine is switched on last. Keys are written where asked for only.</summary>
    public void Configure(Settings settings, bool keys = true)
    {
        if (keys)
        {
            Write("isn.placement_key", [.. settings.PlacementKey]);
            WriteKey("isn.key", settings.IsnKey);
            Write("isn.key_commit", RegisterSource.Place("isn.key_commit.isn", 1) | RegisterSource.Place("isn.key_commit.placement", 1));
            if (settings.CookieKey is not null)
            {
                CommitCookieKey(settings.CookieKey);
            }
        }

        Write("isn.mode", (uint)settings.IsnSource);
        Write("isn.fixed_value", settings.FixedIsn);
        Write("tcp.rto_initial", settings.RtoInitial);
        Write("tcp.rto_max", settings.RtoMax);
        Write("tcp.synack_retries", (uint)settings.SynAckRetries);
        Write("tcp.orphan_retries", (uint)settings.OrphanRetries);
        Write("tcp.syn_retries", (uint)settings.SynRetries);
        Write("tcp.fin_timeout", settings.FinTimeout);
        Write("tcp.time_wait", settings.TimeWait);
        Write("tcp.adoption_timeout", settings.AdoptionTimeout);
        Write("tcp.watch_idle", settings.WatchIdle);
        Write("control.heartbeat_timeout", settings.HeartbeatTimeout);
        Write("isn.cookie_threshold", settings.CookieThreshold);
        Write(
            "isn.cookie_bucket",
            RegisterSource.Place("isn.cookie_bucket.depth", settings.CookieTokens) | RegisterSource.Place("isn.cookie_bucket.refill_shift", settings.CookieRefillShift));
        Write("tcp.unsolicited_ack_interval", settings.AckInterval);
        Write(
            "tcp.reset_bucket",
            RegisterSource.Place("tcp.reset_bucket.depth", settings.ResetTokens) | RegisterSource.Place("tcp.reset_bucket.refill_shift", settings.ResetRefillShift));
        Write("control.sweep_period", settings.SweepPeriod);
        Write(
            "control.reply_header",
            RegisterSource.Place("control.reply_header.hop_limit", settings.HopLimit) | RegisterSource.Place("control.reply_header.dscp", settings.Dscp));
        for (int slot = 0; slot < settings.Listeners.Count; slot++)
        {
            Listen(slot, settings.Listeners[slot]);
        }

        Write(
            "control.control",
            RegisterSource.Place("control.control.enable", settings.Enabled ? 1u : 0)
            | RegisterSource.Place("control.control.test_enable", settings.TestEnable ? 1u : 0)
            | RegisterSource.Place("control.control.epoch", settings.Epoch));
    }

    /// <summary>A cookie key for the next period; the first since reset holds at once.</summary>
    public void CommitCookieKey(IReadOnlyList<byte> key)
    {
        WriteKey("isn.cookie_key", key);
        Write("isn.key_commit", RegisterSource.Place("isn.key_commit.cookie", 1));
    }

    /// <summary>The host says that it is alive.</summary>
    public void Beat() => Write("control.heartbeat", RegisterSource.Place("control.heartbeat.beat", 1));

    /// <summary>Commits one listener's slot.</summary>
    public void Listen(int slot, EndPoint listener)
    {
        Write("listener.staging", listener.ToImage().ToWords());
        Write("listener.slot", (uint)slot);
        Write("listener.action", 1);
    }

    /// <summary>Sets the time and lets what is due happen.</summary>
    public void SetTime(ulong microseconds)
    {
        _native.SetTime(_core, microseconds);
        Settle();
    }

    public void Send(Port port, ReadOnlySpan<byte> frame, bool bad = false)
    {
        fixed (byte* bytes = frame)
        {
            int result = _native.Send(_core, (uint)port, bytes, (uint)frame.Length, bad ? 1u : 0);
            Require(result == 0, $"send of {frame.Length} bytes gave {result}");
        }
    }

    /// <summary>The next whole frame that left, or null.</summary>
    public byte[]? Receive(Port port) => Receive(port, out _);

    public byte[]? Receive(Port port, out FrameTimes times)
    {
        FrameTimes taken;
        fixed (byte* bytes = _buffer)
        {
            int length = _native.Receive(_core, (uint)port, bytes, (uint)_buffer.Length, &taken);
            times = taken;
            Require(length >= 0, "a frame longer than 16384 bytes left");
            return length == 0 ? null : _buffer[..length];
        }
    }

    /// <summary>All frames that left.</summary>
    public List<byte[]> ReceiveAll(Port port)
    {
        var frames = new List<byte[]>();
        while (Receive(port) is byte[] frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>Beats of the frame that entered last.</summary>
    public FrameTimes LastReceived(Port port)
    {
        FrameTimes times;
        _native.LastReceived(_core, (uint)port, &times);
        return times;
    }

    /// <summary>Clocks until nothing is under way; a core that never rests fails the test.</summary>
    public void Settle()
    {
        // A sweep that is due, or an event just made, needs a few clocks until it shows as busy.
        Finish();
        _ = Read("control.status");
        Finish();
    }

    /// <summary>The same where neither the time nor a register was changed since it last settled.</summary>
    public void Finish() => Require(Run(Patience) < Patience, "the core is busy for ever");

    public uint Run(uint clocks) => _native.Run(_core, clocks);

    public void SetReady(Port port, ulong pattern) => _native.SetReady(_core, (uint)port, pattern);

    public uint Read(string register) => Read(register, 1)[0];

    public uint[] Read(string register, int count)
    {
        var words = new uint[count];
        int response = TryRead(RegisterSource.Address(register), words);
        Require(response == 0, $"reading {register} gave {response}");
        return words;
    }

    public int TryRead(uint address, Span<uint> words)
    {
        fixed (uint* target = words)
        {
            return _native.Read(_core, address, target, (uint)words.Length);
        }
    }

    public void Write(string register, params ReadOnlySpan<uint> words)
    {
        int response = TryWrite(RegisterSource.Address(register), words);
        Require(response == 0, $"writing {register} gave {response}");
    }

    public int TryWrite(uint address, ReadOnlySpan<uint> words)
    {
        fixed (uint* source = words)
        {
            return _native.Write(_core, address, source, (uint)words.Length);
        }
    }

    /// <summary>One command, waited for; the answer is null where there is no entry to show.</summary>
    public (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null)
    {
        Start(order, flow, with);
        for (int i = 0; i < 100_000; i++)
        {
            if (Answer() is { } answer)
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"{order} is never answered");
    }

    /// <summary>Starts a command that may take its time.</summary>
    public void Start(Order order, Flow flow, Arguments? with = null)
    {
        Prepare(flow, with ?? Arguments.None);
        Go(order);
    }

    /// <summary>Writes what a command says, but does not start it.</summary>
    public void Prepare(Flow flow, Arguments arguments)
    {
        WriteChanged(
            "command.remote_mac_low",
            [
                (uint)arguments.RemoteMac, (uint)(arguments.RemoteMac >> 32),
                RegisterSource.Place("command.options.forget", arguments.Forget ? 1u : 0) | RegisterSource.Place("command.options.peer_closed", arguments.PeerClosed ? 1u : 0),
                arguments.TakeSndNxt, arguments.TakeRcvNxt, arguments.TakeTsVal, arguments.TakeWindow,
            ]);
        WriteChanged(
            "command.key",
            [
                .. KeyImage(flow).ToWords(), (uint)arguments.Created, (uint)(arguments.Created >> 32) & 0xFFFF,
                RegisterSource.Place("command.listener.index", (uint)arguments.Listener) | RegisterSource.Place("command.listener.all", arguments.All ? 1u : 0),
            ]);
    }

    /// <summary>Starts the command that was prepared.</summary>
    public void Go(Order order)
    {
        _sequence++;
        Write("command.go", RegisterSource.Place("command.go.code", (uint)order) | RegisterSource.Place("command.go.sequence", _sequence));
    }

    /// <summary>The answer of the command under way; null where there is none yet.</summary>
    public (OrderStatus Status, Image? Answer)? Answer()
    {
        uint status = Read("command.status");
        if ((status & 1) != 0)
        {
            return null;
        }

        byte sequence = (byte)(status >> RegisterSource.Lsb("command.status.sequence"));
        Require(sequence == _sequence, $"command {_sequence} is answered with the number {sequence}");
        var result = (OrderStatus)((status >> RegisterSource.Lsb("command.status.status")) & 15);
        if (_readAnswersEvery > 1 && ++_answers % _readAnswersEvery != 0)
        {
            Image peeked = Peek("entry", _native.PeekAnswer)[0];
            return (result, peeked.Same(new Image("entry")) ? null : peeked);
        }

        if (result == OrderStatus.Gone)
        {
            Require(Read("command.answer") == 0, "an answer of no entry");
            return (result, null);
        }

        uint[] answer = Read("command.answer", Image.Words("entry"));
        return (result, answer.All(word => word == 0) ? null : new Image("entry", answer));
    }

    /// <summary>The entry of a connection by READ, or null.</summary>
    public Image? Entry(Flow flow) => Command(Order.Read, flow).Answer;

    /// <summary>All events that wait, popped.</summary>
    public List<Image> TakeEvents()
    {
        var events = new List<Image>();
        while (true)
        {
            uint status = Read("event.status");
            if ((status & 0xFFFF) == 0)
            {
                return events;
            }

            events.Add(new Image("event", Read("event.event", Image.Words("event"))));
            Write("event.pop", status >> RegisterSource.Lsb("event.status.head"));
        }
    }

    /// <summary>All events that wait, popped; they are read straight from the core's memory, in no clock. The core has settled.</summary>
    public List<Image> TakeEventsQuickly()
    {
        List<Image> events = Peek("event", _native.PeekEvents);
        if (events.Count > 0)
        {
            uint status = Read("event.status");
            Require((status & 0xFFFF) == events.Count, "the registers say another number of events than the memory holds");
            uint head = status >> RegisterSource.Lsb("event.status.head");
            for (uint i = 0; i < events.Count; i++)
            {
                Write("event.pop", (head + i) & 0xFFFF);
            }
        }

        return events;
    }

    /// <summary>All entries in use, straight from the core's memory, in no clock. The core has settled.</summary>
    public List<Image> PeekEntries() => Peek("entry", _native.PeekEntries);

    /// <summary>Begins or ends to keep the order in which events leave the pipeline.</summary>
    public void WatchOrder(bool on) => _native.WatchOrder(_core, on ? 1u : 0);

    /// <summary>The events since the order was watched or taken last, oldest first.</summary>
    public List<Happening> TakeOrder()
    {
        int entry = Image.Words("entry");
        _order ??= new uint[4096 * (1 + entry)];
        uint[] words = _order;
        uint count;
        fixed (uint* target = words)
        {
            count = _native.PeekOrder(_core, target, (uint)words.Length, (uint)(1 + entry));
        }

        var order = new List<Happening>((int)count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<uint> record = words.AsSpan(i * (1 + entry), 1 + entry);
            Image? image = (record[0] & 8) == 0 ? null : new Image("entry", record[1..]);
            order.Add(new Happening((EventKind)(record[0] & 7), image?.Flow, (record[0] & 16) != 0, (record[0] & 32) != 0, (record[0] & 64) != 0, (uint)(image?["rcv_nxt"] ?? 0)));
        }

        return order;
    }

    /// <summary>One consistent snapshot of the counters by name.</summary>
    public Dictionary<string, ulong> Counters()
    {
        Write("counter.action", 1);
        for (int i = 0; (Read("counter.status") & 1) != 0; i++)
        {
            Require(i < 10_000, "the counters' snapshot never ends");
        }

        uint[] words = Read("counter.values", 2 * RegisterSource.Counters.Count);
        return RegisterSource.Counters.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => words[2 * pair.i] | ((ulong)words[(2 * pair.i) + 1] << 32));
    }

    /// <summary>All entries by index, as the table read gives them.</summary>
    public Dictionary<int, Image> Table()
    {
        var entries = new Dictionary<int, Image>();
        int connections = (int)Read("identity.connections");
        for (int index = 0; index < connections; index++)
        {
            Write("table_read.go", (uint)index | RegisterSource.Place("table_read.go.next", 1));
            uint status;
            int polls = 0;
            do
            {
                status = Read("table_read.status");
                Require(polls++ < 100_000, "a table read is never answered");
            }
            while (status >> RegisterSource.Lsb("table_read.status.busy") != 0);

            if (((status >> RegisterSource.Lsb("table_read.status.valid")) & 1) == 0)
            {
                break;
            }

            index = (int)(status & 0xFFFF);
            entries.Add(index, new Image("entry", Read("table_read.entry", Image.Words("entry"))));
        }

        return entries;
    }

    private List<Image> Peek(string layout, delegate* unmanaged<nint, uint*, uint, uint, uint> from)
    {
        int words = Image.Words(layout);
        while (true)
        {
            uint count;
            fixed (uint* target = _peeked)
            {
                count = from(_core, target, (uint)_peeked.Length, (uint)words);
            }

            if (count * words > _peeked.Length)
            {
                _peeked = new uint[count * words];
                continue;
            }

            var images = new List<Image>((int)count);
            for (int i = 0; i < count; i++)
            {
                images.Add(new Image(layout, _peeked.AsSpan(i * words, words)));
            }

            return images;
        }
    }

    /// <summary>Argument registers keep what was written: only what is new is written again, for a bus access costs as much as a segment.</summary>
    private void WriteChanged(string register, uint[] words)
    {
        uint address = RegisterSource.Address(register);
        for (int i = 0; i < words.Length; i++, address += 4)
        {
            if (!_written.TryGetValue(address, out uint before) || before != words[i])
            {
                int response = TryWrite(address, words.AsSpan(i, 1));
                Require(response == 0, $"writing {register} gave {response}");
                _written[address] = words[i];
            }
        }
    }

    private void WriteKey(string register, IReadOnlyList<byte> key)
    {
        var words = new uint[4];
        for (int i = 0; i < 16; i++)
        {
            words[i / 4] |= (uint)key[i] << (8 * (i % 4));
        }

        Write(register, words);
    }

    internal static Image KeyImage(Flow flow) => new("key")
    {
        ["remote_port"] = flow.RemotePort,
        ["local_port"] = flow.LocalPort,
        ["remote_address"] = flow.RemoteAddress,
        ["local_address"] = flow.LocalAddress,
        ["vlan"] = flow.Vlan,
        ["tagged"] = flow.Tagged ? 1u : 0,
    };

    private static void Require(bool condition, string failure)
    {
        if (!condition)
        {
            throw new InvalidOperationException(failure);
        }
    }
}
