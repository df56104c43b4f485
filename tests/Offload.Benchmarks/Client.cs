using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Benchmarks;

/// <summary>Frames of one length, SYN and ACK alike.</summary>
/// <param name="Bytes">Length of each without check sequence.</param>
/// <param name="IPv6">Version of IP.</param>
/// <param name="Linux">With the options that Linux sends; else with an MSS alone.</param>
internal sealed record FrameKind(int Bytes, bool IPv6, bool Linux)
{
    /// <summary>60 bytes (IPv4, MSS), 74 (IPv4, as Linux), 94 (IPv6, as Linux).</summary>
    public static IReadOnlyList<FrameKind> All { get; } = [new(60, false, false), new(74, false, true), new(94, true, true)];

    /// <summary>Beats that it takes of a bus.</summary>
    public int Beats(int width) => (Bytes + (width / 8) - 1) / (width / 8);
}

/// <summary>Clients of random tuples: makes their segments, and the settings of the engine that they connect to.</summary>
internal sealed class Client(int seed, FrameKind kind)
{
    private const ulong Mac = 0x020000000001;
    private const ushort FirstPort = 80;

    private readonly Random _random = new(seed);

    private UInt128 Local => kind.IPv6 ? new UInt128(0x20010DB800000000, 1) : TcpFrame.V4(0xC0000201);

    /// <summary>A core with so many listeners, switched on, its time set.</summary>
    public Core Open(NativeCore native, int listeners = 1, Func<Settings, Settings>? change = null, Func<EndPoint, EndPoint>? listener = null)
    {
        var core = new Core(native);
        var settings = new Settings
        {
            Listeners = [.. Enumerable.Range(0, listeners).Select(i => new EndPoint { Mac = Mac, Address = Local, Port = (ushort)(FirstPort + i), Backlog = 65535 }).Select(listener ?? (point => point))],
            PlacementKey = [.. Enumerable.Range(0, 11).Select(_ => (uint)_random.NextInt64(1L << 32))],
            IsnKey = Bytes(16),
            SweepPeriod = 10_000,
        };
        core.Configure(change is null ? settings : change(settings));
        core.SetTime(1_000_000);
        return core;
    }

    /// <summary>16 random bytes, as a key.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A SYN from a random tuple.</summary>
    public TcpFrame Syn(int listener = 0) => new()
    {
        DestinationMac = Mac,
        SourceMac = 0x0200000000C0,
        Source = kind.IPv6 ? new UInt128(0x20010DB8000000AA, (ulong)_random.NextInt64()) : TcpFrame.V4(0x0A000000 | (uint)_random.Next(1 << 24)),
        Destination = Local,
        SourcePort = (ushort)_random.Next(1024, 65536),
        DestinationPort = (ushort)(FirstPort + listener),
        Flags = TcpFlags.Syn,
        Seq = (uint)_random.NextInt64(1L << 32),
        Options = kind.Linux ? TcpOptions.Linux(12345) : new TcpOptions().Mss(1460).ToArray(),
        MinimumLength = kind.Bytes,
    };

    /// <summary>What a client answers to a SYN,ACK, at the same length.</summary>
    public byte[] Acknowledge(SentSegment answer, int length = 0)
    {
        TcpFrame frame = Answer(answer, TcpFlags.Ack) with
        {
            Options = answer.TsVal is uint value ? TcpOptions.Stamp(12346, value) : default,
            MinimumLength = Math.Max(kind.Bytes, length),
        };
        return frame.ToBytes();
    }

    /// <summary>A segment in answer to a SYN,ACK, without options.</summary>
    public static TcpFrame Answer(SentSegment answer, TcpFlags flags) => new()
    {
        DestinationMac = answer.SourceMac,
        SourceMac = answer.DestinationMac,
        Source = answer.Destination,
        Destination = answer.Source,
        SourcePort = (ushort)answer.DestinationPort,
        DestinationPort = (ushort)answer.SourcePort,
        Flags = flags,
        Seq = answer.Ack,
        Ack = answer.Seq + 1,
    };
}
