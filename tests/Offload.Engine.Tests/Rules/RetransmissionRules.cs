using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Timers of many connections that end together.</summary>
public sealed class RetransmissionRules
{
    private const ulong Mac = 0x020000000123;
    private const ulong Start = 1_000_000;
    private const ulong Second = 1_000_000;

    private static readonly UInt128 Local = new(0x20010DB800000000, 1);
    private static readonly UInt128 Remote = new(0x20010DB800000000, 0x10000);

    [Fact, Trait("Rule", "P8")]
    public void What_a_whole_table_has_to_say_again_is_all_said()
    {
        int clients = Repository.BoardParameter("CONNECTIONS");
        using var core = new CoreTarget(new Settings { Listeners = [new EndPoint { Mac = Mac, Address = Local, Port = 80, Backlog = 65535 }] });
        core.SetTime(Start);
        for (int client = 0; client < clients; client++)
        {
            core.Send(Port.Net, Syn(client), false);
            Assert.Single(core.Collect().Net);
        }

        // Frames of two beats at 512 bits, of which a sweep could ask for one a clock.
        core.SetTime(Start + (2 * Second));
        List<SentSegment> again = [.. core.Collect().Net.Select(frame => FrameChecker.Check(frame))];
        Assert.Equal(clients, again.Select(segment => segment.Destination).Distinct().Count());
        Assert.Equal((0ul, (ulong)clients), (core.Counters()["replies_dropped"], core.Counters()["syn_ack_timeouts"]));
    }

    private static byte[] Syn(int client) => new TcpFrame
    {
        DestinationMac = Mac,
        SourceMac = 0x020000000999,
        Source = Remote + (uint)client,
        SourcePort = 5000,
        Destination = Local,
        DestinationPort = 80,
        Flags = TcpFlags.Syn,
        Seq = 100,
        Options = TcpOptions.Linux(1),
    }.ToBytes();
}
