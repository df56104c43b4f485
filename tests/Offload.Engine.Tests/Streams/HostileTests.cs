using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Streams;

/// <summary>
/// Random and mutated frames, 50,000 of them (1,000,000 with OFFLOAD_TEST_FULL=1): the core never hangs, opens nothing that the model
/// denies, sends nothing wrong, and loses no count.
/// </summary>
public sealed class HostileTests
{
    private const int FramesOfASeed = 10_000;
    private const ulong Start = 1_000_000;

    private static readonly string[] Biting =
    [
        "frames_sent", "established", "dropped_tcp_checksum", "dropped_malformed", "dropped_flags", "sequence_unacceptable", "net_frames_passed", "net_dropped_length",
    ];

    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 100 : 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Hostile_frames_do_no_harm(int seed)
    {
        var settings = new Settings { Listeners = World.Listeners, TestEnable = true, IsnSource = seed % 2 == 0 ? IsnSource.Fixed : IsnSource.Rfc6528, FixedIsn = 0xFFFFFFFF };
        List<Step> steps = MakeSteps(seed, settings, out TcpModel model);
        string? report = LockstepReport.Check($"hostile seed {seed}", steps, settings, Start, created => new CheckedCore(created));
        Assert.True(report is null, report);

        // What the model did with them shows that they bite: some answered, some let in, some refused for each reason.
        Assert.All(Biting, counter => Assert.True(model.Counters[counter] > 10, counter));
    }

    [Fact]
    public void A_core_that_opens_what_the_model_denies_is_told()
    {
        var settings = new Settings { Listeners = World.Listeners };
        List<Step> steps = MakeSteps(1, settings, out _);
        Assert.NotNull(LockstepReport.Check("wrong", steps, settings, Start, created => new ModelTarget(created, Fault.AcceptsAnyAck), patience: TimeSpan.Zero));
    }

    private static List<Step> MakeSteps(int seed, Settings settings, out TcpModel model)
    {
        var random = new Random(seed);
        model = new TcpModel(settings);
        model.AdvanceTo(Start);
        var steps = new List<Step>();
        int frames = 0;
        while (frames < FramesOfASeed)
        {
            var pause = new AdvanceStep { Microseconds = (ulong)random.Next(1024, 40_000) };
            steps.Add(pause);
            model.AdvanceTo(model.Time + pause.Microseconds);
            for (int i = random.Next(1, 24); i > 0; i--)
            {
                byte[] frame = Make(random, model);
                var step = new FrameStep { Bytes = Hex.Format(frame), Marked = random.Next(100) == 0, Together = i > 1 };
                model.FromNet(frame, step.Marked);
                steps.Add(step);
                frames++;
            }
        }

        return steps;
    }

    /// <summary>A core whose every segment of its own is judged by the independent checker. Nothing comes from the host in these tests.</summary>
    private sealed class CheckedCore(Settings settings) : CoreTarget(settings)
    {
        public override Output Collect()
        {
            Output output = base.Collect();
            foreach (byte[] frame in output.Net)
            {
                FrameChecker.Check(frame);
            }

            return output;
        }
    }

    private static byte[] Make(Random random, TcpModel model)
    {
        if (random.Next(8) == 0)
        {
            var noise = new byte[random.Next(1, random.Next(4) == 0 ? 1600 : 140)];
            random.NextBytes(noise);
            return noise;
        }

        int flow = random.Next(World.Flows.Count);
        model.Table.TryGetValue(World.Flows[flow], out Connection? connection);
        var step = new SegmentStep
        {
            Flow = flow,
            Flags = connection is null ? TcpFlags.Syn : random.Next(3) == 0 ? (TcpFlags)random.Next(256) : TcpFlags.Ack,
            SeqFrom = From.RcvNxt,
            AckFrom = From.SndNxt,
            Seq = connection is null ? (uint)random.Next() : random.Next(4) == 0 ? (uint)random.Next(-70000, 70000) : 0,
            Ack = random.Next(3) == 0 ? (uint)random.Next(-3, 3) : 0,
            Data = random.Next(3) == 0 ? random.Next(200) : 0,
            Window = (ushort)random.Next(65536),
            Options = (Shape)random.Next(Enum.GetValues<Shape>().Length),
            Salt = random.Next(),
            Damage = random.Next(10) == 0 ? (Damage)random.Next(8) : Damage.None,
        };
        byte[] frame = step.ToFrame(World.Flows[flow], connection);
        return random.Next(3) == 0 ? frame : Mutate(random, frame);
    }

    /// <summary>Bits, bytes, cuts and growth; every other frame gets right checksums again, so that it is looked at.</summary>
    private static byte[] Mutate(Random random, byte[] frame)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(Math.Min(frame.Length, 120));
            frame[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(frame[at] ^ (1 << random.Next(8)));
        }

        frame = random.Next(12) switch
        {
            0 => frame[..random.Next(1, frame.Length)],
            1 => [.. frame, .. new byte[random.Next(1, 100)]],
            2 => [.. frame, .. Enumerable.Range(0, random.Next(1, 1600)).Select(_ => (byte)random.Next(256))],
            _ => frame,
        };
        return random.Next(2) == 0 ? frame : Repair(frame);
    }

    private static byte[] Repair(byte[] frame)
    {
        int ip = frame.Length > 14 && frame[12] == 0x81 && frame[13] == 0 ? 18 : 14;
        if (frame.Length < ip + 60)
        {
            return frame;
        }

        bool ipv6 = frame[ip - 2] == 0x86;
        int tcp = ip + (ipv6 ? 40 : 20);
        int length = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(ip + (ipv6 ? 4 : 2))) - (ipv6 ? 0 : 20);
        if (length < 20 || tcp + length > frame.Length)
        {
            return frame;
        }

        UInt128 source = ipv6 ? BinaryPrimitives.ReadUInt128BigEndian(frame.AsSpan(ip + 8)) : BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(ip + 12));
        UInt128 destination = ipv6 ? BinaryPrimitives.ReadUInt128BigEndian(frame.AsSpan(ip + 24)) : BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(ip + 16));
        frame.AsSpan(tcp + 16, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(tcp + 16), InternetChecksum.OfTcp(source, destination, ipv6, frame.AsSpan(tcp, length)));
        if (!ipv6)
        {
            frame.AsSpan(ip + 10, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(ip + 10), InternetChecksum.Of(frame.AsSpan(ip, 20)));
        }

        return frame;
    }
}
