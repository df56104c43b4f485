using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Streams that once showed a difference between core and model, as the lock-step printed them.</summary>
public sealed class KnownStreams
{
    [Fact, Trait("Rule", "P8, P11")]
    public void Opened_by_data_that_is_refused_after_a_time_out() => Agrees(
    [
        new SegmentStep { Flow = 5, Flags = TcpFlags.Syn, Seq = 4294967294, Window = 15734, Options = Shape.Mss, Stamp = 1000000, Salt = 622 },
        new AdvanceStep { Microseconds = 2001000 },
        new SegmentStep { Flow = 5, Flags = TcpFlags.Ack, SeqFrom = From.RcvNxt, AckFrom = From.SndNxt, Data = 419, Window = 3718, Stamp = 2, Salt = 475 },
    ]);

    [Fact, Trait("Rule", "C2")]
    public void An_ACK_from_a_reserved_address() => Agrees(
    [
        new FrameStep
        {
            Bytes = "0200000000010200000000c98100400008004503004c20924000df065fe0f5336401c000020103e900503066958900000000e010e60d391200000204"
                + "0001080a0000000700000001080a0000000000000002020400020303010303020000",
        },
    ]);

    [Fact, Trait("Rule", "S4")]
    public void An_ACK_half_a_circle_away() => Agrees(
    [
        new SegmentStep { Flow = 1, Flags = TcpFlags.Syn, Window = 9698, Options = Shape.Weird, Salt = 718731 },
        new SegmentStep { Flow = 1, Flags = TcpFlags.Ack, SeqFrom = From.RcvNxt, AckFrom = From.SndNxt, Window = 21704, Stamp = 2, Salt = 658, Together = true },
        new SegmentStep
        {
            Flow = 1, Flags = TcpFlags.Fin | TcpFlags.Ack, SeqFrom = From.RcvNxt, AckFrom = From.SndNxt, Ack = 2147483648, Data = 100, Window = 18718, Options = Shape.Stamp, Salt = 274023,
        },
    ]);

    [Fact, Trait("Rule", "P9")]
    public void Held_frames_that_end_half_a_circle_apart() => Agrees(
    [
        new CommandStep { Order = 1, Listener = 9 },
        new SegmentStep { Flags = TcpFlags.Syn | TcpFlags.Ack, Seq = 4294967294, AckFrom = From.SndNxt, Options = Shape.StampAndScale, Stamp = 5 },
        new CommandStep { Order = 5 },
        new CommandStep { Order = 4, PeerClosed = true },
        new SegmentStep { Flags = TcpFlags.Ack, SeqFrom = From.RcvNxt, Seq = 1, AckFrom = From.SndNxt, Together = true },
        new SegmentStep { Flags = TcpFlags.Rst | TcpFlags.Ack, SeqFrom = From.RcvNxt, Seq = 2147483649 },
        new CommandStep { Order = 5, Forget = true },
    ]);

    [Fact, Trait("Rule", "P9, S1")]
    public void A_SYN_with_data_that_begins_before_the_window_of_a_held_connection() => Agrees(
    [
        new CommandStep { Order = 1, Listener = 9 },
        new SegmentStep { Flags = TcpFlags.Syn | TcpFlags.Ack, Seq = 2147483647, AckFrom = From.SndNxt, Options = Shape.StampAndScale, Stamp = 5 },
        new CommandStep { Order = 5 },
        new CommandStep { Order = 4 },
        new SegmentStep { Flags = TcpFlags.Syn | TcpFlags.Ack, SeqFrom = From.RcvNxt, Seq = 4294967295, AckFrom = From.SndNxt, Data = 1, Options = Shape.Stamp },
    ]);

    private static void Agrees(List<Step> steps)
    {
        string? report = LockstepReport.Check("known stream", steps, new Settings { Listeners = World.Listeners }, 1_000_000, settings => new CoreTarget(settings));
        Assert.True(report is null, report);
    }
}
