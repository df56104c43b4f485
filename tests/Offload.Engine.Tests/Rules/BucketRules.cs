using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>
/// The token buckets of S5: resets that no entry answers for, and SYN,ACKs with a cookie. On the core alone: when a bucket is refilled is random.
/// A bucket of depth 3 gains a token every 1,024 µs on average, and never waits longer than 2,048 µs for one.
/// </summary>
public sealed class BucketRules
{
    private const ulong Mac = 0x020000000123;
    private const byte Depth = 3;
    private const int Shift = 10;

    private static readonly UInt128 Local = TcpFrame.V4(0xC0A8017B);

    [Fact, Trait("Rule", "S5, C1")]
    public void Resets_without_an_entry_are_limited_by_listener() => Check(
        new Settings { ResetTokens = Depth, ResetRefillShift = Shift }, TcpFlags.Ack, TcpFlags.Rst, "unknown_resets_limited");

    [Fact, Trait("Rule", "S5, K1")]
    public void Cookies_are_limited_by_listener() => Check(
        new Settings { CookieTokens = Depth, CookieRefillShift = Shift, IsnSource = IsnSource.Cookie, CookieKey = new byte[16] }, TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, "cookies_limited");

    private static void Check(Settings settings, TcpFlags flags, TcpFlags answer, string limited)
    {
        EndPoint first = new() { Mac = Mac, Address = Local, Port = 80, ResetUnknown = true };
        using var target = new CoreTarget(settings with { Listeners = [first, first with { Port = 81 }] });
        ulong now = 1_000_000;

        // In steps of half a refill, with clocks in between: a bucket gains one token a clock at most.
        void Advance(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                target.SetTime(now += 1 << (Shift - 1));
                _ = target.Core.Read("control.entries_in_use");
            }
        }

        Advance(1);
        int number = 0;
        int Answers(ushort port, int asked)
        {
            for (int i = 0; i < asked; i++)
            {
                target.Send(Port.Net, Segment(port, flags, number++).ToBytes(), false);
            }

            List<byte[]> sent = target.Collect().Net;
            Assert.All(sent, frame => Assert.Equal(answer, FrameChecker.Check(frame).Flags));
            return sent.Count;
        }

        Assert.Equal((Depth, 0, Depth), (Answers(80, 10), Answers(80, 1), Answers(81, 10)));
        Assert.Equal(7ul + 1 + 7, target.Counters()[limited]);

        // It is filled again, and no further.
        Advance(200);
        Assert.Equal((Depth, Depth), (Answers(80, 10), Answers(81, 10)));
        Advance(4);
        Assert.InRange(Answers(80, 10), 1, Depth);

        // In the long run a token comes every 2^Shift microseconds; by half of that none is lost at a full bucket.
        int answers = 0;
        for (int i = 0; i < 400; i++)
        {
            Advance(1);
            answers += Answers(80, 4);
        }

        Assert.InRange(answers, 150, 250);
    }

    private static TcpFrame Segment(ushort port, TcpFlags flags, int number) => new()
    {
        DestinationMac = Mac,
        SourceMac = 0x020000000999,
        Source = TcpFrame.V4(0x0A000000) + (uint)number,
        Destination = Local,
        SourcePort = 5000,
        DestinationPort = port,
        Flags = flags,
        Seq = 1000,
        Ack = flags.HasFlag(TcpFlags.Ack) ? 77u : 0,
    };
}
