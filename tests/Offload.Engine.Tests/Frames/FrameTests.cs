namespace Offload.Engine.Tests.Frames;

/// <summary>Builder and checker against bytes made by hand, and the checker against frames that it must refuse.</summary>
public sealed class FrameTests
{
    private static readonly TcpFrame Syn = new()
    {
        DestinationMac = 0x020000000123,
        SourceMac = 0x020000000116,
        Source = TcpFrame.V4(0xC0A80174),
        Destination = TcpFrame.V4(0xC0A8017B),
        SourcePort = 3337,
        DestinationPort = 7788,
        Seq = 3626544836,
        Flags = TcpFlags.Syn,
        Options = new TcpOptions().Mss(1460).ToArray(),
    };

    private static readonly TcpFrame SynAck = Syn.Answer(TcpFlags.Syn | TcpFlags.Ack, 1739326486, 3626544837) with { Options = Syn.Options };

    private static readonly TcpFrame Six = SynAck with
    {
        Source = new UInt128(0x20010DB800000000, 1),
        Destination = new UInt128(0x20010DB800000000, 2),
        Tag = 0x6064,
    };

    [Fact]
    public void The_builder_makes_the_example_s_frames()
    {
        Assert.Equal(Hex.Vector("handshake-1-syn"), Syn.ToBytes());
        Assert.Equal(Hex.Vector("handshake-2-syn-ack"), SynAck.ToBytes());
        Assert.Equal(Hex.Vector("handshake-3-ack"), (Syn with { Flags = TcpFlags.Ack, Seq = 3626544837, Ack = 1739326487, Options = default }).ToBytes());
    }

    [Fact]
    public void The_checker_reads_the_example_s_answer()
    {
        SentSegment sent = FrameChecker.Check(Hex.Vector("handshake-2-syn-ack"));
        Assert.Equal((1739326486u, 3626544837u, TcpFlags.Syn | TcpFlags.Ack, 64240, 1460), (sent.Seq, sent.Ack, sent.Flags, sent.Window, sent.Mss));
        Assert.Equal((0x020000000116ul, 0x020000000123ul, null, false), (sent.DestinationMac, sent.SourceMac, sent.Tag, sent.IsIPv6));
        Assert.Equal((TcpFrame.V4(0xC0A8017B), TcpFrame.V4(0xC0A80174), 7788, 3337), (sent.Source, sent.Destination, sent.SourcePort, sent.DestinationPort));
        Assert.Equal((null, false, null), (sent.Scale, sent.SackPermitted, sent.TsVal));
    }

    [Fact]
    public void The_checker_reads_IPv6_tags_and_all_options()
    {
        SentSegment sent = FrameChecker.Check((Six with { Options = TcpOptions.Linux(77), TrafficClass = 10 << 2, HopLimit = 3 }).ToBytes(), 3, 10);
        Assert.Equal((0x6064, true, Six.Source, 1460, 7, true, 77u, 0u), (sent.Tag, sent.IsIPv6, sent.Source, sent.Mss, sent.Scale, sent.SackPermitted, sent.TsVal, sent.TsEcr));
    }

    public static TheoryData<string> Faults() => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_checker_refuses(string fault) =>
        Assert.Contains(fault, Assert.Throws<FrameFaultException>(() => FrameChecker.Check(Wrong[fault])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_checker_refuses_any_single_changed_bit_of_IP_and_TCP()
    {
        foreach (byte[] right in new[] { SynAck.ToBytes(), (Six with { Tag = null }).ToBytes() })
        {
            for (int bit = 14 * 8; bit < right.Length * 8; bit++)
            {
                byte[] changed = [.. right];
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Throws<FrameFaultException>(() => FrameChecker.Check(changed));
            }
        }
    }

    private static readonly Dictionary<string, byte[]> Wrong = new()
    {
        ["shorter than 60 bytes"] = (SynAck with { MinimumLength = 0 }).ToBytes(),
        ["bytes behind the padding"] = (SynAck with { MinimumLength = 64 }).ToBytes(),
        ["group address"] = (SynAck with { DestinationMac = 0x01005E000001 }).ToBytes(),
        ["IPv4 header checksum wrong"] = (SynAck with { IpChecksumError = 1 }).ToBytes(),
        ["TCP checksum wrong"] = (Six with { TcpChecksumError = 0x100 }).ToBytes(),
        ["IP ID is not 0"] = (SynAck with { Identification = 1 }).ToBytes(),
        ["not DF alone"] = (SynAck with { Fragment = 0 }).ToBytes(),
        ["TTL wrong"] = (SynAck with { HopLimit = 63 }).ToBytes(),
        ["hop limit wrong"] = (Six with { HopLimit = 63 }).ToBytes(),
        ["DSCP or ECN wrong"] = (SynAck with { TrafficClass = 1 }).ToBytes(),
        ["flow label wrong"] = (Six with { FlowLabel = 1 }).ToBytes(),
        ["data, or a wrong data offset"] = (SynAck with { Data = new byte[] { 1 } }).ToBytes(),
        ["flags that the engine never sends"] = (SynAck with { Flags = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece }).ToBytes(),
        ["acknowledgment number without ACK"] = (SynAck with { Flags = TcpFlags.Rst, Options = default }).ToBytes(),
        ["option order 'nTn'"] = (SynAck with { Flags = TcpFlags.Ack, Options = new TcpOptions().Nop().Timestamps(1, 2).Nop().ToArray() }).ToBytes(),
        ["option order 'M'"] = (SynAck with { Flags = TcpFlags.Ack }).ToBytes(),
        ["options on a reset"] = (SynAck with { Flags = TcpFlags.Rst | TcpFlags.Ack, Options = TcpOptions.Stamp(1, 2) }).ToBytes(),
        ["window scale above 14"] = (SynAck with { Options = new TcpOptions().Mss(1460).Nop().Scale(15).ToArray() }).ToBytes(),
        ["option beyond the header"] = (SynAck with { Options = new TcpOptions().Raw(8, 10, 0, 0).ToArray() }).ToBytes(),
        ["urgent pointer set"] = (SynAck with { Urgent = 1 }).ToBytes(),
    };
}
