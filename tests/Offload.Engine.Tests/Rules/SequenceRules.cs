using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Sequence checks: S1 to S5. The client's numbers begin 16 before the wrap.</summary>
public abstract class SequenceRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S1")]
    public void The_window_s_edges_are_exact_at_the_wrap_too(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Window = 1000, WindowScaling = false });
        bench.Establish();
        uint rcvNxt = bench.Irs + 1;
        void Unacceptable(uint seq, int data)
        {
            bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, seq, bench.Iss + 1, data), bench.Iss + 1, rcvNxt);
            bench.Advance(600_000);
        }

        Unacceptable(rcvNxt - 1, 0);
        Unacceptable(rcvNxt + 1000, 0);
        Unacceptable(rcvNxt - 10, 10);
        Unacceptable(rcvNxt + 1000, 10);
        Unacceptable(rcvNxt + 0x80000000, 0);
        Assert.Equal(5, bench.Counted("sequence_unacceptable"));
        bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt, bench.Iss + 1));
        bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt + 999, bench.Iss + 1));
        bench.Dropped(bench.Segment(TcpFlags.Ack, 0, bench.Iss + 1));
        Assert.Equal(5, bench.Counted("sequence_unacceptable"));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, rcvNxt - 10, bench.Iss + 1, 11), bench.Iss + 1, rcvNxt);
        Assert.Equal((5, 1), (bench.Counted("sequence_unacceptable"), bench.Counted("data_dropped")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S1")]
    public void The_window_is_scaled_once_the_handshake_is_done(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Window = 1000, WindowScale = 3, Timestamps = false });
        bench.Establish(TcpOptions.Linux(5));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1 + 7999, bench.Iss + 1));
        Assert.Equal(0, bench.Counted("sequence_unacceptable"));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs + 1 + 8000, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S1")]
    public void A_zero_window_takes_exactly_RCV_NXT_without_data(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Window = 0 });
        bench.Establish();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(0, bench.Counted("sequence_unacceptable"));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1, 1), bench.Iss + 1, bench.Irs + 1);
        bench.Advance(600_000);
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal(2, bench.Counted("sequence_unacceptable"));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.AssertGone(Ending.ResetByPeer);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S2")]
    public void RST_resets_at_RCV_NXT_only(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(5));
        bench.AnsweredByAck(bench.Segment(TcpFlags.Rst, bench.Irs + 2), bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 0x80000000));
        Assert.Equal(State.Established, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.AssertGone(Ending.ResetByPeer);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S3")]
    public void A_SYN_draws_a_challenge_whatever_its_number(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(5));
        foreach (TcpFlags flags in new[] { TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack })
        {
            foreach (uint seq in new[] { bench.Irs, bench.Irs + 1, bench.Irs + 2, bench.Irs - 1, bench.Irs + 0x80000000 })
            {
                bench.AnsweredByAck(bench.Segment(flags, seq, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
                bench.Advance(600_000);
            }
        }

        Assert.Equal((State.Established, 10), (bench.StateNow, bench.Counted("unsolicited_acks_sent")));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S4")]
    public void ACK_of_what_was_not_sent_gets_an_ACK_and_changes_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        foreach (uint ack in new[] { bench.Iss + 2, bench.Iss + 0x70000000 })
        {
            bench.AnsweredByAck(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs + 1, ack) with { Window = 1 }, bench.Iss + 1, bench.Irs + 1);
            bench.Advance(600_000);
        }

        Assert.Equal((State.Established, 64240u, bench.Iss + 1), (bench.StateNow, (uint)bench.Entry!["peer_window"], (uint)bench.Entry!["snd_una"]));
        Assert.Equal(2, bench.Counted("ack_unacceptable"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S1")]
    public void Only_newer_segments_update_the_window(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 5, bench.Iss + 1) with { Window = 5 });
        Assert.Equal((5u, bench.Irs + 5), ((uint)bench.Entry!["peer_window"], (uint)bench.Entry!["snd_wl1"]));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 4, bench.Iss + 1) with { Window = 4 });
        Assert.Equal(5u, (uint)bench.Entry!["peer_window"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S5")]
    public void One_unsolicited_ACK_each_interval_and_the_first_always(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        TcpFrame probe = bench.Segment(TcpFlags.Ack, bench.Irs, bench.Iss + 1);
        bench.AnsweredByAck(probe, bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(probe);
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 2));
        bench.Advance(488 * 1024);
        bench.Dropped(bench.Segment(TcpFlags.Syn, 7));
        bench.Advance(1024);
        bench.AnsweredByAck(probe, bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(probe);
        Assert.Equal((2, 4), (bench.Counted("unsolicited_acks_sent"), bench.Counted("unsolicited_acks_limited")));

        // The stored tick has 14 bits: a time that comes round to the same bits must not hold an ACK back.
        bench.Advance(1_000_000);
        bench.Advance((16384 * 1024) - 1_000_000);
        bench.AnsweredByAck(probe, bench.Iss + 1, bench.Irs + 1);
    }

    [Fact, Trait("Rule", "S5")]
    public void Connections_share_no_limit()
    {
        using Bench bench = NewBench(Carrier.IPv4);
        bench.Establish();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        TcpFrame other = bench.Segment(TcpFlags.Syn, 1) with { SourcePort = 3338 };
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, bench.Answered(other).Flags);
        Assert.Equal(TcpFlags.Ack, bench.Answered(other with { Seq = 2 }).Flags);
        bench.Dropped(other with { Seq = 3 });
    }
}

/// <inheritdoc/>
public sealed class SequenceRulesOnCore : SequenceRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class SequenceRulesOnModel : SequenceRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
