using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Passive open: P1 to P8, and P11.</summary>
public abstract class PassiveOpenRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void A_SYN_is_answered_and_makes_an_entry(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        SentSegment sent = bench.Open(TcpOptions.Linux(77));
        Assert.Equal((64240, 1460, 7, true, 77u), (sent.Window, sent.Mss, sent.Scale, sent.SackPermitted, sent.TsEcr));
        Image entry = bench.Entry!;
        Assert.Equal(State.SynReceived, bench.StateNow);
        Assert.Equal((sent.Seq, sent.Seq, sent.Seq + 1), ((uint)entry["iss"], (uint)entry["snd_una"], (uint)entry["snd_nxt"]));
        Assert.Equal((bench.Irs, bench.Irs + 1), ((uint)entry["irs"], (uint)entry["rcv_nxt"]));
        Assert.Equal((Bench.ClientMac, bench.Now), ((ulong)entry["remote_mac"], (ulong)entry["created"]));
        Assert.Equal((1, 1), (bench.Counted("syn_received"), bench.Counted("syn_ack_sent")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P1")]
    public void Nothing_but_a_SYN_makes_an_entry(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        foreach (TcpFlags flags in new[]
        {
            TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Fin, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh,
        })
        {
            bench.Passed(bench.Segment(flags, 1, 2));
            Assert.Null(bench.Entry);
        }

        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P2")]
    public void The_right_ACK_makes_ESTABLISHED_and_one_event(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1) with { Window = 777 });
        Image told = Assert.Single(bench.Events);
        Assert.Equal((1u, 0u, 0u, (ulong)bench.Now), ((uint)told["established"], (uint)told["peer_closed"], (uint)told["closed"], (ulong)told["time"]));
        Assert.Equal((uint)State.Established, (uint)told["state"]);
        Image entry = bench.Entry!;
        Assert.Equal((bench.Iss + 1, 777u, bench.Irs + 1, 0u), ((uint)entry["snd_una"], (uint)entry["peer_window"], (uint)entry["snd_wl1"], (uint)entry["deadline_set"]));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Single(bench.Events);
        Assert.Equal(1, bench.Counted("established"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P2")]
    public void The_right_ACK_with_another_SEQ_in_the_window_is_dropped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 1));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 64240, bench.Iss + 1));
        Assert.Equal((State.SynReceived, 2), (bench.StateNow, bench.Counted("handshake_sequence_dropped")));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P3")]
    public void Any_other_ACK_is_reset_and_changes_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        Image before = bench.Entry!;
        foreach (uint ack in new[] { bench.Iss, bench.Iss + 2, bench.Iss - 1, 0u, bench.Iss + 0x80000001 })
        {
            bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, bench.Irs + 1, ack), ack);
            bench.AnsweredByReset(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs + 5, ack, 3), ack);
        }

        Assert.True(before.Same(bench.Entry!));
        Assert.Equal(10, bench.Counted("handshake_resets_sent"));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P3")]
    public void The_sequence_check_comes_before_the_ACK_s(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs, bench.Iss + 77), bench.Iss + 1, bench.Irs + 1);
        bench.Advance(600_000);
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs + 1 + 64240, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal((State.SynReceived, 2), (bench.StateNow, bench.Counted("sequence_unacceptable")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P4")]
    public void The_same_SYN_again_gets_the_same_SYN_ACK(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        SentSegment first = bench.Open(TcpOptions.Linux(5));
        uint deadline = (uint)bench.Entry!["deadline"];
        bench.Advance(200_000);
        SentSegment again = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs) with { Options = TcpOptions.Linux(5) });
        Assert.Equal(first with { TsVal = null }, again with { TsVal = null });
        Assert.Equal((1, 2), (bench.Counted("syn_repeated"), bench.Counted("syn_ack_sent")));
        Assert.Equal(deadline, (uint)bench.Entry!["deadline"]);
        bench.Dropped(bench.Segment(TcpFlags.Syn, bench.Irs) with { Options = TcpOptions.Linux(5) });
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P4")]
    public void Another_SYN_in_SYN_RECEIVED_gets_a_challenge(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn, bench.Irs + 1), bench.Iss + 1, bench.Irs + 1);
        bench.Advance(600_000);
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal((State.SynReceived, 0), (bench.StateNow, bench.Counted("syn_repeated")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P5")]
    public void An_old_duplicate_SYN_is_recovered_from_as_in_figure_9(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Irs = 90;
        SentSegment wrong = bench.Open();
        bench.Dropped(bench.Segment(TcpFlags.Rst, wrong.Ack));
        bench.AssertGone(Ending.ResetByPeer);
        bench.Irs = 100;
        bench.Establish();
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P6")]
    public void RST_in_SYN_RECEIVED_counts_exactly_at_RCV_NXT(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Rst, bench.Irs + 2), bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1 + 64240));
        Assert.Equal(State.SynReceived, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        bench.AssertGone(Ending.ResetByPeer);
        Assert.Equal(1, bench.Counted("closed_reset"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P7")]
    public void Data_in_a_SYN_is_not_acknowledged(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs, 0, 100));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, bench.Irs + 1), (sent.Flags, sent.Ack));
        Assert.Equal(bench.Irs + 1, (uint)bench.Entry!["rcv_nxt"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P8")]
    public void SYN_ACK_is_sent_again_ever_later_then_given_up(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { RtoInitial = 977, RtoMax = 4000, SynAckRetries = 4 });
        SentSegment first = bench.Open(TcpOptions.Linux(5));
        foreach (ulong wait in new ulong[] { 977, 1954, 3908, 4000 })
        {
            Assert.Empty(bench.Advance(wait * 1024));
            SentSegment again = Assert.Single(bench.Advance(1024));
            Assert.Equal(first with { TsVal = null, Tag = bench.Flow.Tagged ? bench.Flow.Vlan : null }, again with { TsVal = null });
            Assert.Equal(first.TsVal + (bench.Tick - (uint)(5_000_000 >> 10)), again.TsVal);
        }

        Assert.Empty(bench.Events);
        Assert.Empty(bench.Advance(4000 * 1024));
        Assert.Equal(State.SynReceived, bench.StateNow);
        Assert.Empty(bench.Advance(1024));
        bench.AssertGone(Ending.TimedOut);
        Assert.Equal((4, 5, 1), (bench.Counted("syn_ack_timeouts"), bench.Counted("syn_ack_sent"), bench.Counted("closed_timed_out")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P8")]
    public void A_handshake_can_still_be_completed_after_time_outs(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        Assert.Single(bench.Advance(1_100_000));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal((State.Established, 0u), (bench.StateNow, (uint)bench.Entry!["retries"]));
        Assert.Empty(bench.Advance(300_000_000));
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P11")]
    public void Data_for_a_kept_connection_is_dropped_and_never_acknowledged(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(5));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack | TcpFlags.Psh, bench.Irs + 1, bench.Iss + 1, 100), bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1, 1));
        bench.Dropped(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs + 1, bench.Iss + 1, 1));
        Assert.Equal((State.Established, bench.Irs + 1), (bench.StateNow, (uint)bench.Entry!["rcv_nxt"]));
        Assert.Equal(3, bench.Counted("data_dropped"));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P11")]
    public void A_listener_may_reset_on_data(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { ResetData = true });
        bench.Establish();
        bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1, 100), bench.Iss + 1);
        bench.AssertGone(Ending.DataRefused);
        Assert.Equal(1, bench.Counted("closed_aborted"));
    }
}

/// <inheritdoc/>
public sealed class PassiveOpenRulesOnCore : PassiveOpenRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class PassiveOpenRulesOnModel : PassiveOpenRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
