using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>S5 in the large: engines that disagree fall silent, and what one connection does tells nothing of another.</summary>
public abstract class SilenceRules : RuleTests
{
    private const ulong MacA = 0x02000000000A;
    private const ulong MacB = 0x02000000000B;

    private static readonly UInt128 AddressA = TcpFrame.V4(0x0A000001);
    private static readonly UInt128 AddressB = TcpFrame.V4(0x0A000002);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S5")]
    public void Two_engines_out_of_step_fall_silent(bool closing)
    {
        using Target a = MakeEnd(MacA, AddressA);
        using Target b = MakeEnd(MacB, AddressB);
        Join(a, MacA, AddressA, MacB, AddressB, 1000);
        Join(b, MacB, AddressB, MacA, AddressA, 0x80001000);
        if (closing)
        {
            // Both send FINs that the other can make nothing of, and send them again, and then give up.
            var flow = new Flow(AddressA, AddressB, 80, 80, false, 0);
            ulong created = (ulong)a.Command(Order.Read, flow).Answer!["created"];
            Assert.Equal(OrderStatus.Ok, a.Command(Order.Close, flow, new Arguments { Created = created }).Status);
        }
        else
        {
            a.Send(Port.Net, Frame(MacB, AddressB, MacA, AddressA, TcpFlags.Ack, 77, 88).ToBytes(), false);
        }

        int frames = 0;
        int late = 0;
        for (ulong second = 2; second < 900; second++)
        {
            int now = 0;
            for (int sent = 1; sent > 0 && now < 1000; now += sent)
            {
                sent = Carry(a, b) + Carry(b, a);
            }

            Assert.True(now < 10, $"{now} frames in one instant");
            frames += now;
            late = now > 0 ? (int)second : late;
            a.SetTime(second * 1_000_000);
            b.SetTime(second * 1_000_000);
        }

        Assert.InRange(frames, 1, closing ? 60 : 4);
        Assert.InRange(late, 0, closing ? 600 : 3);
    }

    [Fact, Trait("Rule", "S5")]
    public void The_probe_of_CVE_2016_5696_counts_the_same_with_and_without_a_victim()
    {
        int Probe(bool victim)
        {
            using Bench bench = NewBench(Carrier.IPv4);
            bench.Establish(TcpOptions.Linux(5));
            if (victim)
            {
                TcpFrame syn = bench.Segment(TcpFlags.Syn, 5000) with { SourcePort = 4000 };
                uint iss = bench.Answered(syn).Seq;
                bench.FromNet(bench.Segment(TcpFlags.Ack, 5001, iss + 1) with { SourcePort = 4000, Options = default });
            }

            int heard = 0;
            for (int round = 0; round < 20; round++)
            {
                // In the victim's name: SYNs, resets and ACKs that would each draw a challenge.
                foreach (TcpFlags flags in new[] { TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Ack })
                {
                    for (uint i = 0; i < 100; i++)
                    {
                        bench.FromNet(bench.Segment(flags, 5002 + i, 1) with { SourcePort = 4000, Options = default });
                    }
                }

                // The prober's own connection: what it hears is all that it learns.
                for (uint i = 0; i < 120; i++)
                {
                    heard += bench.FromNet(bench.Segment(TcpFlags.Rst, bench.RcvNxt + 1 + i)).Net.Count;
                }

                bench.Advance(1_000_000);
            }

            return heard;
        }

        int without = Probe(victim: false);
        Assert.Equal(20, without);
        Assert.Equal(without, Probe(victim: true));
    }

    private Target MakeEnd(ulong mac, UInt128 address)
    {
        Target target = Create(new Settings { Listeners = [new EndPoint { Mac = mac, Address = address, Port = 80, Timestamps = false }], RtoInitial = 977 });
        target.SetTime(1_000_000);
        return target;
    }

    /// <summary>A connection that a third party made in the other's name.</summary>
    private static void Join(Target target, ulong mac, UInt128 address, ulong peerMac, UInt128 peer, uint irs)
    {
        target.Send(Port.Net, Frame(peerMac, peer, mac, address, TcpFlags.Syn, irs, 0).ToBytes(), false);
        SentSegment synAck = FrameChecker.Check(Assert.Single(target.Collect().Net));
        target.Send(Port.Net, Frame(peerMac, peer, mac, address, TcpFlags.Ack, irs + 1, synAck.Seq + 1).ToBytes(), false);
        Assert.Single(target.Collect().Events);
    }

    private static TcpFrame Frame(ulong fromMac, UInt128 from, ulong toMac, UInt128 to, TcpFlags flags, uint seq, uint ack) => new()
    {
        DestinationMac = toMac,
        SourceMac = fromMac,
        Source = from,
        Destination = to,
        SourcePort = 80,
        DestinationPort = 80,
        Flags = flags,
        Seq = seq,
        Ack = ack,
    };

    private static int Carry(Target from, Target to)
    {
        List<byte[]> frames = from.Collect().Net;
        frames.ForEach(frame => to.Send(Port.Net, frame, false));
        return frames.Count;
    }
}

/// <inheritdoc/>
public sealed class SilenceRulesOnCore : SilenceRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class SilenceRulesOnModel : SilenceRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
