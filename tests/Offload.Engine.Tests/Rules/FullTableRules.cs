using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Rules;

/// <summary>K2 with a full table, in each of its cases. On the core alone: which entry makes room is its own affair.</summary>
public sealed class FullTableRules(ITestOutputHelper printer)
{
    private const ulong Mac = 0x020000000123;

    private static readonly UInt128 Local = TcpFrame.V4(0xC0A8017B);
    private static readonly UInt128 Remote = TcpFrame.V4(0x0A000000);
    private static readonly int Capacity = Repository.BoardParameter("CONNECTIONS");

    /// <summary>What fills the table.</summary>
    public enum Filling
    {
        HalfOpen,
        TimeWait,
        Host,
    }

    [Theory]
    [InlineData(Filling.HalfOpen)]
    [InlineData(Filling.TimeWait)]
    [InlineData(Filling.Host)]
    [Trait("Rule", "K2")]
    public void A_client_connects_at_its_first_SYN(Filling filling)
    {
        using CoreTarget core = Make(filling == Filling.Host);
        for (int i = 0; i < Capacity; i++)
        {
            Fill(core, i, filling);
        }

        Assert.InRange((int)core.Core.Read("control.entries_in_use"), Capacity - 1, Capacity);
        for (int i = 0; i < 50; i++)
        {
            int client = 100_000 + i;
            uint iss = Dial(core, client);
            core.Send(Port.Net, Segment(client, TcpFlags.Ack, 101, iss + 1).ToBytes(), false);
            Output output = core.Collect();
            Assert.Empty(output.Net);
            Assert.Empty(output.Host);
            bool told = output.Events.Any(item => item["established"] == 1 && item["key_remote_address"] == Of(client).RemoteAddress);
            Assert.True(told, $"client {i} does not connect: " + string.Join(", ", core.Counters().Where(pair => pair.Value > 0).Select(pair => $"{pair.Key} {pair.Value}")));
            Assert.Equal((uint)State.Established, (uint)core.Command(Order.Read, Of(client)).Answer!["state"]);
        }

        Assert.True(core.Counters()["closed_evicted"] >= 49, "nothing made room");
        Assert.Equal(0ul, core.Counters()["cookies_no_room"]);
    }

    [Fact, Trait("Rule", "K2")]
    public void Connections_that_the_engine_owns_make_no_room()
    {
        using CoreTarget core = Make(adopt: false);
        int filled = 0;
        for (; filled < Capacity; filled++)
        {
            uint iss = Dial(core, filled);
            core.Send(Port.Net, Segment(filled, TcpFlags.Ack, 101, iss + 1).ToBytes(), false);
            core.Collect();
        }

        ulong before = core.Counters()["established"];
        uint cookie = Dial(core, 100_000);
        core.Send(Port.Net, Segment(100_000, TcpFlags.Ack, 101, cookie + 1).ToBytes(), false);
        Output output = core.Collect();
        Assert.Empty(output.Net);
        Assert.Empty(output.Host);
        Assert.Equal((before, 1ul, 0ul), (core.Counters()["established"], core.Counters()["cookies_no_room"], core.Counters()["closed_evicted"]));
        Assert.Equal(OrderStatus.Full, core.Command(Order.Open, Of(200_000)).Status);
        Assert.Empty(core.Collect().Net);
    }

    /// <summary>
    /// When the cookie was sent there was nobody who could go; then somebody can. The lock-step found that the engine did not look again, so that the
    /// cookie's ACK was turned away beside a connection in TIME-WAIT.
    /// </summary>
    [Fact, Trait("Rule", "K2")]
    public void A_connection_that_may_go_since_the_cookie_was_sent_makes_room()
    {
        using CoreTarget core = Make(adopt: false);
        uint iss = 0;
        for (int i = 0; i < Capacity; i++)
        {
            iss = Dial(core, i);
            core.Send(Port.Net, Segment(i, TcpFlags.Ack, 101, iss + 1).ToBytes(), false);
            core.Collect();
        }

        uint cookie = Dial(core, 100_000);
        ulong created = (ulong)core.Command(Order.Read, Of(Capacity - 1)).Answer!["created"];
        Assert.Equal(OrderStatus.Ok, core.Command(Order.Close, Of(Capacity - 1), new Arguments { Created = created }).Status);
        core.Send(Port.Net, Segment(Capacity - 1, TcpFlags.Fin | TcpFlags.Ack, 101, iss + 2).ToBytes(), false);
        core.Collect();
        core.Send(Port.Net, Segment(100_000, TcpFlags.Ack, 101, cookie + 1).ToBytes(), false);
        Assert.Contains(core.Collect().Events, item => item["established"] == 1 && item["key_remote_address"] == Of(100_000).RemoteAddress);
        Assert.Equal((1ul, 0ul), (core.Counters()["closed_evicted"], core.Counters()["cookies_no_room"]));
    }

    /// <summary>The oldest is the oldest also where its time of creation, 48 bits of microseconds, lies before the clock's last round (K2).</summary>
    [Fact, Trait("Rule", "K2")]
    public void The_oldest_goes_also_where_the_clock_has_gone_round()
    {
        using CoreTarget core = Make(adopt: false, start: (1ul << 48) - 5);
        for (int i = 0; i < Capacity; i++)
        {
            core.SetTime((1ul << 48) - 5 + (ulong)i);
            Dial(core, i);
        }

        Dial(core, 100_000);
        Assert.Equal(OrderStatus.Gone, core.Command(Order.Read, Of(0)).Status);
        Assert.Equal(OrderStatus.Ok, core.Command(Order.Read, Of(Capacity - 1)).Status);
    }

    /// <summary>100,000 SYNs from random addresses; two million with OFFLOAD_TEST_FULL=1.</summary>
    [Fact, Trait("Rule", "K2")]
    public void In_a_flood_every_client_connects_at_its_first_SYN()
    {
        int flood = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 2_000_000 : 100_000;
        using CoreTarget core = Make(adopt: false, threshold: 512);
        var random = new Random(7);
        int clients = 0;
        for (int sent = 0; sent < flood;)
        {
            for (int i = 0; i < 250; i++, sent++)
            {
                core.Send(Port.Net, Segment(random.Next(1 << 24), TcpFlags.Syn, (uint)random.Next(), 0).ToBytes(), false);
            }

            // A client amid the flood: it does not wait for it to end.
            int client = (1 << 24) + clients++;
            core.Send(Port.Net, Segment(client, TcpFlags.Syn, 100, 0).ToBytes(), false);
            Output output = core.Collect();
            SentSegment synAck = output.Net.Select(frame => FrameChecker.Check(frame)).Last(frame => frame.Destination == Of(client).RemoteAddress);
            core.Send(Port.Net, Segment(client, TcpFlags.Ack, 101, synAck.Seq + 1).ToBytes(), false);
            Assert.Contains(core.Collect().Events, item => item["established"] == 1 && item["key_remote_address"] == Of(client).RemoteAddress);
            core.Send(Port.Net, Segment(client, TcpFlags.Rst, 101, 0).ToBytes(), false);
            core.Collect();
        }

        IReadOnlyDictionary<string, ulong> counters = core.Counters();
        printer.WriteLine($"{flood} SYNs of a flood, {clients} clients: " + string.Join(", ", counters.Where(pair => pair.Value > 0).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.Equal((ulong)clients, counters["established"]);
        Assert.Equal((ulong)(flood + clients), counters["cookies_sent"] + counters["syn_received"] + counters["syn_repeated"] + Challenges(counters));
        Assert.InRange(counters["syn_received"], 1ul, 600ul);
    }

    private static ulong Challenges(IReadOnlyDictionary<string, ulong> counters) => counters["unsolicited_acks_sent"] + counters["unsolicited_acks_limited"];

    private static CoreTarget Make(bool adopt, uint threshold = 131071, ulong start = 1_000_000)
    {
        var listener = new EndPoint { Mac = Mac, Address = Local, Port = 80, Adopt = adopt, Backlog = 65535, Timestamps = false };
        var core = new CoreTarget(new Settings { Listeners = [listener], CookieKey = [.. Enumerable.Range(1, 16).Select(i => (byte)i)], AdoptionTimeout = 500_000, SynAckRetries = 15, CookieThreshold = threshold });
        core.SetTime(start);
        return core;
    }

    private static void Fill(CoreTarget core, int client, Filling filling)
    {
        uint iss = Dial(core, client);
        if (filling == Filling.HalfOpen)
        {
            return;
        }

        core.Send(Port.Net, Segment(client, TcpFlags.Ack, 101, iss + 1).ToBytes(), false);
        core.Collect();
        ulong created = (ulong)core.Command(Order.Read, Of(client)).Answer!["created"];
        if (filling == Filling.Host)
        {
            Assert.Equal(OrderStatus.Ok, core.Command(Order.Release, Of(client), new Arguments { Created = created }).Status);
        }
        else
        {
            Assert.Equal(OrderStatus.Ok, core.Command(Order.Close, Of(client), new Arguments { Created = created }).Status);
            core.Send(Port.Net, Segment(client, TcpFlags.Fin | TcpFlags.Ack, 101, iss + 2).ToBytes(), false);
        }

        core.Collect();
    }

    private static uint Dial(CoreTarget core, int client)
    {
        core.Send(Port.Net, Segment(client, TcpFlags.Syn, 100, 0).ToBytes(), false);
        SentSegment sent = FrameChecker.Check(Assert.Single(core.Collect().Net));
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, sent.Flags);
        return sent.Seq;
    }

    private static Flow Of(int client) => new(Local, Remote + (uint)client, 80, 5000, false, 0);

    private static TcpFrame Segment(int client, TcpFlags flags, uint seq, uint ack) => new()
    {
        DestinationMac = Mac,
        SourceMac = 0x020000000999,
        Source = Remote + (uint)client,
        Destination = Local,
        SourcePort = 5000,
        DestinationPort = 80,
        Flags = flags,
        Seq = seq,
        Ack = ack,
    };
}
