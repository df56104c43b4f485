using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Options: O1 to O8.</summary>
public abstract class OptionRules : RuleTests
{
    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O1")]
    public void Only_what_was_offered_is_answered_and_MSS_always(Carrier carrier)
    {
        for (int offer = 0; offer < 8; offer++)
        {
            using Bench bench = NewBench(carrier, new EndPoint { Mss = 1234, WindowScale = 9 });
            var options = new TcpOptions();
            bool scale = (offer & 1) != 0;
            bool sack = (offer & 2) != 0;
            bool stamps = (offer & 4) != 0;
            _ = scale ? options.Scale(2) : options;
            _ = sack ? options.SackPermitted() : options;
            _ = stamps ? options.Timestamps(42, 7) : options;
            SentSegment sent = bench.Open(options.ToArray());
            Assert.Equal((1234, scale ? 9 : null, sack, stamps ? 42u : null), (sent.Mss, sent.Scale, sent.SackPermitted, sent.TsEcr));
            Image entry = bench.Entry!;
            Assert.Equal((scale ? 2u : 15, scale ? 9u : 15), ((uint)entry["peer_scale"], (uint)entry["our_scale"]));
            Assert.Equal((sack ? 1u : 0, stamps ? 1u : 0, stamps ? 42u : 0), ((uint)entry["sack_permitted"], (uint)entry["timestamps"], (uint)entry["ts_recent"]));
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O1")]
    public void A_listener_may_decline_options(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Timestamps = false, Sack = false, WindowScaling = false });
        SentSegment sent = bench.Open(TcpOptions.Linux(5));
        Assert.Equal((1460, null, false, null), (sent.Mss, sent.Scale, sent.SackPermitted, sent.TsVal));
        Assert.Equal((0u, 0u), ((uint)bench.Entry!["ts_offset"], (uint)bench.Entry!["ts_recent"]));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O2")]
    public void Without_MSS_the_standard_s_smallest_is_taken(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open();
        Assert.Equal(bench.Flow.IsIPv6 ? 1220u : 536u, (uint)bench.Entry!["mss"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O2")]
    public void A_scale_above_14_counts_as_14(Carrier carrier)
    {
        foreach ((byte offered, uint counted) in new[] { ((byte)14, 14u), ((byte)15, 14u), ((byte)16, 14u), ((byte)255, 14u), ((byte)0, 0u) })
        {
            using Bench bench = NewBench(carrier, new EndPoint { WindowScale = 15 });
            Assert.Equal(14, bench.Open(new TcpOptions().Scale(offered).ToArray()).Scale);
            Assert.Equal((counted, 14u), ((uint)bench.Entry!["peer_scale"], (uint)bench.Entry!["our_scale"]));
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O3")]
    public void Unknown_options_are_skipped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open(new TcpOptions().Raw(254, 6, 2, 4, 1, 1).Nop().Raw(2, 3, 9).Mss(777).Raw(34, 2).Scale(3).ToArray());
        Assert.Equal((777u, 3u), ((uint)bench.Entry!["mss"], (uint)bench.Entry!["peer_scale"]));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O3")]
    public void A_bad_length_or_the_end_stops_the_parsing_harmlessly(Carrier carrier)
    {
        foreach (byte[] stop in new byte[][] { [0], [254, 0], [254, 1], [2, 0], [254, 40], [8, 1] })
        {
            using Bench bench = NewBench(carrier);
            SentSegment sent = bench.Open(new TcpOptions().Mss(777).Raw(stop).Scale(3).SackPermitted().ToArray());
            Assert.Equal((777u, null, false), ((uint)bench.Entry!["mss"], sent.Scale, sent.SackPermitted));
        }
    }

    [Fact, Trait("Rule", "O3")]
    public void Any_40_bytes_of_options_are_survived()
    {
        using Bench bench = NewBench(Carrier.IPv4);
        var random = new Random(3);
        var options = new byte[40];
        for (int i = 0; i < 300; i++)
        {
            random.NextBytes(options);
            for (int at = 0; at < 40; at++)
            {
                options[at] = i % 3 == 0 ? options[at] : (byte)(options[at] % 12);
            }

            SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, 7) with { SourcePort = (ushort)(10000 + i), Options = options });
            Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 8u), (sent.Flags, sent.Ack));
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O4")]
    public void Every_segment_but_RST_carries_timestamps_of_a_keyed_clock(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(50));
        uint offset = (uint)bench.Entry!["ts_offset"];
        Assert.Equal((bench.Tick + offset, 50u), (bench.SynAck!.TsVal, bench.SynAck.TsEcr));
        bench.Advance(10_240_000);
        bench.Stamp = 2000;
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1, 1));
        Assert.Equal((bench.Tick + offset, 2000u), (sent.TsVal, sent.TsEcr));
        SentSegment reset = Assert.Single(bench.Command(Order.Abort).Sent);
        Assert.Null(reset.TsVal);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O4")]
    public void PAWS_rejects_older_timestamps_but_not_on_RST(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Establish(TcpOptions.Linux(0xFFFFFFF0));
        bench.Stamp = 3; // Round the circle, and newer.
        Assert.Equal(1000u, (uint)bench.Entry!["ts_recent"]);
        bench.Stamp = 999;
        bench.AnsweredByAck(bench.Segment(TcpFlags.Ack | TcpFlags.Fin, bench.Irs + 1, bench.Iss + 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Equal((State.Established, 1), (bench.StateNow, bench.Counted("timestamp_rejected")));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1) with { Options = TcpOptions.Stamp(1, 1) });
        bench.AssertGone(Ending.ResetByPeer);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O4")]
    public void TS_Recent_follows_what_reaches_the_left_edge_round_the_circle(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open(TcpOptions.Linux(0xFFFFFFF0));
        bench.Stamp = 0xFFFFFFF8;
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(0xFFFFFFF8, (uint)bench.Entry!["ts_recent"]);
        bench.Stamp = 4;
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 2, bench.Iss + 1));
        Assert.Equal(0xFFFFFFF8, (uint)bench.Entry!["ts_recent"]);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(4u, (uint)bench.Entry!["ts_recent"]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O5")]
    public void The_window_in_a_SYN_ACK_is_not_scaled(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Window = 40000, WindowScale = 8 });
        Assert.Equal(40000, bench.Open(TcpOptions.Linux(1)).Window);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O5")]
    public void The_window_of_the_peer_s_SYN_is_not_scaled(Carrier carrier)
    {
        // The entry keeps it as the peer's later segments tell it, which is how a RELEASE tells the host.
        using Bench answering = NewBench(carrier);
        answering.Open(TcpOptions.Linux(1, scale: 7));
        Assert.Equal((64240u >> 7, 7u), ((uint)answering.Entry!["peer_window"], (uint)answering.Entry!["peer_scale"]));
        using Bench opening = NewBench(carrier);
        opening.Connect(TcpOptions.Linux(1, scale: 14));
        Assert.Equal((64240u >> 14, 14u), ((uint)opening.Entry!["peer_window"], (uint)opening.Entry!["peer_scale"]));
        using Bench alone = NewBench(carrier, new EndPoint { WindowScaling = false });
        alone.Open(TcpOptions.Linux(1, scale: 7));
        Assert.Equal((64240u, 15u), ((uint)alone.Entry!["peer_window"], (uint)alone.Entry!["peer_scale"]));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O6")]
    public void ECN_in_a_SYN_is_ignored_and_not_answered(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr, bench.Irs) with { TrafficClass = 3 });
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, sent.Flags);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O7")]
    public void With_timestamps_agreed_a_segment_without_them_is_dropped(Carrier carrier)
    {
        using Bench bench = NewBench(carrier);
        bench.Open(TcpOptions.Linux(5));
        bench.Stamp = null;
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, bench.Iss + 1));
        Assert.Equal(State.SynReceived, bench.StateNow);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs - 5, bench.Iss + 9));
        Assert.Equal(2, bench.Counted("timestamp_missing"));
        bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
        bench.AssertGone(Ending.ResetByPeer);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "O8")]
    public void Hop_limit_and_DSCP_come_from_registers(Carrier carrier)
    {
        // Each answer is checked against them, and against DF and IP ID 0.
        using Bench bench = NewBench(carrier, settings: new Settings { HopLimit = 3, Dscp = 46 });
        bench.Establish();
        bench.AnsweredByAck(bench.Segment(TcpFlags.Syn, 1), bench.Iss + 1, bench.Irs + 1);
        Assert.Single(bench.Command(Order.Abort).Sent);
    }
}

/// <inheritdoc/>
public sealed class OptionRulesOnCore : OptionRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class OptionRulesOnModel : OptionRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
