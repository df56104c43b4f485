using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>
/// Makes random steps from a seed. It follows a model of its own, so that a good part of what it sends leads somewhere; the rest lies at the
/// edges: one beside the right number, at the window's end, half a circle away.
/// </summary>
internal sealed partial class Generator
{
    private static readonly uint[] Edges = [0, 1, 2, 3, 100, 0xFFFFFFFF, 0xFFFFFFFE, 0x80000000, 0x7FFFFFFF, 0x80000001, 65535, 65536, 0xFFFF0000, 1000, 64240];
    private static readonly uint[] FirstNumbers = [0xFFFFFFFF, 0xFFFFFFFE, 0, 0x7FFFFFFF, 0x80000000, 0xFFFFFF00, 123456789];
    private static readonly ulong[] Pauses = [1, 4, 1024, 1024, 10_000, 10_240, 499_000, 500_736, 501_760, 1_000_448, 1_001_472, 2_001_000, 16_777_216, 60_001_000, 67_108_864, 130_000_000, 2_082_240_000_000];
    private static readonly TcpFlags[] FlagSets =
    [
        TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst,
        TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr,
        TcpFlags.Fin, TcpFlags.None, TcpFlags.Psh | TcpFlags.Urg, TcpFlags.Syn | TcpFlags.Fin, TcpFlags.Syn | TcpFlags.Rst, TcpFlags.Fin | TcpFlags.Rst | TcpFlags.Ack,
    ];

    private readonly Random _random;
    private readonly int _flows;
    private readonly bool _longPauses;
    private readonly bool _dense;
    private readonly bool _full;
    private int _burst;
    private int _burstFlow;
    private int? _released;
    private readonly TcpModel _model;

    /// <param name="seed">Gives everything.</param>
    /// <param name="flows">How many of the world's connections take part, from the first on.</param>
    /// <param name="parkSlots">Frames that can be parked; null for what the Verilated core has.</param>
    /// <param name="full">The table is small and gets full.</param>
    public Generator(int seed, int flows, int? parkSlots = null, bool full = false)
    {
        _full = full;
        _longPauses = seed % 4 == 3;
        _dense = seed % 3 == 0;
        _random = new Random(seed);
        _flows = flows;
        Start = Pick<ulong>(1_000_000, (1ul << 34) - 5_000_000, (1ul << 42) - 3_000_000, (1ul << 48) - 2_000_000, (1ul << 24) * 999, (ulong)_random.NextInt64(1L << 40));
        var isnKey = new byte[16];
        _random.NextBytes(isnKey);
        Settings = new Settings
        {
            Listeners = World.Listeners,
            IsnKey = isnKey,
            PlacementKey = MakePlacementKey(seed),
            IsnSource = Pick(IsnSource.Rfc6528, IsnSource.Rfc6528, IsnSource.Counter, IsnSource.Fixed, IsnSource.Cookie),
            TestEnable = _random.Next(3) > 0,
            FixedIsn = Pick(FirstNumbers),
            Epoch = (byte)_random.Next(256),
            RtoInitial = Pick<uint>(977, 1, 489, 100_000),
            RtoMax = Pick<uint>(117188, 1500, 100),
            SynAckRetries = Pick(5, 1, 0, 15),
            OrphanRetries = Pick(8, 1, 0),
            AckInterval = Pick<uint>(489, 489, 1, 16000),
            HopLimit = (byte)Pick(64, 1, 255),
            Dscp = (byte)Pick(0, 63, 10),
            SynRetries = Pick(6, 1, 0),
            FinTimeout = Pick<uint>(58594, 1000, 1),
            TimeWait = Pick<uint>(58594, 58594, 100_000),
            AdoptionTimeout = Pick<uint>(9766, 100_000, 1000),
            WatchIdle = Pick<uint>(0, 0, 100_000, 2000),
            HeartbeatTimeout = Pick<uint>(0, 0, 2000),
            ParkSlots = parkSlots ?? Repository.BoardParameter("PARK_SLOTS"),
            CookieKey = _random.Next(2) == 0 ? null : isnKey,
            CookieThreshold = Pick<uint>(0, 1, 2, 131071),
        };
        Settings = full ? ForFullTable(Settings) : Settings;
        _model = new TcpModel(Settings);
        _model.AdvanceTo(Start);
        _model.Beat();
    }

    public Settings Settings { get; }

    /// <summary>Time at the beginning; often shortly before something wraps.</summary>
    public ulong Start { get; }

    /// <summary>The next steps.</summary>
    public List<Step> Make(int count)
    {
        using var follower = new Follower(_model);
        var steps = new List<Step>(count);
        while (steps.Count < count)
        {
            Step step = Next();
            steps.Add(step);
            _ = Runner.Follow(step, _model, follower);
            _ = _model.MakeRoom();
            _ = _model.TakeOutput();
        }

        return steps;
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>Random; or one that puts many connections into the same places of the table.</summary>
    private uint[] MakePlacementKey(int seed)
    {
        var key = new uint[11];
        int kind = _flows <= 8 ? _random.Next(3) : 0;
        for (int i = 0; i < key.Length && kind != 1; i++)
        {
            key[i] = (uint)_random.NextInt64(1L << 32) & (kind == 2 ? 0x00010000u : 0xFFFFFFFF);
        }

        if (kind != 0)
        {
            Placement.KeepPairs(key, [.. World.Flows.Take(_flows)], new Random(seed));
        }

        return key;
    }

    private Step Next()
    {
        if (_full && _burst == 0 && Chance(75) && NextInFullTable() is Step here)
        {
            return here;
        }

        if (_burst > 0)
        {
            // The pipeline stays full: nothing waits for anything.
            _burst--;
            int member = Chance(50) ? _burstFlow : _random.Next(_flows);
            Step guest = _random.Next(100) switch
            {
                < 50 when _released is int drains => MakeDraining(drains),
                < 8 => MakeCommand(Chance(80) ? _burstFlow : member),
                < 18 => MakeHostSegment(member),
                < 20 => MakeIcmp(member),
                < 22 => MakeFrame(),
                < 60 => MakeGoodSegment(member),
                _ => MakeSegment(member),
            };
            _released = guest is CommandStep { Order: (int)Order.Release } release ? release.Flow : Chance(70) ? _released : null;
            return guest with { Together = true };
        }

        _burst = _random.Next(_dense ? 15 : 150) == 0 ? _random.Next(8, 48) : 0;
        _burstFlow = _random.Next(_flows);
        int kind = _random.Next(1000);
        int flow = Chance(70) ? _random.Next(Math.Min(4, _flows)) : _random.Next(_flows);
        return kind switch
        {
            < 60 when _full => MakePause(),
            < 60 => new AdvanceStep { Microseconds = Chance(_longPauses ? 20 : 3) ? Pauses[^_random.Next(1, 5)] : Pauses[_random.Next(Pauses.Length - 4)] },
            < 150 => MakeCommand(flow),
            < 170 => MakeFrame(),
            < 175 => new ListenStep { Slot = _random.Next(World.Listeners.Count), Enabled = Chance(85) },
            < 185 => MakeIcmp(flow),
            < 195 => new BeatStep(),
            < 198 => new KeyStep { Salt = _random.Next(1_000_000) },
            < 300 => MakeHostSegment(flow),
            < 640 => MakeGoodSegment(flow),
            _ => MakeSegment(flow),
        };
    }

    /// <summary>What both sides send while a RELEASE may still drain.</summary>
    private Step MakeDraining(int flow) => Chance(50) ? MakeHostSegment(flow) : MakeGoodSegment(flow);

    private CommandStep MakeCommand(int flow)
    {
        _model.Table.TryGetValue(World.Flows[flow], out Connection? connection);
        Order likely = connection switch
        {
            null => Order.Open,
            { Owner: Owner.Parked } => Order.Release,
            { Owner: Owner.Held } => Pick(Order.Release, Order.Take, Order.Take),
            { Owner: Owner.Host } => Pick(Order.Hold, Order.Hold, Order.Abort, Order.Read),
            _ => Order.Close,
        };
        return new CommandStep
        {
            Order = Chance(80) ? (int)likely : Pick(1, 2, 3, 3, 4, 5, 6, 7, 8, 9),
            Flow = flow,
            WrongCreation = Chance(8),
            Listener = connection is null && Chance(80) ? Math.Max(0, World.ListenerOf(World.Flows[flow])) : _random.Next(World.Listeners.Count + 1),
            All = Chance(5),
            Forget = Chance(20),
            PeerClosed = Chance(40),
            Ahead = Pick(Edges),
            Window = (ushort)_random.Next(65536),
            Pause = Chance(50) ? _random.Next(40) : _random.Next(400),
            Later = Chance(50) ? 0 : _random.Next(150),
        };
    }

    /// <summary>An ICMP error: mostly one that an open has to listen to (A7), the rest beside it.</summary>
    private IcmpStep MakeIcmp(int flow)
    {
        List<int> opening = [.. Enumerable.Range(0, _flows).Where(i => _model.Table.TryGetValue(World.Flows[i], out Connection? known) && known.State == State.SynSent)];
        int about = opening.Count > 0 && Chance(85) ? opening[_random.Next(opening.Count)] : flow;
        return new IcmpStep
        {
            Flow = about,
            Type = !Chance(70) ? (byte)_random.Next(14) : World.Flows[about].IsIPv6 ? (byte)_random.Next(1, 5) : Pick<byte>(3, 3, 11, 12),
            Code = (byte)_random.Next(16),
            Seq = Chance(70) ? 0 : Pick(Edges),
            Quoted = Pick(8, 20),
            Damaged = Chance(15),
            Together = Chance(30),
        };
    }

    /// <summary>What the host's kernel sends: mostly as the owner of the connection would.</summary>
    private SegmentStep MakeHostSegment(int flow)
    {
        _model.Table.TryGetValue(World.Flows[flow], out Connection? connection);
        bool wild = Chance(25);
        return new SegmentStep
        {
            FromHost = true,
            Flow = flow,
            Flags = wild ? Pick(FlagSets) : Pick(TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Fin | TcpFlags.Ack),
            SeqFrom = wild ? Pick(From.Zero, From.SndUna, From.Iss, From.SndNxt) : From.SndNxt,
            Seq = wild ? Pick(Edges) : 0,
            AckFrom = From.RcvNxt,
            Ack = wild ? Pick(Edges) : 0,
            Data = Chance(50) ? 0 : Pick(1, 100, 1400),
            Window = (ushort)_random.Next(65536),
            Options = connection?.Timestamps == true ? Shape.Stamp : Shape.None,
            Salt = _random.Next(1000),
            Damage = Chance(96) ? Damage.None : Pick(Damage.DataOffset, Damage.Length, Damage.TcpChecksum, Damage.Marked),
        };
    }

    /// <summary>What a peer in its right mind would send next.</summary>
    private Step MakeGoodSegment(int flow)
    {
        bool together = Chance(30);
        if (!_model.Table.TryGetValue(World.Flows[flow], out Connection? connection))
        {
            return _model.SentCookies.ContainsKey(World.Flows[flow]) && Chance(60) ? AnswerCookie(flow, together) : MakeSyn(flow, together);
        }

        if (connection.State == State.CloseWait && connection.Owner == Owner.Engine && Chance(40))
        {
            return new CommandStep { Order = 2, Flow = flow };
        }

        if (connection.State == State.SynSent)
        {
            return Chance(8)
                ? new SegmentStep { Flow = flow, Flags = Pick(TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack), AckFrom = From.SndNxt, Together = together }
                : MakeSyn(flow, together) with { Flags = Chance(75) ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn, AckFrom = From.SndNxt };
        }

        if (connection.State == State.TimeWait && Chance(25))
        {
            return new SegmentStep
            {
                Flow = flow,
                Flags = TcpFlags.Fin | TcpFlags.Ack,
                SeqFrom = From.RcvNxt,
                Seq = 0xFFFFFFFF,
                AckFrom = From.SndNxt,
                Options = connection.Timestamps ? Shape.Stamp : Shape.None,
                Together = together,
            };
        }

        if (connection.State == State.TimeWait && Chance(60))
        {
            return MakeSyn(flow, together) with { SeqFrom = Chance(60) ? From.RcvNxt : From.Zero, Seq = Pick(Edges), Stamp = Pick<uint>(0, 1, 0xFFFFFFFF, 1000) };
        }

        if (connection is { State: State.SynReceived, Reused: true } && Chance(30))
        {
            return new SegmentStep { Flow = flow, Flags = TcpFlags.Rst, SeqFrom = From.RcvNxt, Together = together };
        }

        if (connection is { Owner: Owner.Host, State: State.Established or State.FinWait1 or State.FinWait2 } && Chance(8))
        {
            // A FIN, when what was sent behind it has come already.
            return new SegmentStep
            {
                Flow = flow,
                Flags = TcpFlags.Fin | TcpFlags.Ack,
                SeqFrom = From.RcvNxt,
                Seq = 0xFFFFFFFF,
                AckFrom = From.SndNxt,
                Options = connection.Timestamps ? Shape.Stamp : Shape.None,
                Together = together,
            };
        }

        bool data = Chance(connection.Owner == Owner.Engine ? 12 : 40);
        return new SegmentStep
        {
            Flow = flow,
            Flags = TcpFlags.Ack | (connection.State is State.Established or State.FinWait1 or State.FinWait2 && Chance(40) ? TcpFlags.Fin : 0),
            SeqFrom = From.RcvNxt,
            Seq = connection.Waiting.Count > 0 && Chance(60) ? connection.Waiting[^1].End - connection.RcvNxt : 0,
            AckFrom = Chance(80) ? From.SndNxt : From.SndUna,
            Options = connection.Timestamps ? Shape.Stamp : Shape.None,
            Stamp = IsOutdated(connection) && Chance(60) ? Pick(Edges) : (uint)_random.Next(3),
            Data = data ? Pick(1, 2, 100, _random.Next(1, 1400)) : 0,
            Window = (ushort)_random.Next(65536),
            Salt = _random.Next(1000),
            Together = together,
        };
    }

    /// <summary>TS.Recent is so old that a peer's clock may have gone half round (RFC 7323 5.5).</summary>
    private bool IsOutdated(Connection connection) => (ushort)((_model.Time >> 30) - connection.TsRecentAge) > 1000;

    private SegmentStep MakeSyn(int flow, bool together) => new()
    {
        Flow = flow,
        Flags = TcpFlags.Syn,
        Seq = Pick(FirstNumbers),
        Options = Pick(Shape.Linux, Shape.Linux, Shape.Mss, Shape.None, Shape.StampAndScale),
        Stamp = Pick<uint>(5, 0xFFFFFFF0, 0x80000000, 1_000_000),
        Window = (ushort)_random.Next(65536),
        Salt = _random.Next(1000),
        Data = Chance(10) ? 5 : 0,
        Together = together,
    };

    /// <summary>The ACK of a cookie, right or nearly.</summary>
    private SegmentStep AnswerCookie(int flow, bool together) => new()
    {
        Flow = flow,
        Answers = true,
        Flags = TcpFlags.Ack | (Chance(15) ? TcpFlags.Fin : 0),
        Seq = Chance(90) ? 0 : Pick(Edges),
        Ack = Chance(75) ? 0 : Pick<uint>(1, 0xFFFFFFFF, 0x08000000, 0xF8000000, 0x01000000, 0x00001000, 0x00800000),
        Options = Pick(Shape.Stamp, Shape.Stamp, Shape.Stamp, Shape.None),
        Stamp = (uint)_random.Next(3),
        Data = Chance(25) ? Pick(1, 100) : 0,
        Window = (ushort)_random.Next(65536),
        Salt = _random.Next(1000),
        Together = together,
    };

    private SegmentStep MakeSegment(int flow)
    {
        _model.Table.TryGetValue(World.Flows[flow], out Connection? connection);
        From seqFrom = Pick(From.Irs, From.RcvNxt, From.RcvNxt, From.RcvNxt, From.WindowEnd, From.Zero);
        From ackFrom = Pick(From.Iss, From.SndUna, From.SndNxt, From.SndNxt, From.SndNxt, From.Zero);
        bool stamped = connection?.Timestamps == true;
        return new SegmentStep
        {
            Flow = flow,
            Flags = Pick(FlagSets),
            SeqFrom = seqFrom,
            Seq = seqFrom == From.Zero ? Pick(FirstNumbers) : Chance(50) ? 0 : Pick(Edges),
            AckFrom = ackFrom,
            Ack = Chance(60) ? 0 : Pick(Edges),
            Data = Chance(70) ? 0 : Pick(1, 2, 100, 1000, 1400),
            Window = (ushort)_random.Next(65536),
            Options = Chance(stamped ? 75 : 40) ? Shape.Stamp : (Shape)_random.Next(Enum.GetValues<Shape>().Length),
            Stamp = Chance(60) ? 0 : Pick(Edges),
            Answers = connection is null && Chance(20),
            Salt = _random.Next(1_000_000),
            Together = Chance(40),
            Damage = Chance(92) ? Damage.None : (Damage)_random.Next(Enum.GetValues<Damage>().Length),
        };
    }

    /// <summary>Frames that are nobody's TCP: they pass, in both directions.</summary>
    private FrameStep MakeFrame()
    {
        var bytes = new byte[_random.Next(10) == 0 ? _random.Next(1, 64) : _random.Next(60, 1523)];
        _random.NextBytes(bytes);
        byte[] start = Pick(
            Hex.Parse("ffffffffffff 020000000001 0806 0001 0800 0604"),
            Hex.Parse("020000000001 0200000000c0 0800 4500 0028 0001 2000 4006"),
            Hex.Parse("020000000001 0200000000c0 0800 4600 0028 0001 4000 4006"),
            Hex.Parse("020000000001 0200000000c0 0800 4500 0028 0001 4000 4011"),
            Hex.Parse("020000000001 0200000000c0 86dd 6000 0000 0014 0040"),
            Hex.Parse("020000000001 0200000000c0 8100 0064 8100 0064 0800 4500"),
            Hex.Parse("020000000001 0200000000c0 88a8 0064 0800 4500"));
        start.AsSpan(0, Math.Min(start.Length, bytes.Length)).CopyTo(bytes);
        return new FrameStep { FromHost = Chance(50), Bytes = Hex.Format(bytes) };
    }

    /// <summary>Takes what the runner would send to an engine, and does nothing with it.</summary>
    private sealed class Follower(TcpModel model) : Target
    {
        public override void SetTime(ulong microseconds)
        {
        }

        public override void Send(Port port, byte[] frame, bool bad)
        {
        }

        public override Output Collect() => new();

        public override (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null) => default;

        public override (List<Happening> Order, (OrderStatus Status, Image? Answer)? Answer) Meet(IReadOnlyList<Guest> guests) => ([], null);

        public override void Listen(int slot, EndPoint listener)
        {
        }

        public override void Beat()
        {
        }

        public override void CommitCookieKey(IReadOnlyList<byte> key)
        {
        }

        public override List<Image> Entries() => [];

        public override IReadOnlyDictionary<string, ulong> Counters() => model.Counters;
    }
}
