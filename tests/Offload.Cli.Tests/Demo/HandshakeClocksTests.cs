using System.Buffers.Binary;
using Offload.Cli.Demo;
using Offload.VirtualBoard.Simulation;
using Xunit;

namespace Offload.Cli.Tests.Demo;

public sealed class HandshakeClocksTests
{
    private const byte Syn = 0x02;
    private const byte SynAck = 0x12;
    private const byte Ack = 0x10;

    private static readonly FrameTimes SynIn = new(100, 101);
    private static readonly FrameTimes SynAckOut = new(143, 144);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handshake_alone_in_the_core_is_measured_from_last_beat_to_first(bool ipv6)
    {
        var clocks = new HandshakeClocks();
        clocks.Entered(Frame(ipv6, 1000, 80, 7, 0, Syn));
        clocks.Left(Frame(ipv6, 80, 1000, 99, 8, SynAck), SynAckOut, SynIn);
        Assert.Equal((1, 42d), (clocks.Count, clocks.Median));
    }

    [Fact]
    public void With_another_frame_in_between_nothing_is_measured()
    {
        var clocks = new HandshakeClocks();
        clocks.Entered(Frame(false, 1000, 80, 7, 0, Syn));
        clocks.Entered(Frame(false, 1001, 80, 7, 0, Ack));
        clocks.Left(Frame(false, 80, 1000, 99, 8, SynAck), SynAckOut, SynIn);
        Assert.Null(clocks.Median);
    }

    [Theory]
    [InlineData(80, 1001, 8, SynAck)]
    [InlineData(81, 1000, 8, SynAck)]
    [InlineData(80, 1000, 9, SynAck)]
    [InlineData(80, 1000, 8, Ack)]
    public void A_frame_that_is_not_the_answer_is_not_measured(ushort source, ushort destination, uint acknowledged, byte flags)
    {
        var clocks = new HandshakeClocks();
        clocks.Entered(Frame(false, 1000, 80, 7, 0, Syn));
        clocks.Left(Frame(false, source, destination, 99, acknowledged, flags), SynAckOut, SynIn);
        Assert.Equal(0, clocks.Count);
    }

    [Fact]
    public void Frames_that_are_not_tcp_are_no_handshakes()
    {
        var clocks = new HandshakeClocks();
        clocks.Entered(new byte[60]);
        clocks.Left(new byte[10], SynAckOut, SynIn);
        Assert.Equal(0, clocks.Count);
    }

    private static byte[] Frame(bool ipv6, ushort source, ushort destination, uint sequence, uint acknowledged, byte flags)
    {
        var frame = new byte[80];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)(ipv6 ? 0x86DD : 0x0800));
        frame[14] = (byte)(ipv6 ? 0x60 : 0x45);
        frame[ipv6 ? 20 : 23] = 6;
        var segment = frame.AsSpan(ipv6 ? 54 : 34);
        BinaryPrimitives.WriteUInt16BigEndian(segment, source);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], destination);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledged);
        segment[13] = flags;
        return frame;
    }
}
