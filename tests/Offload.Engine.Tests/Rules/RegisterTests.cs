using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>What the host sees of the core beside the rules: bus, events, interrupt, counters, a full table, resets.</summary>
public sealed class RegisterTests
{
    private static readonly Settings Listening = new() { Listeners = World.Listeners };

    [Fact]
    public void The_core_says_what_it_is()
    {
        using var core = new Core();
        Assert.Equal(0x4F46464Cu, core.Read("identity.magic"));
        Assert.Equal((2048u, 16u, 4096u, 1522u), (core.Read("identity.connections"), core.Read("identity.listeners"), core.Read("identity.event_depth"), core.Read("identity.max_frame")));
        Assert.All(core.Read("identity.map_hash", 8), word => Assert.NotEqual(0u, word));
    }

    [Fact]
    public void The_bus_refuses_what_is_not_there_and_what_may_not_be_written()
    {
        using var core = new Core();
        var word = new uint[1];
        Assert.Equal(3, core.TryRead(0x1FFC, word));
        Assert.Equal(3, core.TryWrite(0xFFFC, word));
        Assert.Equal(2, core.TryWrite(RegisterSource.Address("identity.magic"), word));
        Assert.Equal(2, core.TryWrite(RegisterSource.Address("event.event"), word));
        Assert.Equal(2, core.TryWrite(RegisterSource.Address("control.status"), word));
        Assert.Equal(0x4F46464Cu, core.Read("identity.magic"));
    }

    [Fact]
    public void Unused_bits_read_as_zero()
    {
        using var core = new Core();
        core.Write("tcp.rto_initial", 0xFFFFFFFF);
        core.Write("listener.slot", 0xFFFFFF03);
        Assert.Equal((0xFFFFFu, 3u), (core.Read("tcp.rto_initial"), core.Read("listener.slot")));
    }

    [Fact]
    public void Time_is_what_the_board_says()
    {
        using var core = new Core();
        core.SetTime(0x0123_4567_89AB_CDEF);
        Assert.Equal((0x89ABCDEFu, 0x01234567u), (core.Read("control.timebase_low"), core.Read("control.timebase_high")));
    }

    [Fact]
    public void A_listener_is_committed_as_a_whole_and_an_unknown_action_is_refused()
    {
        using var core = new Core();
        EndPoint first = World.Listeners[3];
        core.Listen(5, first);
        Image Committed() => new("listener", core.Read("listener.committed", Image.Words("listener")));
        Assert.True(first.ToImage().Same(Committed()));
        core.Write("listener.staging", World.Listeners[0].ToImage().ToWords());
        Assert.True(first.ToImage().Same(Committed()));
        Image unknown = World.Listeners[0].ToImage();
        unknown["action"] = 3;
        core.Write("listener.staging", unknown.ToWords());
        core.Write("listener.action", 1);
        Assert.True(first.ToImage().Same(Committed()));
    }

    [Fact]
    public void The_placement_key_is_locked_once_taken_or_enabled()
    {
        using var core = new Core();
        int set = RegisterSource.Lsb("control.status.placement_key_set");
        Assert.Equal(0u, (core.Read("control.status") >> set) & 1);
        core.Configure(Listening, keys: false);
        core.Write("isn.placement_key", [1, 2, 3]);
        core.Write("isn.key_commit", RegisterSource.Place("isn.key_commit.placement", 1));
        Assert.Equal(0u, (core.Read("control.status") >> set) & 1);
    }

    [Fact]
    public void The_interrupt_follows_the_event_queue_its_mask_and_its_coalescing_time()
    {
        using var core = new Core();
        core.Configure(Listening);
        core.SetTime(1_000_000);
        OpenFlow(core, 1);
        Assert.False(core.Interrupt);
        Assert.Equal(1u, core.Read("control.interrupt_status"));
        core.Write("control.interrupt_enable", 1);
        core.Settle();
        Assert.True(core.Interrupt);
        Assert.Single(core.TakeEvents());
        core.Settle();
        Assert.False(core.Interrupt);
        core.Write("control.interrupt_coalesce", 500);
        OpenFlow(core, 2);
        Assert.False(core.Interrupt);
        core.SetTime(1_000_499);
        Assert.False(core.Interrupt);
        core.SetTime(1_000_501);
        Assert.True(core.Interrupt);
    }

    [Fact]
    public void A_repeated_pop_drops_nothing_twice()
    {
        using var core = new Core();
        core.Configure(Listening);
        OpenFlow(core, 1);
        OpenFlow(core, 2);
        uint head = core.Read("event.status") >> 16;
        core.Write("event.pop", head);
        core.Write("event.pop", head);
        Assert.Equal((1u, head + 1), (core.Read("event.status") & 0xFFFF, core.Read("event.status") >> 16));
    }

    [Fact]
    public void A_full_event_queue_loses_and_counts_but_the_table_holds_the_truth()
    {
        using var core = new Core();
        core.Configure(Listening);
        int depth = (int)core.Read("identity.event_depth");
        const int Kept = 300;
        for (int i = 0; i < depth / 2; i++)
        {
            OpenFlow(core, i);
            core.Send(Port.Net, (Syn(i) with { Flags = TcpFlags.Rst, Seq = 1001 }).ToBytes());
        }

        for (int i = 0; i < Kept; i++)
        {
            OpenFlow(core, (depth / 2) + i);
        }

        Dictionary<string, ulong> counters = core.Counters();
        List<Image> events = core.TakeEvents();
        Assert.Equal(depth, events.Count);
        ulong lost = core.Read("event.lost_low") | ((ulong)core.Read("event.lost_high") << 32);
        Assert.Equal((ulong)(depth + Kept - events.Count), lost);
        Assert.Equal((lost, (ulong)events.Count, (ulong)((depth / 2) + Kept)), (counters["events_lost"], counters["events_queued"], counters["established"]));
        Assert.Equal(Enumerable.Range(0, depth).Select(number => PortOf(number / 2)), events.Select(item => (int)item["key_remote_port"]));
        Dictionary<int, Image> table = core.Table();
        Assert.Equal(Kept, table.Values.Count(entry => (State)(int)entry["state"] == State.Established));
        Assert.Equal(Kept, table.Values.Select(entry => entry["key_remote_port"]).Distinct().Count());
    }

    [Fact]
    public void Every_entry_can_be_used_and_the_next_SYN_is_dropped_and_counted()
    {
        using var core = new Core();
        core.Configure(Listening);
        for (int i = 0; i < 2060; i++)
        {
            core.Send(Port.Net, Syn(i).ToBytes());
            if (i % 32 == 31)
            {
                core.Settle();
            }
        }

        core.Settle();
        Assert.Equal(2048, core.ReceiveAll(Port.Net).Count);
        Dictionary<string, ulong> counters = core.Counters();
        Assert.Equal((2048ul, 12ul), (counters["syn_received"], counters["table_full"]));
        Assert.Equal((2048u, 2048u), (core.Read("control.entries_in_use"), core.Read("control.entries_peak")));
        (OrderStatus status, _) = core.Command(Order.Flush, World.Flows[0], new Arguments { All = true });
        Assert.Equal(OrderStatus.Ok, status);
        core.Settle();
        Assert.Equal((0u, 2048u), (core.Read("control.entries_in_use"), core.Read("control.entries_peak")));
        Assert.Equal(2048ul, core.Counters()["closed_flushed"]);
        core.Send(Port.Net, Syn(1).ToBytes());
        core.Settle();
        Assert.Single(core.ReceiveAll(Port.Net));
    }

    [Fact]
    public void A_soft_reset_puts_everything_back()
    {
        using var core = new Core();
        core.Configure(Listening with { AckInterval = 7 });
        OpenFlow(core, 1);
        core.Write("control.reset", 1);
        core.AwaitReady();
        core.Settle();
        Assert.Equal((489u, 0u, 0u, 0u), (core.Read("tcp.unsolicited_ack_interval"), core.Read("control.control"), core.Read("control.entries_in_use"), core.Read("event.status")));
        Assert.All(core.Counters(), pair => Assert.Equal(0ul, pair.Value));
        Assert.Empty(core.Table());
        core.Configure(Listening);
        OpenFlow(core, 1);
        Assert.Single(core.TakeEvents());
    }

    [Fact]
    public void A_command_of_no_kind_is_invalid_and_those_to_come_are_unsupported()
    {
        using var core = new Core();
        core.Configure(Listening);
        Assert.Equal(OrderStatus.Invalid, core.Command((Order)0, World.Flows[0]).Status);
        Assert.Equal(OrderStatus.Invalid, core.Command((Order)200, World.Flows[0]).Status);
        Assert.All(new[] { Order.Close, Order.Abort, Order.Hold, Order.Release, Order.Take }, order => Assert.Equal(OrderStatus.Gone, core.Command(order, World.Flows[0]).Status));
        Assert.Equal(OrderStatus.Gone, core.Command(Order.Read, World.Flows[0]).Status);
    }

    private static int PortOf(int number) => 2000 + number;

    private static TcpFrame Syn(int number) => new()
    {
        DestinationMac = World.ServerMac,
        SourceMac = World.ClientMac,
        Source = World.Flows[0].RemoteAddress,
        Destination = World.Flows[0].LocalAddress,
        SourcePort = (ushort)PortOf(number),
        DestinationPort = 80,
        Flags = TcpFlags.Syn,
        Seq = 1000,
    };

    private static void OpenFlow(Core core, int number)
    {
        core.Send(Port.Net, Syn(number).ToBytes());
        core.Settle();
        SentSegment answer = FrameChecker.Check(Assert.Single(core.ReceiveAll(Port.Net)));
        core.Send(Port.Net, (Syn(number) with { Flags = TcpFlags.Ack, Seq = 1001, Ack = answer.Seq + 1 }).ToBytes());
        core.Settle();
        Assert.Empty(core.ReceiveAll(Port.Net));
    }
}
