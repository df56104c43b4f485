using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Segments that no entry knows: C1 and C2, and which segments are the engine's at all.</summary>
public abstract class UnknownRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C1")]
    public void A_port_that_resets_answers_as_a_closed_one(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Action = Reception.Reset });
        foreach ((TcpFlags flags, int data, uint length) in new[]
        {
            (TcpFlags.Syn, 0, 1u), (TcpFlags.Syn, 9, 10u), (TcpFlags.Fin, 0, 1u), (TcpFlags.Fin | TcpFlags.Psh, 5, 6u),
        })
        {
            SentSegment sent = bench.Answered(bench.Segment(flags, 0xFFFFFFFF, 4711, data));
            Assert.Equal((TcpFlags.Rst | TcpFlags.Ack, 0u, 0xFFFFFFFF + length, 0), (sent.Flags, sent.Seq, sent.Ack, sent.Window));
        }

        bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, 5, 4711), 4711);
        bench.AnsweredByReset(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, 5, 0xFFFFFFFF), 0xFFFFFFFF);
        bench.AnsweredByReset(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, 5, 3, 7), 3);
        bench.Dropped(bench.Segment(TcpFlags.Rst, 5));
        bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, 5, 6));
        Assert.Equal(7, bench.Counted("unknown_resets_sent"));
        Assert.Null(bench.Entry);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C1")]
    public void Ports_without_a_listener_pass_to_the_host(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Passed(bench.Segment(TcpFlags.Syn, 1) with { DestinationPort = 7789 });
        bench.Passed(bench.Segment(TcpFlags.Ack, 1, 2) with { DestinationPort = 7789 });
        bench.Passed(bench.Segment(TcpFlags.Rst, 1, 2) with { DestinationPort = 7787, TcpChecksumError = 1 });
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void What_is_not_a_SYN_passes_to_the_host(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Passed(bench.Segment(TcpFlags.Ack, 1, 2, 1000));
        bench.Passed(bench.Segment(TcpFlags.Rst, 1));
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, 1, 2));
        bench.Establish();
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void A_listener_may_reset_what_is_not_a_SYN(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { ResetUnknown = true });
        bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, 1, 99), 99);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Fin, 1, 0));
        Assert.Equal((TcpFlags.Rst | TcpFlags.Ack, 0u, 2u), (sent.Flags, sent.Seq, sent.Ack));
        bench.Dropped(bench.Segment(TcpFlags.Rst, 1));
        bench.Establish();
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void A_listener_may_drop_everything(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Action = Reception.Drop });
        bench.Dropped(bench.Segment(TcpFlags.Syn, 1));
        bench.Dropped(bench.Segment(TcpFlags.Ack, 1, 2));
        Assert.Equal(2, bench.Counted("dropped_listener"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void Only_frames_for_the_listener_s_MAC_address_and_VLAN_are_answered(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        TcpFrame syn = bench.Segment(TcpFlags.Syn, 1);
        bench.Passed(syn with { DestinationMac = Bench.ServerMac + 1 });
        bench.Passed(syn with { DestinationMac = 0xFFFFFFFFFFFF });
        bench.Passed(syn with { Destination = syn.Destination + 1 });
        bench.Passed(syn with { Tag = syn.Tag is null ? (ushort)0 : null });
        bench.Passed(syn with { Tag = 0x124 });
        Assert.Null(bench.Entry);
        bench.Establish();
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.Irs + 1) with { DestinationMac = Bench.ServerMac + 1 });
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void Damaged_segments_are_dropped_and_counted(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        TcpFrame syn = bench.Segment(TcpFlags.Syn, 1);
        bench.Dropped(syn with { TcpChecksumError = 0x8000 });
        bench.Dropped(syn with { DataOffset = 4 });
        bench.Dropped(syn with { DataOffset = 6 });
        bench.Dropped(syn with { LengthError = 200 });
        bench.Dropped(syn with { LengthError = -1 });
        bench.Dropped(syn with { Flags = TcpFlags.Syn | TcpFlags.Fin });
        bench.Dropped(syn with { Flags = TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack });
        bench.Dropped(syn with { Flags = TcpFlags.None });
        bench.Dropped(syn with { Flags = TcpFlags.Psh | TcpFlags.Urg });
        bench.Dropped(syn with { SourceMac = 0x010000000001 });
        bench.Dropped(syn with { Source = syn.Destination });
        UInt128[] sources = syn.IsIPv6
            ? [0, 1, new UInt128(0xFF02000000000000, 1)]
            : [TcpFrame.V4(0), TcpFrame.V4(0xFFFFFFFF), TcpFrame.V4(0xEFFFFFFF), TcpFrame.V4(0x7F010203)];
        foreach (UInt128 source in sources)
        {
            bench.Dropped(syn with { Source = source });
        }

        Assert.Equal((1, 4, 4), (bench.Counted("dropped_tcp_checksum"), bench.Counted("dropped_malformed"), bench.Counted("dropped_flags")));
        Assert.Equal((1 + sources.Length, 1), (bench.Counted("dropped_address"), bench.Counted("dropped_land")));
        if (!syn.IsIPv6)
        {
            bench.Dropped(syn with { IpChecksumError = 1 });
            Assert.Equal(1, bench.Counted("dropped_ip_checksum"));
        }

        Assert.Null(bench.Entry);
        Assert.Equal(bench.Counted("net_frames_received"), bench.Counted("net_frames_consumed"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void What_is_not_plain_TCP_passes_in_both_directions(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        TcpFrame syn = bench.Segment(TcpFlags.Syn, 1);
        int ip = syn.Tag is null ? 14 : 18;
        byte[] udp = syn.ToBytes();
        udp[ip + (syn.IsIPv6 ? 6 : 9)] = 17;
        byte[] version = syn.ToBytes();
        version[ip] = (byte)(syn.IsIPv6 ? 0x40 : 0x46);
        byte[] ethernet = syn.ToBytes();
        ethernet[12] = 0x88;
        var frames = new List<byte[]> { udp, version, ethernet };
        if (!syn.IsIPv6)
        {
            frames.Add((syn with { Fragment = 0x2000 }).ToBytes());
            frames.Add((syn with { Fragment = 0x0001 }).ToBytes());
        }

        foreach (byte[] frame in frames)
        {
            bench.Passed(frame);
            Assert.Equal(frame, Assert.Single(bench.FromHost(frame)));
        }
    }

    [Fact, Trait("Rule", "P1")]
    public void IPv6_frames_with_IPv4_mapped_addresses_reach_no_IPv4_connection()
    {
        // Such addresses are never on a wire (RFC 4291 2.5.5.2), and in the table they stand for IPv4.
        using Bench bench = NewBench(Carrier.IPv4);
        bench.Passed(bench.Segment(TcpFlags.Syn, 1) with { ForceIPv6 = true });
        Assert.Null(bench.Entry);
        bench.Establish();
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.Irs + 1) with { ForceIPv6 = true });
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.Irs + 1) with { ForceIPv6 = true, Source = new UInt128(0x20010DB800000000, 1) });
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void Reserved_addresses_are_no_multicast(Carrier carrier)
    {
        // 240.0.0.0/4 but for the broadcast address: reserved, and routed by some.
        using Bench bench = NewBench(carrier);
        TcpFrame syn = bench.Segment(TcpFlags.Syn, 1);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, bench.Answered(syn with { Source = syn.IsIPv6 ? new UInt128(0xFE00000000000000, 1) : TcpFrame.V4(0xF0000001) }).Flags);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void What_the_host_sends_for_the_engine_s_connection_is_dropped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        byte[] reset = bench.Segment(TcpFlags.Syn, 1).Answer(TcpFlags.Rst, 5, 0).ToBytes();
        Assert.Equal(reset, Assert.Single(bench.FromHost(reset)));
        bench.Establish();
        Assert.Empty(bench.FromHost(reset));
        Assert.Equal((1, State.Established), (bench.Counted("host_frames_consumed"), bench.StateNow));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        Assert.Equal(reset, Assert.Single(bench.FromHost(reset)));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C1")]
    public void A_disabled_engine_is_a_cable(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { Enabled = false });
        bench.Passed(bench.Segment(TcpFlags.Syn, 1));
        bench.Passed(bench.Segment(TcpFlags.Syn, 1) with { TcpChecksumError = 1 });
        Assert.Null(bench.Entry);
    }

    [Fact, Trait("Rule", "C1")]
    public void The_exact_port_beats_the_default_of_the_address_and_the_lowest_slot_wins()
    {
        EndPoint any = new() { Mac = Bench.ServerMac, Address = TcpFrame.V4(0xC0A8017B), AnyPort = true, Action = Reception.Reset };
        EndPoint one = any with { AnyPort = false, Port = 7788, Action = Reception.Accept, Mss = 1111 };
        using Bench bench = NewBench(Carrier.IPv4, settings: new Settings { Listeners = [any, one with { Enabled = false, Mss = 1 }, one, one with { Mss = 2222 }] });
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, 1));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 1111), (sent.Flags, sent.Mss));
        Assert.Equal(2, (int)bench.Entry!["listener"]);
        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, bench.Answered(bench.Segment(TcpFlags.Syn, 1) with { DestinationPort = 7789 }).Flags);
    }
}

/// <inheritdoc/>
public sealed class UnknownRulesOnCore : UnknownRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class UnknownRulesOnModel : UnknownRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
