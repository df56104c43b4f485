using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>What names a connection: the four-tuple, seen from our side, and the VLAN.</summary>
internal readonly record struct Flow(UInt128 LocalAddress, UInt128 RemoteAddress, ushort LocalPort, ushort RemotePort, bool Tagged, ushort Vlan)
{
    public bool IsIPv6 => !TcpFrame.IsMapped(LocalAddress);
}

/// <summary>The timestamps option of RFC 7323 3.2.</summary>
internal readonly record struct Stamps(uint Value, uint Echo);

/// <summary>A TCP segment as it arrived, with what is wrong with it.</summary>
internal sealed record Segment
{
    public required Flow Flow { get; init; }

    public required ulong DestinationMac { get; init; }

    public required ulong SourceMac { get; init; }

    public required ushort Tag { get; init; }

    /// <summary>Lengths contradict each other; nothing below the ports can be relied on.</summary>
    public bool Malformed { get; init; }

    public bool BadIpChecksum { get; init; }

    public bool BadTcpChecksum { get; init; }

    /// <summary>No source address that one may answer.</summary>
    public bool BadAddress { get; init; }

    /// <summary>The whole frame.</summary>
    public byte[] Frame { get; init; } = [];

    /// <summary>Not a segment, but an ICMP or ICMPv6 error that quotes one of ours; of the quote, connection and SEG.SEQ are known.</summary>
    public byte? IcmpType { get; init; }

    public byte IcmpCode { get; init; }

    public TcpFlags Flags { get; init; }

    public uint Seq { get; init; }

    public uint Ack { get; init; }

    public ushort Window { get; init; }

    public int DataLength { get; init; }

    public ushort? Mss { get; init; }

    public byte? Scale { get; init; }

    public bool SackPermitted { get; init; }

    public Stamps? Stamps { get; init; }

    public bool Has(TcpFlags flag) => (Flags & flag) != 0;

    /// <summary>SEG.LEN of RFC 9293 3.10.7.1: data, SYN and FIN.</summary>
    public uint Length => (uint)DataLength + (Has(TcpFlags.Syn) ? 1u : 0) + (Has(TcpFlags.Fin) ? 1u : 0);

    /// <summary>
    /// Takes a frame apart. Null for everything that is not for an engine of this kind: not TCP over IPv4 without options or IPv6 without
    /// extension headers, a fragment, two tags, or cut off before the ports end.
    /// </summary>
    public static Segment? Parse(ReadOnlySpan<byte> frame, bool fromNet)
    {
        int ip = 14;
        bool tagged = frame.Length >= 18 && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x8100;
        ushort tag = 0;
        if (tagged)
        {
            tag = BinaryPrimitives.ReadUInt16BigEndian(frame[14..]);
            ip = 18;
        }

        bool ipv6;
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[(ip - 2)..]))
        {
            case 0x0800 when frame.Length >= ip + 24 && frame[ip] == 0x45 && frame[ip + 9] == 6
                && (BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 6)..]) & 0x3FFF) == 0:
                ipv6 = false;
                break;
            case 0x86DD when frame.Length >= ip + 44 && frame[ip] >> 4 == 6 && frame[ip + 6] == 6:
                ipv6 = true;
                break;
            default:
                return fromNet ? Quote.Parse(frame, ip, tagged, tag) : null;
        }

        UInt128 source = ipv6 ? BinaryPrimitives.ReadUInt128BigEndian(frame[(ip + 8)..]) : TcpFrame.V4(BinaryPrimitives.ReadUInt32BigEndian(frame[(ip + 12)..]));
        UInt128 destination = ipv6 ? BinaryPrimitives.ReadUInt128BigEndian(frame[(ip + 24)..]) : TcpFrame.V4(BinaryPrimitives.ReadUInt32BigEndian(frame[(ip + 16)..]));
        if (ipv6 && (TcpFrame.IsMapped(source) || TcpFrame.IsMapped(destination)))
        {
            return null; // Never on a wire (RFC 4291 2.5.5.2), and it would be taken for IPv4.
        }

        int tcp = ip + (ipv6 ? 40 : 20);
        ushort from = BinaryPrimitives.ReadUInt16BigEndian(frame[tcp..]);
        ushort to = BinaryPrimitives.ReadUInt16BigEndian(frame[(tcp + 2)..]);
        ushort vlan = (ushort)(tag & 0xFFF);
        var segment = new Segment
        {
            Frame = frame.ToArray(),
            Flow = fromNet ? new Flow(destination, source, to, from, tagged, vlan) : new Flow(source, destination, from, to, tagged, vlan),
            DestinationMac = Mac(frame),
            SourceMac = Mac(frame[6..]),
            Tag = tag,
            BadIpChecksum = !ipv6 && InternetChecksum.Of(frame.Slice(ip, 20)) != 0,
            BadAddress = (frame[6] & 1) != 0 || (ipv6 ? source <= 1 || source >> 120 == 0xFF : IsBadIPv4((uint)source)),
        };
        int length = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + (ipv6 ? 4 : 2))..]) - (ipv6 ? 0 : 20);
        int header = frame.Length > tcp + 12 ? (frame[tcp + 12] >> 4) * 4 : 0;
        if (header < 20 || header > length || tcp + length > frame.Length)
        {
            return segment with { Malformed = true };
        }

        ReadOnlySpan<byte> text = frame.Slice(tcp, length);
        return WithOptions(
            segment with
            {
                BadTcpChecksum = InternetChecksum.OfTcp(source, destination, ipv6, text) != 0,
                Seq = BinaryPrimitives.ReadUInt32BigEndian(text[4..]),
                Ack = BinaryPrimitives.ReadUInt32BigEndian(text[8..]),
                Flags = (TcpFlags)text[13],
                Window = BinaryPrimitives.ReadUInt16BigEndian(text[14..]),
                DataLength = length - header,
            },
            text[20..header]);
    }

    private static bool IsBadIPv4(uint source) => source is 0 or uint.MaxValue || source >> 28 == 14 || source >> 24 == 127;

    internal static ulong Mac(ReadOnlySpan<byte> frame) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(frame) << 32) | BinaryPrimitives.ReadUInt32BigEndian(frame[2..]);

    private static Segment WithOptions(Segment segment, ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                break;
            }

            segment = (options[0], options[1]) switch
            {
                (2, 4) => segment with { Mss = BinaryPrimitives.ReadUInt16BigEndian(options[2..]) },
                (3, 3) => segment with { Scale = Math.Min(options[2], (byte)14) },
                (4, 2) => segment with { SackPermitted = true },
                (8, 10) => segment with { Stamps = new Stamps(BinaryPrimitives.ReadUInt32BigEndian(options[2..]), BinaryPrimitives.ReadUInt32BigEndian(options[6..])) },
                _ => segment,
            };
            options = options[options[1]..];
        }

        return segment;
    }
}
