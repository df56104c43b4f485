using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Active open: A1 to A7, and simultaneous open, P10.</summary>
public abstract class ActiveOpenRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A1")]
    public void OPEN_sends_SYN_with_what_its_slot_says(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Enabled = false, WindowScale = 9, Mss = 1234 }, new Settings { TestEnable = true, IsnSource = IsnSource.Fixed, FixedIsn = 0xFFFFFFFF });
        SentSegment syn = bench.Dial();
        Assert.Equal((TcpFlags.Syn, 0xFFFFFFFFu, 64240, 1234, 9, true, 0u), (syn.Flags, syn.Seq, syn.Window, syn.Mss, syn.Scale, syn.SackPermitted, syn.TsEcr));
        Assert.Equal((Bench.ClientMac, Bench.ServerMac, bench.Flow.Tagged ? bench.Flow.Vlan : (int?)null), (syn.DestinationMac, syn.SourceMac, syn.Tag));
        Assert.Equal((bench.Flow.LocalAddress, bench.Flow.RemoteAddress, (int)bench.Flow.LocalPort, (int)bench.Flow.RemotePort), (syn.Source, syn.Destination, syn.SourcePort, syn.DestinationPort));
        Image entry = bench.Entry!;
        Assert.Equal((0xFFFFFFFFu, 0u, (uint)Origin.Open), ((uint)entry["snd_una"], (uint)entry["snd_nxt"], (uint)entry["origin"]));
        Assert.Equal(1, bench.Counted("syn_sent"));
        Assert.Equal(OrderStatus.Exists, bench.Do(Order.Open).Status);
        Assert.Equal(OrderStatus.Invalid, bench.Target.Command(Order.Open, bench.Flow with { RemotePort = 9 }, new Arguments { Listener = 1 }).Status);
    }

    [Fact, Trait("Rule", "A1")]
    public void OPEN_is_refused_while_the_engine_is_off()
    {
        using Bench bench = NewBench(Carrier.IPv4, settings: new Settings { Enabled = false });
        Outcome refused = bench.Do(Order.Open);
        Assert.Equal((OrderStatus.WrongState, 0), (refused.Status, refused.Net.Count));
        Assert.Null(bench.Entry);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A2")]
    public void SYN_ACK_is_acknowledged_and_opens_with_one_event(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Connect(TcpOptions.Linux(77, 1400, 5));
        Image entry = bench.Entry!;
        Assert.Equal((1400u, 5u, 7u, 77u, 0u), ((uint)entry["mss"], (uint)entry["peer_scale"], (uint)entry["our_scale"], (uint)entry["ts_recent"], (uint)entry["deadline_set"]));
        Assert.Equal((bench.Iss + 1, bench.Irs + 1), ((uint)entry["snd_una"], (uint)entry["rcv_nxt"]));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A2")]
    public void Only_what_both_sides_offered_is_agreed(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Connect();
        Image entry = bench.Entry!;
        Assert.Equal((15u, 15u, 0u, 0u, 0u), ((uint)entry["peer_scale"], (uint)entry["our_scale"], (uint)entry["sack_permitted"], (uint)entry["timestamps"], (uint)entry["ts_offset"]));
        Assert.Equal(bench.Flow.IsIPv6 ? 1220u : 536u, (uint)entry["mss"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A3")]
    public void An_unacceptable_ACK_in_SYN_SENT_is_reset_unless_it_is_a_reset(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        foreach (uint ack in new[] { bench.Iss, bench.Iss + 2, 0u, bench.Iss + 0x80000001 })
        {
            bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, 5, ack), ack);
            bench.AnsweredByReset(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, 5, ack), ack);
            bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, 5, ack));
        }

        Assert.Equal((State.SynSent, 8), (bench.StateNow, bench.Counted("open_resets_sent")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A4")]
    public void A_reset_refuses_with_an_acceptable_ACK_only(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        bench.Dropped(bench.Segment(TcpFlags.Rst, 0));
        bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, 0, bench.Iss));
        Assert.Equal(State.SynSent, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, 0, bench.Iss + 1));
        bench.AssertGone(Ending.Refused);
        Assert.Equal(1, bench.Counted("closed_refused"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A5")]
    public void SYN_is_sent_again_ever_later_then_given_up(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { RtoInitial = 977, RtoMax = 3000, SynRetries = 3, SynAckRetries = 0 });
        SentSegment first = bench.Dial();
        foreach (ulong wait in new ulong[] { 977, 1954, 3000 })
        {
            Assert.Empty(bench.Advance(wait * 1024));
            Assert.Equal(first with { TsVal = null }, Assert.Single(bench.Advance(1024)) with { TsVal = null });
        }

        Assert.Empty(bench.Advance(3000 * 1024));
        Assert.Equal(State.SynSent, bench.StateNow);
        Assert.Empty(bench.Advance(1024));
        bench.AssertGone(Ending.TimedOut);
        Assert.Equal((3, 4), (bench.Counted("syn_timeouts"), bench.Counted("syn_sent")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A6")]
    public void A_half_open_peer_is_reset_and_the_next_SYN_connects(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, 300, 100), 100);
        SentSegment again = Assert.Single(bench.Advance(1_100_000));
        Assert.Equal((TcpFlags.Syn, bench.Iss), (again.Flags, again.Seq));
        SentSegment ack = bench.Answered(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs, bench.Iss + 1));
        Assert.Equal((TcpFlags.Ack, State.Established), (ack.Flags, bench.StateNow));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "A7")]
    public void An_ICMP_error_is_passed_and_told_and_ends_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        SentSegment syn = bench.Dial();
        byte type = bench.Flow.IsIPv6 ? (byte)1 : (byte)3;
        TcpFrame about = bench.HostSegment(TcpFlags.Syn, syn.Seq, 0);
        bench.Passed(IcmpFrame.Make(about, bench.Flow.RemoteAddress + 1, type, 4));
        Image told = Assert.Single(bench.Events);
        Assert.Equal((1u, (uint)type, 4u, 0u, (uint)State.SynSent), ((uint)told["icmp_error"], (uint)told["icmp_type"], (uint)told["icmp_code"], (uint)told["closed"], (uint)told["state"]));
        bench.Events.Clear();

        // Another number, another type, a wrong checksum: passed, and nothing else.
        bench.Passed(IcmpFrame.Make(about with { Seq = syn.Seq + 1 }, bench.Flow.RemoteAddress + 1, type, 4));
        bench.Passed(IcmpFrame.Make(about, bench.Flow.RemoteAddress + 1, (byte)(bench.Flow.IsIPv6 ? 129 : 0), 4));
        byte[] broken = IcmpFrame.Make(about, bench.Flow.RemoteAddress + 1, type, 4, 20);
        broken[^1] ^= 1;
        bench.Passed(broken);
        Assert.Empty(bench.Events);
        Assert.Equal((State.SynSent, 1), (bench.StateNow, bench.Counted("icmp_errors")));
        bench.Answered(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs, bench.Iss + 1));
        bench.Events.Clear();
        bench.Passed(IcmpFrame.Make(about, bench.Flow.RemoteAddress + 1, type, 4));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P10")]
    public void Both_open_at_once_as_in_figure_7(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        SentSegment synAck = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, bench.Iss, bench.Irs + 1, State.SynReceived), (synAck.Flags, synAck.Seq, synAck.Ack, bench.StateNow));
        Assert.Equal(1, bench.Counted("simultaneous_opens"));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal(State.SynReceived, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(State.Established, bench.StateNow);
        Assert.Equal(1, (int)Assert.Single(bench.Events)["established"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P10")]
    public void A_simultaneous_open_can_be_refused(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.AssertGone(Ending.Refused);
    }

    [Fact, Trait("Rule", "A1"), Trait("Rule", "A2")]
    public void The_example_handshake_as_client_byte_by_byte()
    {
        var slot = new EndPoint { Mac = Bench.ClientMac, Address = TcpFrame.V4(0xC0A80174), Port = 3337, Timestamps = false, Sack = false, WindowScaling = false, Enabled = false };
        var flow = new Flow(TcpFrame.V4(0xC0A80174), TcpFrame.V4(0xC0A8017B), 3337, 7788, false, 0);
        using Target target = Create(new Settings { TestEnable = true, IsnSource = IsnSource.Fixed, FixedIsn = 3626544836, Listeners = [slot] });
        target.SetTime(1_000_000);
        Assert.Equal(OrderStatus.Ok, target.Command(Order.Open, flow, new Arguments { RemoteMac = Bench.ServerMac }).Status);
        Assert.Equal(Hex.Vector("handshake-1-syn"), Assert.Single(target.Collect().Net));
        target.Send(Port.Net, Hex.Vector("handshake-2-syn-ack"), false);
        Output output = target.Collect();
        Assert.Equal(Hex.Vector("handshake-3-ack"), Assert.Single(output.Net));
        Assert.Equal(1, (int)Assert.Single(output.Events)["established"]);
    }
}

/// <inheritdoc/>
public sealed class ActiveOpenRulesOnCore : ActiveOpenRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class ActiveOpenRulesOnModel : ActiveOpenRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
