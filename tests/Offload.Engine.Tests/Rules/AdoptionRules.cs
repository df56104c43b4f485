using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Connections that are offered to the host: P9, P3 and P6 as they stand there, the owners, and the state column.</summary>
public abstract class AdoptionRules : RuleTests
{
    private static EndPoint Adopting { get; } = new() { Adopt = true, Backlog = 2 };

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P9")]
    public void Data_and_FIN_are_parked_once_and_given_to_the_host_in_order(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Offer(TcpOptions.Linux(5));
        uint rcvNxt = bench.RcvNxt;
        TcpFrame second = bench.Segment(TcpFlags.Ack, rcvNxt + 100, bench.SndNxt, 50);
        TcpFrame first = bench.Segment(TcpFlags.Ack | TcpFlags.Psh, rcvNxt, bench.SndNxt, 100) with { Data = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray() };
        TcpFrame last = bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt + 150, bench.SndNxt);
        bench.Dropped(second);
        bench.Dropped(first);
        bench.Dropped(second);
        bench.Dropped(last);
        bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt, bench.SndNxt));
        Assert.Equal((3, 1, rcvNxt), (bench.Counted("parked"), bench.Counted("parked_again"), bench.RcvNxt));
        Outcome released = bench.Do(Order.Release);
        Assert.Equal(OrderStatus.Ok, released.Status);
        Assert.Empty(released.Net);
        Assert.Equal(4, released.Host.Count);
        SentSegment ack = FrameChecker.Check(released.Host[0]);
        Assert.Equal((TcpFlags.Ack, rcvNxt, bench.SndNxt, bench.Flow.RemoteAddress), (ack.Flags, ack.Seq, ack.Ack, ack.Source));
        Assert.Equal((Bench.ServerMac, Bench.ClientMac, 1000u, bench.Flow.Tagged ? bench.Flow.Vlan : (int?)null), (ack.DestinationMac, ack.SourceMac, ack.TsVal, ack.Tag));
        Assert.Equal([second.ToBytes(), first.ToBytes(), last.ToBytes()], released.Host[1..]);
        Assert.Equal((Owner.Host, rcvNxt + 151, 1u), (bench.OwnerNow, bench.RcvNxt, (uint)bench.Entry!["peer_fin"]));
        Assert.Equal((3, 1), (bench.Counted("unparked"), bench.Counted("released")));
    }

    [Fact, Trait("Rule", "P9"), Trait("Rule", "S1")]
    public void What_lies_outside_the_window_is_not_held()
    {
        using Bench bench = NewBench(Carrier.IPv4, Adopting);
        bench.Release();
        uint rcvNxt = bench.RcvNxt;
        Assert.Equal(OrderStatus.Ok, bench.Do(Order.Hold).Status);
        bench.Dropped(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt + 0x40000000, bench.SndNxt, 10));
        bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt, bench.SndNxt, 10));
        bench.Dropped(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt - 10, bench.SndNxt));
        Assert.Equal((1, 2), (bench.Counted("parked"), bench.Counted("sequence_unacceptable")));
        Assert.Equal(2, bench.Do(Order.Release).Host.Count);
        Assert.Equal((rcvNxt + 10, 0u), (bench.RcvNxt, (uint)bench.Entry!["peer_fin"]));
    }

    [Fact, Trait("Rule", "P9")]
    public void What_does_not_fit_is_dropped_and_counted()
    {
        using Bench bench = NewBench(Carrier.IPv4, Adopting);
        bench.Offer();
        uint rcvNxt = bench.RcvNxt;
        int slots = bench.Settings.ParkSlots;
        for (uint i = 0; i < slots + 2; i++)
        {
            bench.Dropped(bench.Segment(TcpFlags.Ack, rcvNxt + (i * 10), bench.SndNxt, 10));
        }

        Assert.Equal((slots, 2), (bench.Counted("parked"), bench.Counted("park_full")));
        Assert.Equal(slots + 1, bench.Do(Order.Release).Host.Count);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P9")]
    public void FIN_and_data_may_come_with_the_ACK_that_opens(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Open();
        TcpFrame opening = bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs + 1, bench.Iss + 1, 7);
        bench.Dropped(opening);
        Assert.Equal((State.Established, Owner.Parked, bench.Irs + 1), (bench.StateNow, bench.OwnerNow, bench.RcvNxt));
        Outcome released = bench.Do(Order.Release);
        Assert.Equal(opening.ToBytes(), released.Host[1]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P3"), Trait("Rule", "P6")]
    public void What_may_be_a_forgotten_connection_s_passes_in_both_directions(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Open();
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 5000, bench.Iss + 999, 100));
        bench.Passed(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs - 5000, bench.Iss));
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.Irs + 2));
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.Irs - 2));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, 1, 2, 100));
        bench.HostPassed(bench.HostSegment(TcpFlags.Rst, 1, 2));
        Assert.Equal(State.SynReceived, bench.StateNow);
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack, bench.Irs - 5, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.AssertGone(Ending.ResetByPeer);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P3")]
    public void A_late_duplicate_SYN_delays_nothing_of_the_host_s_connection(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Offer();
        uint seq = bench.RcvNxt;
        uint ack = bench.SndNxt;
        Assert.Equal(2, bench.Do(Order.Release, new Arguments { Forget = true }).Host.Count + bench.Events.Count(item => item["closed"] == 1));
        bench.Events.Clear();
        bench.Advance(10_000_000);
        for (uint i = 0; i < 20; i++)
        {
            if (i == 5)
            {
                Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs - 77777)).Flags);
            }

            bench.Passed(bench.Segment(TcpFlags.Ack | TcpFlags.Psh, seq + (i * 10), ack + (i * 20), 10));
            bench.HostPassed(bench.HostSegment(TcpFlags.Ack | TcpFlags.Psh, ack + (i * 20), seq + (i * 10) + 10, 20));
        }

        Assert.Equal(State.SynReceived, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P9")]
    public void Beyond_the_backlog_the_final_ACK_is_dropped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting with { Backlog = 0 });
        bench.Open();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal((State.SynReceived, 1), (bench.StateNow, bench.Counted("accept_overflows")));
        Assert.Empty(bench.Events);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P9")]
    public void Nobody_adopts_it_in_time(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting, new Settings { AdoptionTimeout = 3000 });
        bench.Offer();
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt, 5));
        Assert.Empty(bench.Advance(3000 * 1024));
        SentSegment reset = Assert.Single(bench.Advance(1024));
        Assert.Equal((TcpFlags.Rst, bench.Iss + 1), (reset.Flags, reset.Seq));
        bench.AssertGone(Ending.NotAdopted);
        Assert.Equal((1, 1), (bench.Counted("closed_not_adopted"), bench.Counted("park_discarded")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void RELEASE_and_forget_leaves_the_rest_to_the_host(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Offer();
        TcpFrame data = bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt, 5);
        bench.Dropped(data);
        Outcome released = bench.Do(Order.Release, new Arguments { Forget = true });
        Assert.Equal((OrderStatus.Ok, 2), (released.Status, released.Host.Count));
        bench.AssertGone(Ending.Forgotten);
        bench.Passed(data);
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, 5, 6));
        bench.Passed(bench.Segment(TcpFlags.Rst, 1));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void The_state_column_follows_a_close_by_the_peer(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release(TcpOptions.Linux(5));
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt, sndNxt, 10));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt, rcvNxt + 10, 30));
        Assert.Equal((rcvNxt + 10, sndNxt + 30), (bench.RcvNxt, bench.SndNxt));
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt + 10, sndNxt + 30));
        Assert.Equal((State.Established, 1u), (bench.StateNow, (uint)bench.Entry!["peer_fin"]));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 30, rcvNxt + 10));
        Assert.Equal(State.Established, bench.StateNow);
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 30, rcvNxt + 11));
        Assert.Equal(State.CloseWait, bench.StateNow);
        Assert.Equal(1, (int)Assert.Single(bench.Events)["peer_closed"]);
        bench.Events.Clear();
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, sndNxt + 30, rcvNxt + 11));
        Assert.Equal(State.LastAck, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt + 11, sndNxt + 30));
        Assert.Equal(State.LastAck, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt + 11, sndNxt + 31));
        bench.AssertGone(Ending.Normal);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void The_state_column_follows_a_close_by_the_host(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting, new Settings { TimeWait = 2000 });
        bench.Release();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, sndNxt, rcvNxt));
        Assert.Equal(State.FinWait1, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt, sndNxt + 1));
        Assert.Equal(State.FinWait2, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt, sndNxt + 1));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt + 1));
        Assert.Equal((State.TimeWait, Owner.Host), (bench.StateNow, bench.OwnerNow));
        bench.Events.Clear();
        bench.Advance(2001 * 1024);
        bench.AssertGone(Ending.Normal);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void The_state_column_follows_a_close_by_both(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, sndNxt, rcvNxt));
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt, sndNxt));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt + 1));
        Assert.Equal(State.Closing, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt + 1, sndNxt + 1));
        Assert.Equal(State.TimeWait, bench.StateNow);
        SentSegment synAck = bench.Answered(bench.Segment(TcpFlags.Syn, rcvNxt + 100));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, Owner.Engine), (synAck.Flags, bench.OwnerNow));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void A_FIN_may_come_after_the_ACK_that_was_sent_behind_it(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, sndNxt, rcvNxt));
        bench.Passed(bench.Segment(TcpFlags.Ack, rcvNxt + 1, sndNxt + 1));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt));
        Assert.Equal((State.FinWait2, rcvNxt + 1, 0u), (bench.StateNow, bench.RcvNxt, (uint)bench.Entry!["peer_fin"]));
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt - 1, sndNxt + 1));
        Assert.Equal(0u, (uint)bench.Entry!["peer_fin"]);
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt, sndNxt));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt + 1));
        Assert.Equal((State.TimeWait, 1), (bench.StateNow, bench.Counted("peer_closed")));

        // Once it is acknowledged, the same FIN again tells nothing new.
        bench.Passed(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, rcvNxt, sndNxt));
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt + 1));
        Assert.Equal((State.TimeWait, 1, 0u), (bench.StateNow, bench.Counted("peer_closed"), (uint)bench.Entry!["peer_fin"]));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void A_FIN_of_the_host_may_come_again_after_its_ACK(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, sndNxt + 1, rcvNxt));
        Assert.Equal(State.Established, bench.StateNow);
        bench.HostPassed(bench.HostSegment(TcpFlags.Fin | TcpFlags.Ack, sndNxt, rcvNxt));
        Assert.Equal((State.FinWait1, sndNxt + 1), (bench.StateNow, bench.SndNxt));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void Resets_end_a_watched_connection(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.RcvNxt + 1));
        Assert.Equal(State.Established, bench.StateNow);
        bench.Passed(bench.Segment(TcpFlags.Rst, bench.RcvNxt));
        bench.AssertGone(Ending.ResetByPeer);
        bench.Release();
        bench.HostPassed(bench.HostSegment(TcpFlags.Rst, bench.SndNxt, 0));
        bench.AssertGone(Ending.Aborted);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void A_quiet_watched_connection_is_forgotten(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting, new Settings { WatchIdle = 5000 });
        bench.Release();
        bench.Advance(4000 * 1024);
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        bench.Advance(4000 * 1024);
        bench.HostPassed(bench.HostSegment(TcpFlags.Ack, bench.SndNxt, bench.RcvNxt));
        bench.Advance(5000 * 1024);
        Assert.Equal(State.Established, bench.StateNow);
        bench.Advance(1024);
        bench.AssertGone(Ending.Idle);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F12")]
    public void HOLD_freezes_and_TAKE_makes_the_engine_the_owner(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release(TcpOptions.Linux(5));
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        Assert.Equal(OrderStatus.WrongState, bench.Do(Order.Take).Status);
        Assert.Equal(OrderStatus.WrongState, bench.Do(Order.Close).Status);
        Assert.Equal(OrderStatus.Ok, bench.Do(Order.Hold).Status);
        TcpFrame data = bench.Segment(TcpFlags.Ack, rcvNxt, sndNxt, 10);
        bench.Dropped(data);
        bench.HostDropped(bench.HostSegment(TcpFlags.Ack, sndNxt, rcvNxt, 10));
        Assert.Equal((rcvNxt, 1), (bench.RcvNxt, bench.Counted("parked")));
        Outcome taken = bench.Do(Order.Take, new Arguments { TakeSndNxt = sndNxt + 500, TakeRcvNxt = rcvNxt + 20, TakeTsVal = 123456, TakeWindow = 777 });
        Assert.Equal((OrderStatus.Ok, 0), (taken.Status, taken.Net.Count));
        Image entry = bench.Entry!;
        Assert.Equal((Owner.Engine, (uint)Origin.Take, sndNxt + 500, rcvNxt + 20, 777u), (bench.OwnerNow, (uint)entry["origin"], (uint)entry["snd_una"], (uint)entry["rcv_nxt"], (uint)entry["our_window"]));
        Assert.Equal((1, 1), (bench.Counted("taken"), bench.Counted("park_discarded")));
        SentSegment fin = bench.Do(Order.Close).Only;
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, sndNxt + 500, rcvNxt + 20, 777, 123456u), (fin.Flags, fin.Seq, fin.Ack, fin.Window, fin.TsVal));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F12")]
    public void Data_after_TAKE_is_reset(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        bench.Do(Order.Hold);
        bench.Do(Order.Take, new Arguments { TakeSndNxt = bench.SndNxt, TakeRcvNxt = bench.RcvNxt, TakeWindow = 1000 });
        bench.AnsweredByReset(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt, 1), bench.SndNxt);
        bench.AssertGone(Ending.DataRefused);
        Assert.Equal(1, bench.Counted("data_after_close"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "P9")]
    public void A_held_connection_can_go_back_to_the_host(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting, new Settings { AdoptionTimeout = 3000 });
        bench.Release();
        bench.Do(Order.Hold);
        TcpFrame pure = bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt);
        bench.Dropped(pure);
        Outcome released = bench.Do(Order.Release);
        Assert.Equal(pure.ToBytes(), released.Host[1]);
        Assert.Equal(Owner.Host, bench.OwnerNow);
        bench.Do(Order.Hold);
        Assert.Single(bench.Advance(3001 * 1024));
        bench.AssertGone(Ending.NotAdopted);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "C2")]
    public void The_host_s_segments_for_what_the_engine_owns_go_no_further(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Offer();
        bench.HostDropped(bench.HostSegment(TcpFlags.Rst, bench.SndNxt, 0));
        bench.HostDropped(bench.HostSegment(TcpFlags.Ack, bench.SndNxt, bench.RcvNxt, 5));
        Assert.Equal((State.Established, 2), (bench.StateNow, bench.Counted("host_frames_consumed")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "F11")]
    public void What_is_broken_passes_a_watched_connection_and_changes_nothing(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, Adopting);
        bench.Release();
        Image before = bench.Entry!;
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.RcvNxt, bench.SndNxt, 10) with { TcpChecksumError = 1 });
        bench.Passed(bench.Segment(TcpFlags.Syn | TcpFlags.Rst, bench.RcvNxt));
        bench.Passed(bench.Segment(TcpFlags.Syn, bench.RcvNxt));
        bench.HostPassed(bench.HostSegment(TcpFlags.Syn, bench.SndNxt, 0, 9));
        Assert.True(before.Same(bench.Entry!), before.Differences(bench.Entry!, "before", "after"));
    }
}

/// <inheritdoc/>
public sealed class AdoptionRulesOnCore : AdoptionRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class AdoptionRulesOnModel : AdoptionRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
