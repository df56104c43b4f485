using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Initial sequence numbers: I1 to I3.</summary>
public abstract class IsnRules : RuleTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0x90, 16).Select(i => (byte)i)];

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "I1")]
    public void ISN_is_M_plus_F(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { IsnKey = Key });
        bench.Advance(1_234_567);
        SentSegment sent = bench.Open(TcpOptions.Linux(5));
        byte[] message = Message(bench.Flow);
        ulong hash = SipHash24.Of(Key, message);
        Assert.Equal((uint)(bench.Now / 4) + (uint)hash, sent.Seq);
        Assert.Equal((uint)(bench.Now / 1024) + (uint)(hash >> 32), sent.TsVal);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "I1")]
    public void M_steps_every_4_microseconds(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { IsnKey = Key });
        uint Next()
        {
            uint iss = bench.Open().Seq;
            bench.Dropped(bench.Segment(TcpFlags.Rst, bench.Irs + 1));
            bench.Events.Clear();
            return iss;
        }

        uint first = Next();
        foreach ((ulong wait, uint step) in new[] { (3ul, 0u), (1ul, 1u), (4ul, 2u), (16_777_216ul, 2 + 4_194_304u) })
        {
            bench.Advance(wait);
            Assert.Equal(first + step, Next());
        }

        // After 2^32 steps it comes round.
        bench.Advance((1ul << 34) - 16_777_224);
        Assert.Equal(first, Next());
    }

    [Fact, Trait("Rule", "I2")]
    public void Other_tuples_and_keys_give_unrelated_numbers()
    {
        var numbers = new HashSet<uint>();
        var distances = new HashSet<uint>();
        foreach (byte[] key in new[] { Key, [.. Key.Select(b => (byte)(b + 1))] })
        {
            using Bench bench = NewBench(Carrier.IPv4, settings: new Settings { IsnKey = key });
            uint last = 0;
            for (int i = 0; i < 64; i++)
            {
                uint seq = bench.Answered(bench.Segment(TcpFlags.Syn, 7) with { SourcePort = (ushort)(1000 + i) }).Seq;
                Assert.True(numbers.Add(seq));
                Assert.True(distances.Add(seq - last));
                last = seq;
            }
        }
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "I1")]
    public void Mode_counter_is_the_clock_alone(Carrier carrier)
    {
        using Bench bench = NewBench(carrier, settings: new Settings { IsnKey = Key, IsnSource = IsnSource.Counter });
        Assert.Equal((uint)(bench.Now / 4), bench.Open().Seq);
    }

    [Theory, MemberData(nameof(Carriers)), Trait("Rule", "I1")]
    public void Mode_fixed_needs_test_enable(Carrier carrier)
    {
        foreach (bool test in new[] { true, false })
        {
            using Bench bench = NewBench(carrier, settings: new Settings { IsnKey = Key, IsnSource = IsnSource.Fixed, FixedIsn = 0xFFFFFFFF, TestEnable = test });
            uint expected = test ? 0xFFFFFFFF : (uint)(bench.Now / 4) + (uint)SipHash24.Of(Key, Message(bench.Flow));
            Assert.Equal(expected, bench.Open().Seq);
        }
    }

    [Fact, Trait("Rule", "P2")]
    public void The_example_in_the_server_s_role()
    {
        using Bench bench = NewBench(Carrier.IPv4, settings: new Settings { IsnSource = IsnSource.Fixed, FixedIsn = 1739326486, TestEnable = true });
        Assert.Equal(Hex.Vector("handshake-2-syn-ack"), Assert.Single(bench.Raw(Hex.Vector("handshake-1-syn"))));
        Assert.Equal(State.SynReceived, bench.StateNow);
        Assert.Empty(bench.Raw(Hex.Vector("handshake-3-ack")));
        Assert.Equal(State.Established, bench.StateNow);
        Assert.Equal(1, (int)Assert.Single(bench.Events)["established"]);
        Image entry = bench.Entry!;
        Assert.Equal((1739326486u, 3626544836u, 1739326487u, 3626544837u), ((uint)entry["iss"], (uint)entry["irs"], (uint)entry["snd_una"], (uint)entry["rcv_nxt"]));
    }

    private static byte[] Message(Flow flow)
    {
        var message = new byte[36];
        BinaryPrimitives.WriteUInt128BigEndian(message, flow.LocalAddress);
        BinaryPrimitives.WriteUInt128BigEndian(message.AsSpan(16), flow.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(32), flow.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(34), flow.RemotePort);
        return message;
    }
}

/// <inheritdoc/>
public sealed class IsnRulesOnCore : IsnRules
{
    private protected override Target Create(Settings settings) => new CoreTarget(settings);

    [Fact, Trait("Rule", "I3")]
    public void No_register_shows_a_key()
    {
        using var core = new Core();
        uint[] words = [0xA1B2C3D4, 0x15263748, 0x99AABBCC, 0x0F1E2D3C];
        uint[] placement = [.. Enumerable.Range(1, 11).Select(i => 0x5A000000u + (uint)(i * 0x010307))];
        void AssertHidden()
        {
            uint[] one = new uint[1];
            int seen = 0;
            for (uint address = 0; address < 0x1000; address += 4)
            {
                if (core.TryRead(address, one) == 0)
                {
                    seen++;
                    Assert.DoesNotContain(one[0], words);
                    Assert.DoesNotContain(one[0], placement);
                }
            }

            Assert.True(seen > 100);
        }

        core.Write("isn.key", words);
        core.Write("isn.placement_key", placement);
        AssertHidden();
        core.Write("isn.key_commit", 3);
        AssertHidden();
        Assert.All(core.Read("isn.key", 4), word => Assert.Equal(0u, word));
        Assert.All(core.Read("isn.placement_key", 11), word => Assert.Equal(0u, word));
        uint status = core.Read("control.status");
        Assert.Equal(1u, (status >> RegisterSource.Lsb("control.status.isn_key_set")) & 1);
        Assert.Equal(1u, (status >> RegisterSource.Lsb("control.status.placement_key_set")) & 1);
    }
}

/// <inheritdoc/>
public sealed class IsnRulesOnModel : IsnRules
{
    private protected override Target Create(Settings settings) => new ModelTarget(settings);
}
