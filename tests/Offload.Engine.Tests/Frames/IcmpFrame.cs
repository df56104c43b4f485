using System.Buffers.Binary;

namespace Offload.Engine.Tests.Frames;

/// <summary>An ICMP or ICMPv6 error about a frame that was sent: what a router on the way answers.</summary>
internal static class IcmpFrame
{
    /// <param name="about">The frame that did not arrive.</param>
    /// <param name="source">The router.</param>
    /// <param name="type">Of RFC 792 or RFC 4443.</param>
    /// <param name="code">Its code.</param>
    /// <param name="quoted">Bytes behind the quoted IP header; 8 at least from every sender.</param>
    public static byte[] Make(TcpFrame about, UInt128 source, byte type, byte code, int quoted = 8)
    {
        bool ipv6 = about.IsIPv6;
        int l2 = about.Tag is null ? 14 : 18;
        int l3 = ipv6 ? 40 : 20;
        byte[] sent = about.ToBytes();
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. sent.AsSpan(l2, l3 + quoted)];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.OfIcmp(source, about.Source, ipv6, message));
        var frame = new byte[Math.Max(60, l2 + l3 + message.Length)];
        sent.AsSpan(6, 6).CopyTo(frame);
        sent.AsSpan(0, 6).CopyTo(frame.AsSpan(6));
        sent.AsSpan(12, l2 - 12).CopyTo(frame.AsSpan(12));
        Span<byte> ip = frame.AsSpan(l2, l3);
        if (ipv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip, 0x60000000);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)message.Length);
            ip[6] = 58;
            ip[7] = 64;
            BinaryPrimitives.WriteUInt128BigEndian(ip[8..], source);
            BinaryPrimitives.WriteUInt128BigEndian(ip[24..], about.Source);
        }
        else
        {
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + message.Length));
            ip[8] = 64;
            ip[9] = 1;
            BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)source);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)about.Source);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip));
        }

        message.CopyTo(frame, l2 + l3);
        return frame;
    }
}
