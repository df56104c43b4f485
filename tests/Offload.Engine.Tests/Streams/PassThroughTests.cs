using System.Numerics;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Streams;

/// <summary>What the engine does not own goes through in both directions, untouched and in order.</summary>
public sealed class PassThroughTests
{
    private const int Smallest = 60;
    private const int Largest = 1522;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Frames_of_all_sizes_come_out_equal_and_in_order(int seed)
    {
        using var core = new Core();
        core.Configure(new Settings { Listeners = World.Listeners });
        var random = new Random(seed);
        const int Frames = 25_000;
        int done = 0;
        while (done < Frames)
        {
            // 24 frames of a side fit the frame FIFO, so that any pattern that lets them out at last loses none.
            core.SetReady(Port.Net, Pattern(random));
            core.SetReady(Port.Host, Pattern(random));
            List<byte[]> fromNet = [.. Enumerable.Range(done, 24).Select(i => MakeFrame(random, i))];
            List<byte[]> fromHost = [.. Enumerable.Range(done, 24).Select(i => MakeFrame(random, (i * 7) + 3))];
            for (int i = 0; i < fromNet.Count; i++)
            {
                core.Send(Port.Net, fromNet[i]);
                core.Send(Port.Host, fromHost[i]);
            }

            core.Settle();
            string? fault = StreamJudge.Equal(fromNet, core.ReceiveAll(Port.Host)) ?? StreamJudge.Equal(fromHost, core.ReceiveAll(Port.Net));
            Assert.True(fault is null, fault);
            done += fromNet.Count + fromHost.Count;
        }

        Dictionary<string, ulong> counters = core.Counters();
        Assert.Equal((ulong)done, counters["net_frames_passed"] + counters["host_frames_passed"]);
        Assert.Equal(0ul, counters["net_dropped_full"] + counters["host_dropped_full"] + counters["net_dropped_length"] + counters["host_dropped_length"]);
    }

    [Theory]
    [InlineData(11, 0x0000_0000_0000_0001ul, 0x8000_0000_0001_0000ul)]
    [InlineData(12, 0x0101_0101_0101_0101ul, 0x0000_0001_0000_0001ul)]
    [InlineData(13, 0x0000_0000_0000_0002ul, ulong.MaxValue)]
    public void With_more_back_pressure_whole_frames_are_dropped_and_counted(int seed, ulong netReady, ulong hostReady)
    {
        using var core = new Core();
        core.Configure(new Settings { Listeners = World.Listeners });
        var random = new Random(seed);
        core.SetReady(Port.Net, netReady);
        core.SetReady(Port.Host, hostReady);
        List<byte[]> fromNet = [.. Enumerable.Range(0, 1000).Select(i => MakeFrame(random, i))];
        List<byte[]> fromHost = [.. Enumerable.Range(0, 1000).Select(i => MakeFrame(random, i))];
        var atHost = new List<byte[]>();
        var atNet = new List<byte[]>();
        for (int i = 0; i < fromNet.Count; i++)
        {
            core.Send(Port.Net, fromNet[i]);
            core.Send(Port.Host, fromHost[i]);
            core.Run((uint)random.Next(40));
            atHost.AddRange(core.ReceiveAll(Port.Host));
            atNet.AddRange(core.ReceiveAll(Port.Net));
        }

        core.Settle();
        atHost.AddRange(core.ReceiveAll(Port.Host));
        atNet.AddRange(core.ReceiveAll(Port.Net));
        string? fault = StreamJudge.Ordered(fromNet, atHost) ?? StreamJudge.Ordered(fromHost, atNet);
        Assert.True(fault is null, fault);
        Dictionary<string, ulong> counters = core.Counters();
        Assert.Equal((1000ul, (ulong)atHost.Count, 1000ul - (ulong)atHost.Count), (counters["net_frames_received"], counters["net_frames_passed"], counters["net_dropped_full"]));
        Assert.Equal((1000ul, (ulong)atNet.Count, 1000ul - (ulong)atNet.Count), (counters["host_frames_received"], counters["host_frames_passed"], counters["host_dropped_full"]));
        Assert.True(counters["net_dropped_full"] + counters["host_dropped_full"] > 0, "the pattern did not press hard enough to show anything");
        Assert.True(atHost.Count > 20 && atNet.Count > 20);
    }

    [Fact]
    public void An_outlet_that_stands_still_and_goes_on_loses_only_what_does_not_fit()
    {
        using var core = new Core();
        core.SetReady(Port.Host, 0);
        var random = new Random(5);
        List<byte[]> sent = [.. Enumerable.Range(0, 200).Select(i => MakeFrame(random, 1400 - Smallest))];
        foreach (byte[] frame in sent)
        {
            core.Send(Port.Net, frame);
        }

        core.Run(20_000);
        Assert.Empty(core.ReceiveAll(Port.Host));
        core.SetReady(Port.Host, ulong.MaxValue);
        core.Settle();
        List<byte[]> received = core.ReceiveAll(Port.Host);
        // What fits is at the head of the stream; only the tail is lost.
        Assert.Null(StreamJudge.Equal([.. sent.Take(received.Count)], received));
        Assert.InRange(received.Count, 40, 60);
        Assert.Equal((ulong)(sent.Count - received.Count), core.Counters()["net_dropped_full"]);
    }

    [Fact]
    public void Frames_that_are_too_long_too_short_or_marked_are_dropped_and_counted()
    {
        using var core = new Core();
        core.Configure(new Settings { Listeners = World.Listeners });
        var random = new Random(9);
        foreach (Port port in new[] { Port.Net, Port.Host })
        {
            var passed = new List<byte[]>();
            int dropped = 0;
            for (int i = 0; i < 300; i++)
            {
                byte[] frame = (i % 6) switch
                {
                    0 => MakeFrameOf(random, Largest + 1 + random.Next(2000)),
                    1 => new byte[random.Next(1, 14)],
                    2 => MakeFrame(random, random.Next(Largest - Smallest)),
                    3 => MakeFrame(random, Largest - Smallest),
                    4 => MakeFrame(random, random.Next(200))[..14],
                    _ => MakeFrame(random, random.Next(Largest - Smallest)),
                };
                bool bad = i % 6 == 2;
                core.Send(port, frame, bad);
                if (bad || frame.Length is < 14 or > Largest)
                {
                    dropped++;
                }
                else
                {
                    passed.Add(frame);
                }

                if (i % 12 == 11)
                {
                    core.Settle();
                }
            }

            string? fault = StreamJudge.Equal(passed, core.ReceiveAll(port == Port.Net ? Port.Host : Port.Net));
            Assert.True(fault is null, fault);
            Dictionary<string, ulong> counters = core.Counters();
            string side = port == Port.Net ? "net" : "host";
            Assert.Equal((300ul, (ulong)passed.Count, (ulong)dropped), (counters[side + "_frames_received"], counters[side + "_frames_passed"], counters[side + "_dropped_length"]));
        }
    }

    /// <summary>At least one clock in eight takes a beat.</summary>
    private static ulong Pattern(Random random)
    {
        ulong pattern;
        do
        {
            pattern = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            pattern &= random.Next(2) == 0 ? ulong.MaxValue : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }
        while (BitOperations.PopCount(pattern) < 8);

        return random.Next(4) == 0 ? ulong.MaxValue : pattern;
    }

    /// <summary>Number by number all sizes from 60 to 1,522.</summary>
    private static byte[] MakeFrame(Random random, int number) => MakeFrameOf(random, Smallest + (number % (Largest - Smallest + 1)));

    /// <summary>Nobody's TCP, UDP, ARP, noise; tagged and untagged.</summary>
    private static byte[] MakeFrameOf(Random random, int length)
    {
        var frame = new byte[length];
        random.NextBytes(frame);
        byte[] head = random.Next(6) switch
        {
            0 => new TcpFrame
            {
                DestinationMac = World.ServerMac,
                SourceMac = World.ClientMac,
                Source = TcpFrame.V4(0x0A000001),
                Destination = TcpFrame.V4(0x0A000002),
                SourcePort = 5,
                DestinationPort = 6,
                Flags = TcpFlags.Ack,
                Data = new byte[length - 54],
            }.ToBytes(),
            1 => Hex.Parse("ffffffffffff 020000000001 0806 0001 0800 0604 0001"),
            2 => Hex.Parse("020000000001 0200000000c0 8100 0064 0800 4500 0028 0001 4000 4011"),
            3 => Hex.Parse("020000000001 0200000000c0 86dd 6000 0000 0014 2c40"),
            _ => [2, 0, 0, 0, 0, 1],
        };
        head.AsSpan(0, Math.Min(head.Length, length)).CopyTo(frame);
        return frame;
    }
}
