using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Closing: F4, F6, and F10's ABORT.</summary>
public abstract class ClosingRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F4")]
    public void FIN_then_CLOSE_then_ACK_is_the_whole_passive_close(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.PeerCloses(TcpOptions.Linux(5));
        (OrderStatus status, List<SentSegment> sent) = bench.Command(Order.Close);
        SentSegment fin = Assert.Single(sent);
        Assert.Equal((OrderStatus.Ok, TcpFlags.Fin | TcpFlags.Ack, bench.Iss + 1, bench.Irs + 2), (status, fin.Flags, fin.Seq, fin.Ack));
        Assert.Equal((Bench.ClientMac, Bench.ServerMac, bench.Flow.Tagged ? bench.Flow.Vlan : (int?)null), (fin.DestinationMac, fin.SourceMac, fin.Tag));
        Assert.NotNull(fin.TsVal);
        Assert.Equal((State.LastAck, bench.Iss + 2), (bench.StateNow, (uint)bench.Entry!["snd_nxt"]));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 1));
        Assert.Equal(State.LastAck, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 2));
        bench.AssertGone(Ending.Normal);
        Assert.Equal(1, bench.Counted("closed_normal"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F4")]
    public void A_FIN_counts_at_RCV_NXT_only(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 2, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal((State.Established, 0), (bench.StateNow, bench.Counted("peer_closed")));
        bench.Dropped(bench.Segment(TcpFlags.Fin, bench.Irs + 1));
        Assert.Equal((State.Established, 1), (bench.StateNow, bench.Counted("ack_missing")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F4")]
    public void A_FIN_may_come_with_the_ACK_that_opens(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal((TcpFlags.Ack, bench.Irs + 2), (sent.Flags, sent.Ack));
        Image told = Assert.Single(bench.Events);
        Assert.Equal((1u, 1u, State.CloseWait), ((uint)told["established"], (uint)told["peer_closed"], bench.StateNow));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F4")]
    public void A_FIN_again_is_acknowledged_again_within_the_limit(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.PeerCloses();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1), bench.Iss + 1, bench.Irs + 2);
        bench.Dropped(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F4")]
    public void CLOSE_after_CLOSE_is_refused_and_changes_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        Assert.Equal(OrderStatus.Gone, bench.Command(Order.Close).Status);
        bench.PeerCloses();
        Assert.Equal(OrderStatus.Ok, bench.Command(Order.Close).Status);
        Image before = bench.Entry!;
        (OrderStatus status, List<SentSegment> sent) = bench.Command(Order.Close);
        Assert.Equal(OrderStatus.WrongState, status);
        Assert.Empty(sent);
        Assert.True(before.Same(bench.Entry!));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F6")]
    public void FIN_is_sent_again_ever_later_then_given_up(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { RtoInitial = 500, RtoMax = 1500, OrphanRetries = 3, SynAckRetries = 0 });
        bench.PeerCloses();
        SentSegment first = Assert.Single(bench.Command(Order.Close).Sent);
        foreach (ulong wait in new ulong[] { 500, 1000, 1500 })
        {
            Assert.Empty(bench.Advance(wait * 1024));
            Assert.Equal(first, Assert.Single(bench.Advance(1024)));
        }

        Assert.Empty(bench.Advance(1501 * 1024));
        bench.AssertGone(Ending.TimedOut);
        Assert.Equal((3, 1), (bench.Counted("fin_timeouts"), bench.Counted("closed_timed_out")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F10")]
    public void ABORT_sends_RST_and_frees(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        foreach (Action reach in new Action[] { () => bench.Open(), () => bench.Establish(), () => bench.PeerCloses() })
        {
            reach();
            bench.Events.Clear();
            (OrderStatus status, List<SentSegment> sent) = bench.Command(Order.Abort);
            SentSegment reset = Assert.Single(sent);
            Assert.Equal((OrderStatus.Ok, TcpFlags.Rst, bench.Iss + 1), (status, reset.Flags, reset.Seq));
            bench.AssertGone(Ending.Aborted);
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F10")]
    public void ABORT_in_LAST_ACK_sends_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.PeerCloses();
        bench.Command(Order.Close);
        (OrderStatus status, List<SentSegment> sent) = bench.Command(Order.Abort);
        Assert.Equal(OrderStatus.Ok, status);
        Assert.Empty(sent);
        bench.AssertGone(Ending.Aborted);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F10")]
    public void A_command_for_another_creation_time_is_gone(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        Assert.Equal(OrderStatus.Gone, bench.Command(Order.Abort, (ulong)bench.Entry!["created"] + 1).Status);
        Assert.Equal(State.Established, bench.StateNow);
    }
}

/// <inheritdoc/>
public sealed class ClosingRulesOnCore : ClosingRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class ClosingRulesOnModel : ClosingRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
