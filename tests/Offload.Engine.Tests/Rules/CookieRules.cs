using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>SYN cookies, K1, K3 and K4, and what the heartbeat has to do with new connections.</summary>
public abstract class CookieRules : RuleTests
{
    private const ulong Period = 1ul << 26;

    private static readonly byte[] Key = [.. Enumerable.Range(0x30, 16).Select(i => (byte)i)];

    private static Settings Always { get; } = new() { IsnSource = IsnSource.Cookie, CookieKey = Key };

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1")]
    public void A_cookie_is_what_the_rule_says(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { WindowScale = 9 }, Always);
        foreach ((ushort? mss, uint index) in new (ushort?, uint)[] { (null, bench.Flow.IsIPv6 ? 2u : 1), (87, 0), (88, 0), (536, 1), (1359, 2), (1460, 6), (8939, 6), (65535, 7) })
        {
            byte[] options = mss is ushort offered ? new TcpOptions().Mss(offered).ToArray() : [];
            SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs) with { Options = options });
            uint period = (uint)(bench.Now / Period);
            Assert.Equal((period << 27) | (index << 24) | ((uint)Hash(bench, Key, period, index) & 0xFFFFFF), sent.Seq);
            Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, bench.Irs + 1, 1460, null, false, null), (sent.Flags, sent.Ack, sent.Mss, sent.Scale, sent.SackPermitted, sent.TsVal));
        }

        Assert.Null(bench.Entry);
        Assert.Equal((8, 0), (bench.Counted("cookies_sent"), bench.Counted("syn_received")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1")]
    public void The_ACK_of_a_cookie_makes_the_connection(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { WindowScale = 9 }, Always);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs) with { Options = TcpOptions.Linux(77, 1440, 5) });
        Assert.Equal((5u | 16, 77u, 9, true), (sent.TsVal & 63, sent.TsEcr, sent.Scale, sent.SackPermitted));
        uint clock = (uint)(bench.Now / 1024) + (uint)(Hash(bench, Key, 0, 5) >> 32);
        Assert.InRange(clock - sent.TsVal!.Value, 0u, 63u);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1) with { Options = TcpOptions.Stamp(99, sent.TsVal.Value), Window = 321 });
        Image entry = bench.Entry!;
        Assert.Equal((State.Established, (uint)Origin.Cookie, 1440u, 5u, 9u, 1u), (bench.StateNow, (uint)entry["origin"], (uint)entry["mss"], (uint)entry["peer_scale"], (uint)entry["our_scale"], (uint)entry["sack_permitted"]));
        Assert.Equal((sent.Seq, bench.Irs, sent.Seq + 1, sent.Seq + 1, bench.Irs + 1, 321u), ((uint)entry["iss"], (uint)entry["irs"], (uint)entry["snd_una"], (uint)entry["snd_nxt"], (uint)entry["rcv_nxt"], (uint)entry["peer_window"]));
        Assert.Equal((1u, 99u, (uint)(Hash(bench, Key, 0, 5) >> 32)), ((uint)entry["timestamps"], (uint)entry["ts_recent"], (uint)entry["ts_offset"]));
        Assert.Equal(1, (int)Assert.Single(bench.Events)["established"]);
        Assert.Equal(1, bench.Counted("cookies_accepted"));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1")]
    public void Anything_else_is_no_cookie(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: Always);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        for (int bit = 0; bit < 32; bit++)
        {
            bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1 + (1u << bit)));
            bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1 + (1u << bit), sent.Seq + 1));
        }

        bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1) with { SourcePort = 3338 });
        Assert.Equal((65, 0), (bench.Counted("cookies_refused"), bench.Counted("cookies_accepted")));
        bench.Passed(bench.Segment(TcpFlags.Rst | TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));
        bench.Passed(bench.Segment(TcpFlags.Syn | TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));
        Assert.Null(bench.Entry);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1"), Trait("Rule", "K4")]
    public void A_cookie_holds_for_two_periods_and_only_where_one_was_sent(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: Always);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        bench.Advance(Period);
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));
        Assert.Equal(State.Established, bench.StateNow);
        bench.Do(Order.Abort);
        bench.Events.Clear();
        bench.Mark();
        bench.Advance(Period);
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));

        // No cookie was sent in the two valid periods: not even looked at.
        Assert.Equal((0, 0), (bench.Counted("cookies_refused"), bench.Counted("cookies_accepted")));
        bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        bench.Passed(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));
        Assert.Equal((1, 0), (bench.Counted("cookies_refused"), bench.Counted("cookies_accepted")));
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K3")]
    public void Key_rotation_loses_no_handshake(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: Always);
        byte[] next = [.. Key.Select(b => (byte)(b ^ 0x55))];
        SentSegment first = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        bench.Target.CommitCookieKey(next);
        SentSegment second = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        Assert.Equal(first.Seq, second.Seq);
        bench.Advance(Period);
        SentSegment third = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        uint period = (uint)(bench.Now / Period);
        uint index = bench.Flow.IsIPv6 ? 2u : 1;
        Assert.Equal((period << 27) | (index << 24) | ((uint)Hash(bench, next, period, index) & 0xFFFFFF), third.Seq);
        foreach (SentSegment cookie in new[] { first, third })
        {
            bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, cookie.Seq + 1));
            Assert.Equal(State.Established, bench.StateNow);
            bench.Do(Order.Abort);
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K2")]
    public void Past_the_threshold_SYNs_are_answered_with_cookies(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { CookieKey = Key, CookieThreshold = 2 });
        for (ushort i = 0; i < 3; i++)
        {
            bench.FromNet(bench.Segment(TcpFlags.Syn, bench.Irs) with { SourcePort = (ushort)(100 + i) });
        }

        Assert.Equal((3, 0), (bench.Counted("syn_received"), bench.Counted("cookies_sent")));
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        Assert.Equal((3, 1), (bench.Counted("syn_received"), bench.Counted("cookies_sent")));
        bench.Dropped(bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1));
        Assert.Equal(State.Established, bench.StateNow);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1")]
    public void An_offered_cookie_connection_parks_its_data(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, new EndPoint { Adopt = true }, Always);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        TcpFrame ack = bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1, 20);
        bench.Dropped(ack);
        Assert.Equal((Owner.Parked, bench.Irs + 1), (bench.OwnerNow, bench.RcvNxt));
        Assert.Equal(ack.ToBytes(), bench.Do(Order.Release).Host[1]);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "K1")]
    public void No_key_no_cookie(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { IsnSource = IsnSource.Cookie });
        bench.Establish();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [Trait("Rule", "K1, P9")]
    public void What_comes_with_the_ACK_of_a_cookie_is_parked_where_there_is_room(int free)
    {
        using Bench bench = NewBench(Carrier.IPv4, new EndPoint { Adopt = true, Backlog = 2 }, Always);
        SentSegment sent = bench.Answered(bench.Segment(TcpFlags.Syn, bench.Irs));
        TcpFrame first = bench.Segment(TcpFlags.Ack, bench.Irs + 1, sent.Seq + 1, 10);

        // Another connection, whose data takes the slots.
        uint other = bench.FromNet(bench.Segment(TcpFlags.Syn, bench.Irs) with { SourcePort = 99 }).Only.Seq;
        for (int i = 0; i < bench.Settings.ParkSlots - free; i++)
        {
            bench.FromNet(first with { SourcePort = 99, Seq = bench.Irs + 1 + (10 * (uint)i), Ack = other + 1 });
        }

        bench.Mark();
        bench.Dropped(first);
        Assert.Equal((State.Established, Owner.Parked), (bench.StateNow, bench.OwnerNow));
        Assert.Equal((free, 1 - free), (bench.Counted("parked"), bench.Counted("park_full")));
        Assert.Equal(1 + free, bench.Do(Order.Release).Host.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Rule", "C1")]
    public void Without_a_heartbeat_nothing_new_is_accepted(int action)
    {
        using Bench bench = NewBench(Carrier.IPv4, new EndPoint { HostLost = (HostLost)action }, new Settings { HeartbeatTimeout = 2000 });
        bench.Target.Beat();
        bench.Establish();
        bench.Advance(2000 * 1024);
        Outcome refused = bench.FromNet(bench.Segment(TcpFlags.Syn, 5) with { SourcePort = 99 });
        Assert.Equal((action == 0 ? 1 : 0, action == 1 ? 1 : 0), (refused.Host.Count, refused.Net.Count));
        Assert.Equal((1, 0), (bench.Counted("host_lost_refused"), bench.Counted("syn_received")));
        bench.Answered(bench.Segment(TcpFlags.Fin | TcpFlags.Ack, bench.RcvNxt, bench.SndNxt));
        bench.Target.Beat();
        Assert.Single(bench.FromNet(bench.Segment(TcpFlags.Syn, 5) with { SourcePort = 99 }).Net);
        Assert.Equal(1, bench.Counted("syn_received"));
    }

    /// <summary>SipHash over SEG.SEQ, period, index and tuple, put together here once more.</summary>
    private static ulong Hash(Bench bench, byte[] key, uint period, uint index)
    {
        var message = new byte[44];
        BinaryPrimitives.WriteUInt32BigEndian(message, bench.Irs);
        message[4] = (byte)(period >> 16);
        message[5] = (byte)(period >> 8);
        message[6] = (byte)period;
        message[7] = (byte)index;
        BinaryPrimitives.WriteUInt128BigEndian(message.AsSpan(8), bench.Flow.LocalAddress);
        BinaryPrimitives.WriteUInt128BigEndian(message.AsSpan(24), bench.Flow.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(40), bench.Flow.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(42), bench.Flow.RemotePort);
        return SipHash24.Of(key, message);
    }
}

/// <inheritdoc/>
public sealed class CookieRulesOnCore : CookieRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class CookieRulesOnModel : CookieRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
