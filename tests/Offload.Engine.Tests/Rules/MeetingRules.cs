using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Two engines set against each other: both open at once (3.5, figure 7), and both close at once (3.6, figure 13).</summary>
public abstract class MeetingRules : RuleTests
{
    private const ulong MacA = 0x02000000000A;
    private const ulong MacB = 0x02000000000B;

    private static readonly UInt128 AddressA = TcpFrame.V4(0x0A000001);
    private static readonly UInt128 AddressB = TcpFrame.V4(0x0A000002);
    private static readonly Flow AtA = new(AddressA, AddressB, 80, 80, false, 0);
    private static readonly Flow AtB = new(AddressB, AddressA, 80, 80, false, 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "A1, P10, O1, O4, F1, F3, F7")]
    public void Two_opens_at_once_complete_and_two_closes_at_once(bool timestamps)
    {
        using Target a = MakeEnd(MacA, AddressA, timestamps);
        using Target b = MakeEnd(MacB, AddressB, timestamps);
        Assert.Equal(OrderStatus.Ok, a.Command(Order.Open, AtA, new Arguments { RemoteMac = MacB }).Status);
        Assert.Equal(OrderStatus.Ok, b.Command(Order.Open, AtB, new Arguments { RemoteMac = MacA }).Status);

        // SYN, SYN,ACK and ACK each way, and not one frame more.
        Assert.Equal((6, 1, 1), Meet(a, b, "established"));
        (Image atA, Image atB) = (Entry(a, AtA), Entry(b, AtB));
        Assert.Equal(((UInt128)(uint)State.Established, (UInt128)(uint)State.Established), (atA["state"], atB["state"]));
        Assert.Equal((atA["snd_nxt"], atB["snd_nxt"]), (atB["rcv_nxt"], atA["rcv_nxt"]));
        Assert.Equal((atA["iss"], atB["iss"]), (atB["irs"], atA["irs"]));
        Assert.Equal(timestamps ? 1u : 0, atA["timestamps"]);
        Assert.Equal(atA["timestamps"], atB["timestamps"]);
        Assert.Equal(1ul, a.Counters()["simultaneous_opens"]);
        Assert.Equal(1ul, b.Counters()["simultaneous_opens"]);

        Assert.Equal(OrderStatus.Ok, a.Command(Order.Close, AtA, new Arguments { Created = (ulong)atA["created"] }).Status);
        Assert.Equal(OrderStatus.Ok, b.Command(Order.Close, AtB, new Arguments { Created = (ulong)atB["created"] }).Status);
        Assert.Equal((4, 1, 1), Meet(a, b, "peer_closed"));
        (atA, atB) = (Entry(a, AtA), Entry(b, AtB));
        Assert.Equal(((UInt128)(uint)State.TimeWait, (UInt128)(uint)State.TimeWait), (atA["state"], atB["state"]));
        Assert.Equal((atA["snd_nxt"], atB["snd_nxt"]), (atB["rcv_nxt"], atA["rcv_nxt"]));
    }

    private static Image Entry(Target target, Flow flow) => Assert.IsType<Image>(target.Command(Order.Read, flow).Answer);

    private Target MakeEnd(ulong mac, UInt128 address, bool timestamps)
    {
        Target target = Create(new Settings { Listeners = [new EndPoint { Mac = mac, Address = address, Port = 80, Timestamps = timestamps }] });
        target.SetTime(1_000_000);
        return target;
    }

    /// <summary>Carries frames both ways, at the same time, until nobody has anything to say; then frames, and each side's events of a kind.</summary>
    private static (int Frames, int EventsOfA, int EventsOfB) Meet(Target a, Target b, string kind)
    {
        int frames = 0;
        int eventsOfA = 0;
        int eventsOfB = 0;
        for (int round = 0; round < 100; round++)
        {
            (Output fromA, Output fromB) = (a.Collect(), b.Collect());
            eventsOfA += fromA.Events.Count(item => item[kind] == 1);
            eventsOfB += fromB.Events.Count(item => item[kind] == 1);
            if (fromA.Net.Count + fromB.Net.Count == 0)
            {
                return (frames, eventsOfA, eventsOfB);
            }

            frames += fromA.Net.Count + fromB.Net.Count;
            fromA.Net.ForEach(frame => b.Send(Port.Net, frame, false));
            fromB.Net.ForEach(frame => a.Send(Port.Net, frame, false));
        }

        throw new InvalidOperationException("The two never fall silent.");
    }
}

/// <inheritdoc/>
public sealed class MeetingRulesOnCore : MeetingRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);
}

/// <inheritdoc/>
public sealed class MeetingRulesOnModel : MeetingRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
