using System.Buffers.Binary;

namespace Offload.Engine.Tests.Frames;

/// <summary>A TCP segment as a test wants it on the wire. Every field can be made wrong; checksums are right unless asked otherwise.</summary>
internal sealed record TcpFrame
{
    public ulong DestinationMac { get; init; }

    public ulong SourceMac { get; init; }

    /// <summary>Tag control information of an 802.1Q tag; null for none.</summary>
    public ushort? Tag { get; init; }

    /// <summary>IPv4 as IPv4-mapped IPv6; the version follows from it.</summary>
    public UInt128 Source { get; init; }

    public UInt128 Destination { get; init; }

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public uint Seq { get; init; }

    public uint Ack { get; init; }

    public TcpFlags Flags { get; init; }

    public ushort Window { get; init; } = 64240;

    public ushort Urgent { get; init; }

    public byte HopLimit { get; init; } = 64;

    public byte TrafficClass { get; init; }

    /// <summary>IPv4 identification.</summary>
    public ushort Identification { get; init; }

    /// <summary>IPv4 flags and fragment offset.</summary>
    public ushort Fragment { get; init; } = 0x4000;

    /// <summary>IPv6 flow label.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>A multiple of four bytes, 40 at most.</summary>
    public ReadOnlyMemory<byte> Options { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Header length in words as written; null for the true one.</summary>
    public int? DataOffset { get; init; }

    /// <summary>Added to the true IP length.</summary>
    public int LengthError { get; init; }

    /// <summary>Exclusive-or'ed into the right IPv4 header checksum.</summary>
    public ushort IpChecksumError { get; init; }

    /// <summary>Exclusive-or'ed into the right TCP checksum.</summary>
    public ushort TcpChecksumError { get; init; }

    /// <summary>The frame is filled up with zeros to this length.</summary>
    public int MinimumLength { get; init; } = 60;

    /// <summary>IPv6 even where the addresses are IPv4-mapped.</summary>
    public bool ForceIPv6 { get; init; }

    public bool IsIPv6 => ForceIPv6 || !IsMapped(Destination);

    /// <summary>The other direction: addresses, ports and MACs exchanged; sequence numbers and flags as given.</summary>
    public TcpFrame Answer(TcpFlags flags, uint seq, uint ack) => this with
    {
        DestinationMac = SourceMac,
        SourceMac = DestinationMac,
        Source = Destination,
        Destination = Source,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
        Flags = flags,
        Seq = seq,
        Ack = ack,
        Options = default,
        Data = default,
    };

    public static UInt128 V4(uint address) => ((UInt128)0xFFFF << 32) | address;

    public static bool IsMapped(UInt128 address) => address >> 32 == 0xFFFF;

    public byte[] ToBytes()
    {
        int l2 = Tag is null ? 14 : 18;
        int l3 = IsIPv6 ? 40 : 20;
        int segment = 20 + Options.Length + Data.Length;
        var frame = new byte[Math.Max(MinimumLength, l2 + l3 + segment)];
        WriteMac(frame, DestinationMac);
        WriteMac(frame.AsSpan(6), SourceMac);
        if (Tag is ushort tci)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x8100);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), tci);
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(l2 - 2), (ushort)(IsIPv6 ? 0x86DD : 0x0800));
        Span<byte> tcp = frame.AsSpan(l2 + l3, segment);
        WriteTcp(tcp);
        ushort checksum = InternetChecksum.OfTcp(Source, Destination, IsIPv6, tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], (ushort)(checksum ^ TcpChecksumError));
        if (IsIPv6)
        {
            WriteIPv6(frame.AsSpan(l2, l3), segment);
        }
        else
        {
            WriteIPv4(frame.AsSpan(l2, l3), segment);
        }

        return frame;
    }

    private static void WriteMac(Span<byte> target, ulong mac)
    {
        for (int i = 0; i < 6; i++)
        {
            target[i] = (byte)(mac >> (40 - (8 * i)));
        }
    }

    private void WriteTcp(Span<byte> tcp)
    {
        BinaryPrimitives.WriteUInt16BigEndian(tcp, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], Seq);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], Ack);
        tcp[12] = (byte)((DataOffset ?? (5 + (Options.Length / 4))) << 4);
        tcp[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[18..], Urgent);
        Options.Span.CopyTo(tcp[20..]);
        Data.Span.CopyTo(tcp[(20 + Options.Length)..]);
    }

    private void WriteIPv4(Span<byte> ip, int segment)
    {
        ip[0] = 0x45;
        ip[1] = TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + segment + LengthError));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], Fragment);
        ip[8] = HopLimit;
        ip[9] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)Source);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)Destination);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)(InternetChecksum.Of(ip) ^ IpChecksumError));
    }

    private void WriteIPv6(Span<byte> ip, int segment)
    {
        BinaryPrimitives.WriteUInt32BigEndian(ip, 0x60000000 | ((uint)TrafficClass << 20) | FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(segment + LengthError));
        ip[6] = 6;
        ip[7] = HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(ip[8..], Source);
        BinaryPrimitives.WriteUInt128BigEndian(ip[24..], Destination);
    }
}
