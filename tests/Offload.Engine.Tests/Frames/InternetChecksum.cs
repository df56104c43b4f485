using System.Buffers.Binary;

namespace Offload.Engine.Tests.Frames;

/// <summary>The ones' complement sum of RFC 1071, for the frames that tests and model make.</summary>
internal static class InternetChecksum
{
    /// <summary>Checksum of bytes whose checksum field is zero; 0 when taken over bytes with a right checksum.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes));

    /// <summary>TCP checksum with the pseudo-header of RFC 9293 3.1 or RFC 8200 8.1.</summary>
    public static ushort OfTcp(UInt128 source, UInt128 destination, bool ipv6, ReadOnlySpan<byte> tcp)
    {
        Span<byte> pseudo = stackalloc byte[40];
        pseudo.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(pseudo, ipv6 ? source : (uint)source);
        BinaryPrimitives.WriteUInt128BigEndian(pseudo[16..], ipv6 ? destination : (uint)destination);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo[32..], (uint)tcp.Length);
        pseudo[39] = 6;
        return Finish(Sum(pseudo) + Sum(tcp));
    }

    /// <summary>ICMP checksum (RFC 792), with the pseudo-header of RFC 8200 8.1 for ICMPv6 (RFC 4443 2.3).</summary>
    public static ushort OfIcmp(UInt128 source, UInt128 destination, bool ipv6, ReadOnlySpan<byte> message)
    {
        if (!ipv6)
        {
            return Of(message);
        }

        Span<byte> pseudo = stackalloc byte[40];
        pseudo.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(pseudo, source);
        BinaryPrimitives.WriteUInt128BigEndian(pseudo[16..], destination);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo[32..], (uint)message.Length);
        pseudo[39] = 58;
        return Finish(Sum(pseudo) + Sum(message));
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    private static ushort Finish(ulong sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
