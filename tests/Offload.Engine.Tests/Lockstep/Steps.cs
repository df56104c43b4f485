using System.Globalization;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>What a segment's number is counted from: the connection as the model has it when the step comes.</summary>
internal enum From
{
    Zero,
    Irs,
    RcvNxt,
    WindowEnd,
    Iss,
    SndUna,
    SndNxt,
}

/// <summary>Options that a segment carries.</summary>
internal enum Shape
{
    None,
    Mss,
    Linux,
    Stamp,
    ScaleOnly,
    SackOnly,
    StampAndScale,
    Twice,
    Weird,
}

/// <summary>What is wrong with a segment.</summary>
internal enum Damage
{
    None,
    IpChecksum,
    TcpChecksum,
    DataOffset,
    Length,
    Mac,
    SourceAddress,
    Land,
    Marked,
}

/// <summary>One thing that happens in a lock-step run.</summary>
internal abstract record Step
{
    /// <summary>True: the next step follows without waiting for this one's effects.</summary>
    public bool Together { get; init; }

    /// <summary>The step as C#, with everything that is not its default.</summary>
    public string ToCode()
    {
        Step bare = (Step)Activator.CreateInstance(GetType())!;
        IEnumerable<string> parts = GetType().GetProperties()
            .Where(property => property.CanWrite && !Equals(property.GetValue(this), property.GetValue(bare)))
            .Select(property => $"{property.Name} = {Literal(property.GetValue(this)!)}");
        return $"new {GetType().Name} {{ {string.Join(", ", parts)} }},";
    }

    private static string Literal(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        TcpFlags flags => string.Join(" | ", flags.ToString().Split(", ").Select(name => "TcpFlags." + name)),
        Enum item => $"{item.GetType().Name}.{item}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

/// <summary>Time goes on.</summary>
internal sealed record AdvanceStep : Step
{
    public ulong Microseconds { get; init; }
}

/// <summary>The host commands.</summary>
internal sealed record CommandStep : Step
{
    public int Order { get; init; }

    public int Flow { get; init; }

    /// <summary>The creation time that is named is another one.</summary>
    public bool WrongCreation { get; init; }

    /// <summary>Clocks that frames have which are given together with the command, and before it.</summary>
    public int Pause { get; init; }

    /// <summary>Clocks that the command has before those that follow it.</summary>
    public int Later { get; init; }

    public int Listener { get; init; }

    public bool All { get; init; }

    public bool Forget { get; init; }

    public bool PeerClosed { get; init; }

    /// <summary>TAKE: SND.NXT beyond what the entry knows.</summary>
    public uint Ahead { get; init; }

    public ushort Window { get; init; }

    public Arguments ToArguments(Connection? connection) => new()
    {
        Created = (connection?.Created ?? 0) ^ (WrongCreation ? 1u : 0),
        Listener = Listener,
        All = All,
        RemoteMac = World.ClientMac + (ulong)Flow,
        Forget = Forget,
        PeerClosed = PeerClosed,
        TakeSndNxt = (connection?.SndNxt ?? 0) + Ahead,
        TakeRcvNxt = (connection?.RcvNxt ?? 0) + (Ahead & 3),
        TakeTsVal = Ahead * 77,
        TakeWindow = Window,
    };
}

/// <summary>The host's heart beats.</summary>
internal sealed record BeatStep : Step;

/// <summary>The host commits a cookie key.</summary>
internal sealed record KeyStep : Step
{
    public int Salt { get; init; }

    public byte[] Key
    {
        get
        {
            var key = new byte[16];
            new Random(Salt).NextBytes(key);
            return key;
        }
    }
}

/// <summary>An ICMP error that quotes a segment of a connection.</summary>
internal sealed record IcmpStep : Step
{
    public int Flow { get; init; }

    public byte Type { get; init; }

    public byte Code { get; init; }

    /// <summary>Quoted SEG.SEQ, from ISS on.</summary>
    public uint Seq { get; init; }

    /// <summary>Bytes of the TCP header that are quoted.</summary>
    public int Quoted { get; init; } = 8;

    /// <summary>A byte of the message is turned over.</summary>
    public bool Damaged { get; init; }

    public byte[] ToFrame(Flow flow, Connection? connection)
    {
        var about = new TcpFrame
        {
            DestinationMac = World.ClientMac,
            SourceMac = World.MacOf(flow),
            Tag = flow.Tagged ? flow.Vlan : null,
            Source = flow.LocalAddress,
            Destination = flow.RemoteAddress,
            SourcePort = flow.LocalPort,
            DestinationPort = flow.RemotePort,
            Flags = TcpFlags.Syn,
            Seq = (connection?.Iss ?? 0) + Seq,
        };
        byte[] frame = IcmpFrame.Make(about, flow.RemoteAddress + 1, Type, Code, Quoted);
        frame[^1] ^= (byte)(Damaged ? 1 : 0);
        return frame;
    }
}

/// <summary>A listener is switched off or on.</summary>
internal sealed record ListenStep : Step
{
    public int Slot { get; init; }

    public bool Enabled { get; init; }
}

/// <summary>A frame as it is, to show what is not TCP.</summary>
internal sealed record FrameStep : Step
{
    public bool FromHost { get; init; }

    public string Bytes { get; init; } = "";

    /// <summary>The MAC marks it as bad.</summary>
    public bool Marked { get; init; }
}

/// <summary>A TCP segment of one of the world's connections, its numbers relative to the connection's.</summary>
internal sealed record SegmentStep : Step
{
    public int Flow { get; init; }

    public bool FromHost { get; init; }

    public TcpFlags Flags { get; init; }

    public From SeqFrom { get; init; }

    public uint Seq { get; init; }

    public From AckFrom { get; init; }

    public uint Ack { get; init; }

    public int Data { get; init; }

    public ushort Window { get; init; } = 64240;

    public Shape Options { get; init; }

    /// <summary>TSval relative to TS.Recent, or absolute where there is no connection.</summary>
    public uint Stamp { get; init; }

    /// <summary>Seeds what has no field of its own: priority bits, weird options, ECN.</summary>
    public int Salt { get; init; }

    public Damage Damage { get; init; }

    /// <summary>Both numbers, and TSecr, are counted from the last cookie that this connection was sent.</summary>
    public bool Answers { get; init; }

    /// <summary>The frame as it goes onto the wire now.</summary>
    public byte[] ToFrame(Flow flow, Connection? connection, SentCookie? cookie = null)
    {
        var random = new Random(Salt);
        uint stamp = Stamp + (connection?.TsRecent ?? 0);
        var frame = new TcpFrame
        {
            DestinationMac = World.MacOf(flow) ^ (Damage == Damage.Mac ? 0x10000u : 0),
            SourceMac = World.ClientMac + (ulong)Flow,
            Tag = flow.Tagged ? (ushort)(flow.Vlan | (random.Next(16) << 12)) : null,
            Source = flow.RemoteAddress,
            Destination = flow.LocalAddress,
            SourcePort = flow.RemotePort,
            DestinationPort = flow.LocalPort,
            Flags = Flags,
            Seq = (Answers && cookie is not null ? cookie.Irs + 1 : Base(SeqFrom, connection)) + Seq,
            Ack = (Answers && cookie is not null ? cookie.Iss + 1 : Base(AckFrom, connection)) + Ack,
            Window = Window,
            Data = new byte[Data],
            Options = MakeOptions(stamp, Answers ? cookie?.TsVal : null, random),
            TrafficClass = (byte)random.Next(4),
            HopLimit = (byte)random.Next(1, 256),
            Identification = (ushort)random.Next(65536),
        };
        frame = Damage switch
        {
            Damage.IpChecksum => frame with { IpChecksumError = (ushort)random.Next(1, 0xFFFF) },
            Damage.TcpChecksum => frame with { TcpChecksumError = (ushort)random.Next(1, 0xFFFF) },
            Damage.DataOffset => frame with { DataOffset = random.Next(16) },
            Damage.Length => frame with { LengthError = random.Next(-40, 40) },
            Damage.SourceAddress => frame with { Source = BadSource(flow, random) },
            Damage.Land => frame with { Source = frame.Destination },
            _ => frame,
        };
        if (FromHost)
        {
            frame = frame with
            {
                DestinationMac = frame.SourceMac,
                SourceMac = frame.DestinationMac,
                Source = frame.Destination,
                Destination = frame.Source,
                SourcePort = frame.DestinationPort,
                DestinationPort = frame.SourcePort,
            };
        }

        return frame.ToBytes();
    }

    private static UInt128 BadSource(Flow flow, Random random)
    {
        UInt128[] sources = flow.IsIPv6
            ? [0, 1, new UInt128(0xFF02000000000000, 1)]
            : [TcpFrame.V4(0), TcpFrame.V4(0xFFFFFFFF), TcpFrame.V4(0xE0000001), TcpFrame.V4(0x7F000001)];
        return sources[random.Next(sources.Length)];
    }

    private static uint Base(From from, Connection? connection) => connection is null ? 0 : from switch
    {
        From.Irs => connection.Irs,
        From.RcvNxt => connection.RcvNxt,
        From.WindowEnd => connection.RcvNxt + connection.ReceiveWindow(false),
        From.Iss => connection.Iss,
        From.SndUna => connection.SndUna,
        From.SndNxt => connection.SndNxt,
        _ => 0,
    };

    private byte[] MakeOptions(uint stamp, uint? echo, Random random) => Options switch
    {
        Shape.Mss => new TcpOptions().Mss((ushort)random.Next(65536)).ToArray(),
        Shape.Linux => TcpOptions.Linux(stamp, (ushort)random.Next(500, 9000), (byte)random.Next(16)),
        Shape.Stamp => TcpOptions.Stamp(stamp, echo ?? (uint)random.Next()),
        Shape.ScaleOnly => new TcpOptions().Scale((byte)random.Next(256)).ToArray(),
        Shape.SackOnly => new TcpOptions().SackPermitted().ToArray(),
        Shape.StampAndScale => new TcpOptions().Timestamps(stamp, 0).Scale(5).End().Mss(99).ToArray(),
        Shape.Twice => new TcpOptions().Mss(1).Timestamps(stamp + 7, 1).Timestamps(stamp, 2).Mss(2).Scale(1).Scale(2).ToArray(),
        Shape.Weird => Weird(random),
        _ => [],
    };

    private static byte[] Weird(Random random)
    {
        var options = new byte[4 * random.Next(1, 11)];
        random.NextBytes(options);
        for (int i = 0; i < options.Length; i++)
        {
            // Mostly small numbers: kinds and lengths that mean something.
            options[i] = random.Next(3) == 0 ? options[i] : (byte)random.Next(11);
        }

        return options;
    }
}
