using System.Buffers.Binary;
using System.Net;
using Offload.Connections;
using Offload.Engine.Tests.Frames;

namespace Offload.Kernel.Tests.Bench;

/// <summary>The TCP segment of an untagged frame without IP options, as far as the tests look at it. Whoever sent it.</summary>
internal readonly record struct WireSegment(
    NetworkAddress Source,
    ushort SourcePort,
    NetworkAddress Destination,
    ushort DestinationPort,
    uint Sequence,
    uint Acknowledgment,
    TcpFlags Flags,
    ushort Window,
    int DataLength,
    bool HasTimestamps)
{
    private const int Ethernet = 14;

    /// <summary>SYN without ACK.</summary>
    internal bool IsSyn => (Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;

    /// <summary>SYN with ACK.</summary>
    internal bool IsSynAck => (Flags & (TcpFlags.Syn | TcpFlags.Ack)) == (TcpFlags.Syn | TcpFlags.Ack);

    internal bool IsReset => Flags.HasFlag(TcpFlags.Rst);

    internal bool IsFin => Flags.HasFlag(TcpFlags.Fin);

    /// <summary>ACK alone, without data.</summary>
    internal bool IsPlainAck => (Flags & ~TcpFlags.Psh) == TcpFlags.Ack && DataLength == 0;

    /// <summary>The connection, seen from who sent it.</summary>
    internal ConnectionKey FromSender => new(Source, SourcePort, Destination, DestinationPort);

    /// <summary>The connection, seen from who gets it.</summary>
    internal ConnectionKey FromReceiver => new(Destination, DestinationPort, Source, SourcePort);

    /// <summary>Reads a frame; false where there is no whole TCP segment in it.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> frame, out WireSegment segment)
    {
        segment = default;
        if (frame.Length < Ethernet + 40)
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame[Ethernet..];
        NetworkAddress source, destination;
        int header, length;
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case 0x0800 when packet[0] == 0x45 && packet[9] == 6:
                header = 20;
                length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) - header;
                source = NetworkAddress.FromIPAddress(new IPAddress(packet.Slice(12, 4)));
                destination = NetworkAddress.FromIPAddress(new IPAddress(packet.Slice(16, 4)));
                break;
            case 0x86DD when packet[6] == 6:
                header = 40;
                length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
                source = new NetworkAddress(BinaryPrimitives.ReadUInt128BigEndian(packet[8..]));
                destination = new NetworkAddress(BinaryPrimitives.ReadUInt128BigEndian(packet[24..]));
                break;
            default:
                return false;
        }

        if (length < 20 || packet.Length < header + 20)
        {
            return false;
        }

        ReadOnlySpan<byte> tcp = packet[header..];
        int offset = 4 * (tcp[12] >> 4);
        segment = new WireSegment(
            source,
            BinaryPrimitives.ReadUInt16BigEndian(tcp),
            destination,
            BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            (TcpFlags)tcp[13],
            BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            length - offset,
            offset <= tcp.Length && HasOption(tcp[20..offset], 8));
        return true;
    }

    private static bool HasOption(ReadOnlySpan<byte> options, byte wanted)
    {
        while (!options.IsEmpty && options[0] != 0)
        {
            if (options[0] == wanted)
            {
                return true;
            }

            int size = options[0] == 1 ? 1 : options.Length > 1 ? options[1] : 0;
            if (size == 0 || size > options.Length)
            {
                return false;
            }

            options = options[size..];
        }

        return false;
    }
}
