using System.Buffers.Binary;
using Offload.VirtualBoard.Simulation;

namespace Offload.Cli.Demo;

/// <summary>
/// Measures the clocks from a SYN's last beat to its SYN,ACK's first. Only handshakes that have the core to themselves count:
/// of several SYNs in the core at once, the board knows when the last one came in, and not which SYN,ACK belongs to it.
/// </summary>
internal sealed class HandshakeClocks
{
    private const int EthernetHeader = 14;
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86DD;
    private const byte Tcp = 6;
    private const byte Syn = 0x02;
    private const byte Ack = 0x10;

    private readonly List<ulong> _clocks = [];
    private readonly Lock _lock = new();
    private Segment? _waiting;

    /// <summary>Handshakes measured.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _clocks.Count;
            }
        }
    }

    /// <summary>The median; null where none was measured.</summary>
    internal double? Median
    {
        get
        {
            lock (_lock)
            {
                var sorted = _clocks.Order().ToArray();
                return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
            }
        }
    }

    /// <summary>A frame entered the net port.</summary>
    internal void Entered(ReadOnlySpan<byte> frame)
    {
        // Whatever else enters before the SYN,ACK has left makes the measurement void.
        _waiting = _waiting is null && Read(frame) is { Flags: Syn } segment ? segment : null;
    }

    /// <summary>A frame left at the net port.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="left">When it did.</param>
    /// <param name="lastEntered">When the last frame had entered the net port.</param>
    internal void Left(ReadOnlySpan<byte> frame, FrameTimes left, FrameTimes lastEntered)
    {
        if (_waiting is { } syn
            && Read(frame) is { Flags: Syn | Ack } segment
            && segment.SourcePort == syn.DestinationPort
            && segment.DestinationPort == syn.SourcePort
            && segment.Acknowledged == syn.Sequence + 1
            && left.FirstClock > lastEntered.LastClock)
        {
            lock (_lock)
            {
                _clocks.Add(left.FirstClock - lastEntered.LastClock);
            }
        }

        _waiting = null;
    }

    private static Segment? Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader + 40)
        {
            return null;
        }

        var packet = frame[EthernetHeader..];
        ReadOnlySpan<byte> segment;
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case Ipv4 when packet[9] == Tcp:
                segment = packet[(4 * (packet[0] & 15))..];
                break;
            case Ipv6 when packet[6] == Tcp:
                segment = packet[40..];
                break;
            default:
                return null;
        }

        return segment.Length < 20
            ? null
            : new Segment(
                BinaryPrimitives.ReadUInt16BigEndian(segment),
                BinaryPrimitives.ReadUInt16BigEndian(segment[2..]),
                BinaryPrimitives.ReadUInt32BigEndian(segment[4..]),
                BinaryPrimitives.ReadUInt32BigEndian(segment[8..]),
                (byte)(segment[13] & 0x3F));
    }

    private readonly record struct Segment(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledged, byte Flags);
}
