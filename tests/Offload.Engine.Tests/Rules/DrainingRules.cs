using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>What happens while a RELEASE drains. The host port is held up to keep it there; only the core has such a moment.</summary>
public sealed class DrainingRules
{
    [Fact, Trait("Rule", "P9")]
    public void While_draining_newer_segments_queue_behind_and_the_host_may_send()
    {
        CoreTarget? made = null;
        using var bench = new Bench(settings => made = new CoreTarget(settings), Carrier.IPv4, new EndPoint { Adopt = true });
        Core core = made!.Core;
        bench.Offer();
        uint rcvNxt = bench.RcvNxt;
        uint sndNxt = bench.SndNxt;
        List<byte[]> sent = [];
        TcpFrame Next()
        {
            TcpFrame frame = bench.Segment(TcpFlags.Ack, rcvNxt + (uint)(sent.Count * 700), sndNxt, 700);
            sent.Add(frame.ToBytes());
            return frame;
        }

        for (int i = 0; i < 6; i++)
        {
            bench.Dropped(Next());
        }

        ulong created = (ulong)bench.Entry!["created"];
        core.SetReady(Port.Host, 0);
        core.Start(Order.Release, bench.Flow, new Arguments { Created = created });
        core.Run(2000);
        for (int i = 0; i < 3; i++)
        {
            core.Send(Port.Net, Next().ToBytes());
        }

        byte[] hosts = bench.HostSegment(TcpFlags.Ack, sndNxt, rcvNxt + 700, 40).ToBytes();
        core.Send(Port.Host, hosts);
        core.Run(2000);
        Assert.Null(core.Answer());
        Assert.Equal(hosts, core.Receive(Port.Net));
        core.SetReady(Port.Host, ~0ul);
        core.Settle();
        Assert.Equal(OrderStatus.Ok, core.Answer()!.Value.Status);
        List<byte[]> host = core.ReceiveAll(Port.Host);
        Assert.Equal(TcpFlags.Ack, FrameChecker.Check(host[0]).Flags);
        Assert.Equal(sent, host[1..]);
        Assert.Equal((Owner.Host, rcvNxt + (9 * 700), sndNxt + 40), (bench.OwnerNow, bench.RcvNxt, bench.SndNxt));
        bench.Passed(Next());
    }
    /// <summary>A segment that comes at any clock of a RELEASE, its end above all, follows what is parked and is not lost.</summary>
    [Fact, Trait("Rule", "P9")]
    public void A_segment_may_come_at_any_clock_of_a_release()
    {
        CoreTarget? made = null;
        for (uint clocks = 0; clocks < 160; clocks++)
        {
            using var bench = new Bench(settings => made = new CoreTarget(settings), Carrier.IPv4, new EndPoint { Adopt = true });
            Core core = made!.Core;
            bench.Offer();
            uint rcvNxt = bench.RcvNxt;
            byte[] first = bench.Segment(TcpFlags.Ack, rcvNxt, bench.SndNxt, 10).ToBytes();
            byte[] second = bench.Segment(TcpFlags.Ack, rcvNxt + 10, bench.SndNxt, 10).ToBytes();
            core.Send(Port.Net, first);
            core.Settle();
            core.Start(Order.Release, bench.Flow, new Arguments { Created = (ulong)bench.Entry!["created"] });
            core.Run(clocks);
            core.Send(Port.Net, second);
            core.Settle();
            Assert.Equal(OrderStatus.Ok, core.Answer()!.Value.Status);
            Assert.Equal([first, second], core.ReceiveAll(Port.Host)[1..]);
            Assert.Equal((Owner.Host, rcvNxt + 20), (bench.OwnerNow, bench.RcvNxt));
        }
    }
}
