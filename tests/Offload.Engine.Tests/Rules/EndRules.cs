using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Our side closes: F1 to F3, F5, F7 to F12.</summary>
public abstract class EndRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F1"), Trait("Rule", "F2")]
    public void CLOSE_then_ACK_then_FIN(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(5));
        bench.CloseHere();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(State.FinWait1, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 2));
        Assert.Equal(State.FinWait2, bench.StateNow);
        SentSegment ack = bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 2));
        Assert.Equal((TcpFlags.Ack, bench.Iss + 2, bench.Irs + 2), (ack.Flags, ack.Seq, ack.Ack));
        Assert.Equal(State.TimeWait, bench.StateNow);
        Assert.Equal(1, (int)Assert.Single(bench.Events)["peer_closed"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F1")]
    public void CLOSE_in_SYN_RECEIVED_sends_FIN_and_both_are_sent_again(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open(TcpOptions.Linux(5));
        bench.CloseHere();
        SentSegment again = Assert.Single(bench.Advance(1_100_000));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, bench.Iss), (again.Flags, again.Seq));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        again = Assert.Single(bench.Advance(4_100_000));
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, bench.Iss + 1), (again.Flags, again.Seq));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 2));
        Assert.Equal(State.FinWait2, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F1")]
    public void CLOSE_in_SYN_SENT_just_ends(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Dial();
        Outcome closed = bench.Do(Order.Close);
        Assert.Equal((OrderStatus.Ok, 0), (closed.Status, closed.Net.Count));
        bench.AssertGone(Ending.Aborted);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F3")]
    public void FIN_before_the_ACK_of_ours_is_CLOSING(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish();
        bench.CloseHere();
        SentSegment ack = bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal((TcpFlags.Ack, bench.Iss + 2, bench.Irs + 2, State.Closing), (ack.Flags, ack.Seq, ack.Ack, bench.StateNow));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 2));
        Assert.Equal(State.TimeWait, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F5")]
    public void FIN_with_the_ACK_of_ours_is_TIME_WAIT_at_once(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Connect();
        bench.CloseHere();
        bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 2));
        Assert.Equal(State.TimeWait, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F7")]
    public void TIME_WAIT_lasts_its_time_and_a_FIN_again_restarts_it(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { TimeWait = 2000 });
        bench.ReachTimeWait();
        bench.Advance(1900 * 1024);
        bench.AnsweredByAck(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.Irs + 1, bench.Iss + 2), bench.Iss + 2, bench.Irs + 2);
        Assert.Empty(bench.Advance(2000 * 1024));
        Assert.Equal(State.TimeWait, bench.StateNow);
        Assert.Empty(bench.Advance(1024));
        bench.AssertGone(Ending.Normal);
        Assert.Equal(1, bench.Counted("closed_normal"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F8")]
    public void RST_does_not_end_TIME_WAIT(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.ReachTimeWait();
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.RcvNxt));
        bench.Dropped(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        Assert.Equal(State.TimeWait, bench.StateNow);
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F9")]
    public void A_newer_SYN_opens_anew_above_the_old_numbers(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { TestEnable = true, IsnSource = IsnSource.Fixed, FixedIsn = 0xFFFF0000 });
        bench.ReachTimeWait();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn, rcvNxt) with { Options = default }, sndNxt, rcvNxt);
        bench.Advance(600_000);
        SentSegment synAck = bench.Answered(bench.Segment(TcpFlags.Syn, rcvNxt + 1));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, sndNxt + 65537, rcvNxt + 2), (synAck.Flags, synAck.Seq, synAck.Ack));
        Assert.Equal((State.SynReceived, 1u), (bench.StateNow, (uint)bench.Entry!["reused"]));
        Assert.Empty(bench.Events);
        bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt + 2, synAck.Seq + 1));
        Assert.Equal((State.Established, 1), (bench.StateNow, bench.Counted("time_wait_reused")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F9")]
    public void A_newer_SYN_is_told_by_its_timestamp(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.ReachTimeWait(TcpOptions.Linux(500));
        uint rcvNxt = bench.RcvNxt;
        uint recent = (uint)bench.Entry!["ts_recent"];
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn, rcvNxt + 1) with { Options = TcpOptions.Linux(recent - 1) }, bench.SndNxt, rcvNxt);
        bench.Dropped(bench.Segment(TcpFlags.Syn, rcvNxt) with { Options = TcpOptions.Linux(recent) });
        Assert.Equal(State.TimeWait, bench.StateNow);
        SentSegment synAck = bench.Answered(bench.Segment(TcpFlags.Syn, rcvNxt - 5) with { Options = TcpOptions.Linux(recent + 1) });
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, rcvNxt - 4), (synAck.Flags, synAck.Ack));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F9")]
    public void An_old_duplicate_s_opening_becomes_TIME_WAIT_again(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.ReachTimeWait();
        Image before = bench.Entry!;
        bench.Answered(bench.Segment(TcpFlags.Syn, bench.RcvNxt + 100));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.RcvNxt));
        Image after = bench.Entry!;
        Assert.Equal((State.TimeWait, (uint)before["snd_nxt"], (uint)before["rcv_nxt"]), (bench.StateNow, (uint)after["snd_nxt"], (uint)after["rcv_nxt"]));
        Assert.Equal(1, bench.Counted("time_wait_restored"));
        Assert.Empty(bench.Events);
        bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.RcvNxt - 1, bench.SndNxt));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F10")]
    public void FIN_WAIT_2_ends_after_its_own_time(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { FinTimeout = 3000 });
        bench.Establish();
        bench.CloseHere();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        Assert.Empty(bench.Advance(3000 * 1024));
        Assert.Equal(State.FinWait2, bench.StateNow);
        Assert.Empty(bench.Advance(1024));
        bench.AssertGone(Ending.TimedOut);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F6")]
    public void FIN_is_sent_again_in_FIN_WAIT_1_and_CLOSING(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { RtoInitial = 500, RtoMax = 1500, OrphanRetries = 2 });
        bench.Establish();
        bench.CloseHere();
        SentSegment again = Assert.Single(bench.Advance(501 * 1024));
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, bench.Iss + 1), (again.Flags, again.Seq));
        bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.RcvNxt, bench.Iss + 1));
        again = Assert.Single(bench.Advance(1001 * 1024));
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, bench.Iss + 1, bench.Irs + 2), (again.Flags, again.Seq, again.Ack));
        bench.Events.Clear();
        Assert.Empty(bench.Advance(1501 * 1024));
        bench.AssertGone(Ending.TimedOut);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F12")]
    public void Data_after_CLOSE_is_reset(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        foreach (bool acknowledged in new[] { false, true })
        {
            bench.Establish();
            bench.CloseHere();
            uint sndNxt = bench.SndNxt;
            if (acknowledged)
            {
                bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, sndNxt));
            }

            bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, bench.RcvNxt, sndNxt - (acknowledged ? 0u : 1), 10), sndNxt);
            bench.AssertGone(Ending.DataRefused);
            Assert.Equal(1, bench.Counted("data_after_close"));
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F10")]
    public void ABORT_resets_where_a_peer_may_still_be_there(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        foreach ((Action reach, int resets) in new (Action, int)[]
        {
            (() => bench.Dial(), 0), (() => { bench.Establish(); bench.CloseHere(); }, 1),
            (() => { bench.Establish(); bench.CloseHere(); bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt)); }, 1),
            (() => { bench.Establish(); bench.CloseHere(); bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.RcvNxt, bench.Iss + 1)); }, 0),
            (() => bench.ReachTimeWait(), 0),
        })
        {
            reach();
            bench.Events.Clear();
            Outcome aborted = bench.Do(Order.Abort);
            Assert.Equal((OrderStatus.Ok, resets), (aborted.Status, aborted.Net.Count));
            Assert.All(aborted.Net, sent => Assert.Equal(TcpFlags.Rst, sent.Flags));
            bench.AssertGone(Ending.Aborted);
        }
    }

    [Fact, Trait("Rule", "F11")]
    public void All_11_states_are_seen()
    {
        var seen = new HashSet<State> { State.Listen }; // The listener itself.
        using Bench bench = NewBench(Carrier.IPv4, settings: new Settings { TimeWait = 1000 });
        void See() => seen.Add(bench.StateNow);
        bench.Dial();
        See();
        bench.Do(Order.Abort);
        bench.Events.Clear();
        bench.Open();
        See();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        See();
        bench.CloseHere();
        See();
        bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.RcvNxt, bench.Iss + 1));
        See();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        See();
        bench.Advance(1001 * 1024);
        Assert.All(bench.Events.Where(item => item["closed"] == 1), item => seen.Add((State)(int)item["state"]));
        bench.Events.Clear();
        bench.PeerCloses();
        See();
        bench.Do(Order.Close);
        See();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        bench.Events.Clear();
        bench.Establish();
        bench.CloseHere();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        See();
        Assert.Equal(Enum.GetValues<State>(), seen.Order());
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "S4")]
    public void ACKs_far_below_SND_UNA_are_dropped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(5, scale: 3));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.Iss + 1 - (65535 << 3), 5) with { Data = default });
        Assert.Equal(0, bench.Counted("ack_too_old"));
        bench.Dropped(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.RcvNxt, bench.Iss - (65535 << 3)));
        Assert.Equal((State.Established, 1), (bench.StateNow, bench.Counted("ack_too_old")));
    }
}

/// <inheritdoc/>
public sealed class EndRulesOnCore : EndRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class EndRulesOnModel : EndRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
