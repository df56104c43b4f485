using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>ICMP (RFC 792) and ICMPv6 (RFC 4443) errors about segments that went out here (A7).</summary>
internal static class Quote
{
    private const int QuotedTcp = 8;

    /// <summary>Null where it is none, or does not quote the first 8 bytes of a TCP header behind an IP header without options.</summary>
    public static Segment? Parse(ReadOnlySpan<byte> frame, int ip, bool tagged, ushort tag)
    {
        bool ipv6 = frame[ip - 2] == 0x86 && frame[ip - 1] == 0xDD;
        int icmp = ip + (ipv6 ? 40 : 20);
        int quoted = icmp + 8;
        int tcp = quoted + (ipv6 ? 40 : 20);
        if (frame.Length < tcp + QuotedTcp || (ipv6 ? !IsIPv6Error(frame, ip, icmp, quoted) : !IsIPv4Error(frame, ip, icmp, quoted)))
        {
            return null;
        }

        UInt128 source = Address(frame, quoted + (ipv6 ? 8 : 12), ipv6);
        UInt128 destination = Address(frame, quoted + (ipv6 ? 24 : 16), ipv6);
        if (ipv6 && (TcpFrame.IsMapped(source) || TcpFrame.IsMapped(destination)))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + (ipv6 ? 4 : 2))..]) - (ipv6 ? 0 : 20);
        ushort from = BinaryPrimitives.ReadUInt16BigEndian(frame[tcp..]);
        ushort to = BinaryPrimitives.ReadUInt16BigEndian(frame[(tcp + 2)..]);
        return new Segment
        {
            Frame = frame.ToArray(),
            Flow = new Flow(source, destination, from, to, tagged, (ushort)(tag & 0xFFF)),
            DestinationMac = Segment.Mac(frame),
            SourceMac = Segment.Mac(frame[6..]),
            Tag = tag,
            IcmpType = frame[icmp],
            IcmpCode = frame[icmp + 1],
            Seq = BinaryPrimitives.ReadUInt32BigEndian(frame[(tcp + 4)..]),
            BadIpChecksum = !ipv6 && InternetChecksum.Of(frame.Slice(ip, 20)) != 0,
            BadTcpChecksum = icmp + length > frame.Length || InternetChecksum.OfIcmp(Address(frame, ip + 8, ipv6), Address(frame, ip + 24, ipv6), ipv6, frame.Slice(icmp, length)) != 0,
        };
    }

    private static bool IsIPv4Error(ReadOnlySpan<byte> frame, int ip, int icmp, int quoted) =>
        frame[ip - 2] == 8 && frame[ip - 1] == 0 && frame[ip] == 0x45 && frame[ip + 9] == 1
        && (BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 6)..]) & 0x3FFF) == 0 && BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 2)..]) >= 56
        && frame[icmp] is (3 or 11 or 12)
        && frame[quoted] == 0x45 && frame[quoted + 9] == 6 && (BinaryPrimitives.ReadUInt16BigEndian(frame[(quoted + 6)..]) & 0x1FFF) == 0;

    private static bool IsIPv6Error(ReadOnlySpan<byte> frame, int ip, int icmp, int quoted) =>
        frame[ip] >> 4 == 6 && frame[ip + 6] == 58 && BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 4)..]) >= 56
        && frame[icmp] is (>= 1 and <= 4) && frame[quoted] >> 4 == 6 && frame[quoted + 6] == 6;

    private static UInt128 Address(ReadOnlySpan<byte> frame, int at, bool ipv6) =>
        ipv6 ? BinaryPrimitives.ReadUInt128BigEndian(frame[at..]) : TcpFrame.V4(BinaryPrimitives.ReadUInt32BigEndian(frame[at..]));
}
