using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;

namespace Offload.Kernel.Tests.Relay;

/// <summary>A station of its own at the client's end of the cable. Called on the board's thread.</summary>
internal abstract class CableGuest
{
    /// <summary>Its MAC address, locally administered.</summary>
    internal const ulong Mac = 0x02_00_00_0F_10_0D;

    /// <summary>Its next frame for the board.</summary>
    /// <returns>Length of the frame; 0: none now.</returns>
    internal abstract int Next(Span<byte> buffer);

    /// <summary>Gets a frame from the board.</summary>
    /// <returns>False where it is not for this station.</returns>
    internal abstract bool Take(ReadOnlySpan<byte> frame);

    /// <summary>Whether a frame is to or from such a station.</summary>
    internal static bool IsOurs(ReadOnlySpan<byte> frame) => IsTo(frame) || (frame.Length >= 12 && MacAt(frame[6..]) == Mac);

    /// <summary>Whether a frame is for this station.</summary>
    protected static bool IsTo(ReadOnlySpan<byte> frame) => frame.Length >= 12 && MacAt(frame) == Mac;

    private static ulong MacAt(ReadOnlySpan<byte> bytes) =>
        ((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
}

/// <summary>
/// SYNs from random addresses, ports and sequence numbers, with and without options, one after the other as fast as the board takes them; seeded. Nobody
/// is at those addresses: what the board answers is counted, and meets silence.
/// </summary>
internal sealed class SynFlood : CableGuest
{
    /// <summary>
    /// Padded, a SYN takes the core's bus three beats. Its answer takes one or two: at one beat each, without any gap as no wire brings them, the answers
    /// would not leave as fast as the SYNs come, and who connects would find the input full. 10 Gbit/s bring one in ten clocks.
    /// </summary>
    private const int FrameLength = 160;

    private readonly byte[][] _templates;
    private readonly TcpFrame _first;
    private ulong _state;
    private long _sent;
    private long _answered;
    private long _others;
    private volatile bool _stopped;

    /// <param name="seed">Makes all of it.</param>
    /// <param name="target">A segment to the end point that is flooded: MAC, address, port.</param>
    internal SynFlood(ulong seed, TcpFrame target)
    {
        _state = seed;
        _first = target with { SourceMac = Mac, Flags = TcpFlags.Syn, Ack = 0, MinimumLength = FrameLength };
        _templates =
        [
            _first.ToBytes(),
            (_first with { Options = new TcpOptions().Mss(1460).ToArray() }).ToBytes(),
            (_first with { Options = TcpOptions.Linux(1) }).ToBytes(),
        ];
    }

    /// <summary>SYNs sent.</summary>
    internal long Sent => Volatile.Read(ref _sent);

    /// <summary>SYN,ACKs received.</summary>
    internal long Answered => Volatile.Read(ref _answered);

    /// <summary>Other frames received.</summary>
    internal long Others => Volatile.Read(ref _others);

    /// <summary>Sends no more.</summary>
    internal void Stop() => _stopped = true;

    internal override int Next(Span<byte> buffer)
    {
        if (_stopped)
        {
            return 0;
        }

        byte[] frame = _templates[Random() % (ulong)_templates.Length];
        frame.CopyTo(buffer);
        Span<byte> packet = buffer[14..frame.Length];
        bool ipv6 = _first.IsIPv6;
        UInt128 source = ipv6 ? RandomIPv6() : RandomIPv4();
        Span<byte> tcp;
        if (ipv6)
        {
            tcp = packet.Slice(40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
            BinaryPrimitives.WriteUInt128BigEndian(packet[8..], source);
        }
        else
        {
            tcp = packet[20..BinaryPrimitives.ReadUInt16BigEndian(packet[2..])];
            BinaryPrimitives.WriteUInt32BigEndian(packet[12..], (uint)source);
            packet.Slice(10, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Of(packet[..20]));
        }

        ulong random = Random();
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)Math.Max(1, random >> 48));
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], (uint)random);
        tcp.Slice(16, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], InternetChecksum.OfTcp(source, _first.Destination, ipv6, tcp));
        Volatile.Write(ref _sent, _sent + 1);
        return frame.Length;
    }

    internal override bool Take(ReadOnlySpan<byte> frame)
    {
        if (!IsTo(frame))
        {
            return false;
        }

        TcpFlags flags = (TcpFlags)frame[14 + (_first.IsIPv6 ? 40 : 20) + 13];
        if (flags == (TcpFlags.Syn | TcpFlags.Ack))
        {
            Volatile.Write(ref _answered, _answered + 1);
        }
        else
        {
            Volatile.Write(ref _others, _others + 1);
        }

        return true;
    }

    /// <summary>A unicast address that is not the test's own (192.0.2.0/24).</summary>
    private UInt128 RandomIPv4()
    {
        while (true)
        {
            uint address = (uint)Random();
            if (address >> 24 is > 0 and < 224 and not 127 && address >> 8 != 0xC00002)
            {
                return TcpFrame.V4(address);
            }
        }
    }

    /// <summary>A global unicast address (2000::/3).</summary>
    private UInt128 RandomIPv6() => ((UInt128)((Random() >> 3) | 0x2000_0000_0000_0000) << 64) | Random();

    /// <summary>SplitMix64.</summary>
    private ulong Random()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        ulong z = _state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
