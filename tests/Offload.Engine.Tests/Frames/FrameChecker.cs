namespace Offload.Engine.Tests.Frames;

/// <summary>What is wrong with a frame that the engine sent.</summary>
internal sealed class FrameFaultException(string fault, ReadOnlySpan<byte> frame) : Exception($"{fault}: {Hex.Format(frame)}");

/// <summary>
/// Judges the engine's own segments by the RFCs (rules O1, O5, O6, O8 and the checksums). Written apart from the frame builder and from
/// the model: it reads byte by byte, and sums a checksum over the whole where they compute one to write.
/// </summary>
internal static class FrameChecker
{
    /// <summary>Takes a frame apart and throws at the first thing that no segment of the engine's own may show.</summary>
    /// <exception cref="FrameFaultException">The frame is not one that the engine may send.</exception>
    public static SentSegment Check(ReadOnlySpan<byte> frame, int hopLimit = 64, int dscp = 0)
    {
        Require(frame.Length >= 60, "shorter than 60 bytes", frame);
        Require(frame[0] % 2 == 0, "sent to a group address", frame);
        Require(frame[6] % 2 == 0, "sent from a group address", frame);
        int? tag = null;
        int at = 12;
        if (Word(frame, at) == 0x8100)
        {
            tag = Word(frame, 14);
            at = 16;
        }

        int type = Word(frame, at);
        at += 2;
        Require(type is 0x0800 or 0x86DD, "neither IPv4 nor IPv6", frame);
        bool ipv6 = type == 0x86DD;
        int ip = at;
        int length = ipv6 ? CheckIPv6(frame, ip, hopLimit, dscp) : CheckIPv4(frame, ip, hopLimit, dscp);
        int tcp = ip + (ipv6 ? 40 : 20);
        Require(tcp + length <= frame.Length, "IP length beyond the frame", frame);
        Require(Math.Max(60, tcp + length) == frame.Length, "bytes behind the padding", frame);
        Require(frame[(tcp + length)..].IndexOfAnyExcept((byte)0) < 0, "padding is not zero", frame);
        CheckTcpChecksum(frame, ip, tcp, length, ipv6);

        int header = (frame[tcp + 12] >> 4) * 4;
        Require((frame[tcp + 12] & 15) == 0, "reserved bits set", frame);
        Require(header >= 20 && header == length, "data, or a wrong data offset", frame);
        var flags = (TcpFlags)frame[tcp + 13];
        Require(
            flags is TcpFlags.Syn or (TcpFlags.Syn | TcpFlags.Ack) or TcpFlags.Ack or (TcpFlags.Fin | TcpFlags.Ack) or TcpFlags.Rst or (TcpFlags.Rst | TcpFlags.Ack),
            "flags that the engine never sends", frame);
        Require(Word(frame, tcp + 18) == 0, "urgent pointer set", frame);
        uint ack = Long(frame, tcp + 8);
        Require(flags.HasFlag(TcpFlags.Ack) || ack == 0, "acknowledgment number without ACK", frame);

        var sent = new SentSegment
        {
            DestinationMac = Mac(frame, 0),
            SourceMac = Mac(frame, 6),
            Tag = tag,
            IsIPv6 = ipv6,
            Source = Address(frame, ip + (ipv6 ? 8 : 12), ipv6),
            Destination = Address(frame, ip + (ipv6 ? 24 : 16), ipv6),
            SourcePort = Word(frame, tcp),
            DestinationPort = Word(frame, tcp + 2),
            Seq = Long(frame, tcp + 4),
            Ack = ack,
            Flags = flags,
            Window = Word(frame, tcp + 14),
        };
        return CheckOptions(frame, tcp + 20, tcp + header, sent);
    }

    private static int CheckIPv4(ReadOnlySpan<byte> frame, int ip, int hopLimit, int dscp)
    {
        Require(frame[ip] == 0x45, "not IPv4 without options", frame);
        Require(frame[ip + 1] == dscp << 2, "DSCP or ECN wrong", frame);
        Require(Word(frame, ip + 4) == 0, "IP ID is not 0", frame);
        Require(Word(frame, ip + 6) == 0x4000, "not DF alone", frame);
        Require(frame[ip + 8] == hopLimit, "TTL wrong", frame);
        Require(frame[ip + 9] == 6, "not TCP", frame);
        Require(Folded(frame.Slice(ip, 20), 0) == 0xFFFF, "IPv4 header checksum wrong", frame);
        return Word(frame, ip + 2) - 20;
    }

    private static int CheckIPv6(ReadOnlySpan<byte> frame, int ip, int hopLimit, int dscp)
    {
        Require(Long(frame, ip) == (6u << 28 | (uint)dscp << 22), "IPv6 version, traffic class or flow label wrong", frame);
        Require(frame[ip + 6] == 6, "not TCP", frame);
        Require(frame[ip + 7] == hopLimit, "hop limit wrong", frame);
        return Word(frame, ip + 4);
    }

    private static void CheckTcpChecksum(ReadOnlySpan<byte> frame, int ip, int tcp, int length, bool ipv6)
    {
        int start = ip + (ipv6 ? 8 : 12);
        uint seed = (uint)(6 + length) + Folded(frame[start..tcp], 0);
        Require(Folded(frame.Slice(tcp, length), seed) == 0xFFFF, "TCP checksum wrong", frame);
    }

    private static SentSegment CheckOptions(ReadOnlySpan<byte> frame, int at, int end, SentSegment sent)
    {
        bool syn = sent.Flags.HasFlag(TcpFlags.Syn);
        string order = "";
        while (at < end)
        {
            int kind = frame[at];
            if (kind == 1)
            {
                order += "n";
                at++;
                continue;
            }

            Require(at + 1 < end && at + frame[at + 1] <= end, "option beyond the header", frame);
            int size = frame[at + 1];
            switch (kind, size)
            {
                case (2, 4):
                    order += "M";
                    sent = sent with { Mss = Word(frame, at + 2) };
                    break;
                case (3, 3):
                    order += "W";
                    sent = sent with { Scale = frame[at + 2] };
                    Require(frame[at + 2] <= 14, "window scale above 14", frame);
                    break;
                case (4, 2):
                    order += "S";
                    sent = sent with { SackPermitted = true };
                    break;
                case (8, 10):
                    order += "T";
                    sent = sent with { TsVal = Long(frame, at + 2), TsEcr = Long(frame, at + 6) };
                    break;
                default:
                    Require(false, $"option {kind} of length {size}", frame);
                    break;
            }

            at += size;
        }

        bool layout = syn ? order is "M" or "MST" or "MnnT" or "MnnS" or "MnW" or "MSTnW" or "MnnTnW" or "MnnSnW" : order is "" or "nnT";
        Require(layout, $"option order '{order}' is not Linux's", frame);
        Require(!sent.Flags.HasFlag(TcpFlags.Rst) || order.Length == 0, "options on a reset", frame);
        return sent;
    }

    private static uint Folded(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] * 256 : bytes[i];
            if (sum >= 0x10000)
            {
                sum -= 0xFFFF;
            }
        }

        return sum;
    }

    private static int Word(ReadOnlySpan<byte> frame, int at) => (frame[at] << 8) + frame[at + 1];

    private static uint Long(ReadOnlySpan<byte> frame, int at) => ((uint)Word(frame, at) << 16) + (uint)Word(frame, at + 2);

    private static ulong Mac(ReadOnlySpan<byte> frame, int at) => ((ulong)Word(frame, at) << 32) + Long(frame, at + 2);

    private static UInt128 Address(ReadOnlySpan<byte> frame, int at, bool ipv6)
    {
        UInt128 address = ipv6 ? UInt128.Zero : 0xFFFF;
        for (int i = 0; i < (ipv6 ? 16 : 4); i++)
        {
            address = (address << 8) + frame[at + i];
        }

        return address;
    }

    private static void Require(bool condition, string fault, ReadOnlySpan<byte> frame)
    {
        if (!condition)
        {
            throw new FrameFaultException(fault, frame);
        }
    }
}

/// <summary>A segment of the engine's own, as the checker read it. Absent options are null or false.</summary>
internal sealed record SentSegment
{
    public ulong DestinationMac { get; init; }

    public ulong SourceMac { get; init; }

    public int? Tag { get; init; }

    public bool IsIPv6 { get; init; }

    public UInt128 Source { get; init; }

    public UInt128 Destination { get; init; }

    public int SourcePort { get; init; }

    public int DestinationPort { get; init; }

    public uint Seq { get; init; }

    public uint Ack { get; init; }

    public TcpFlags Flags { get; init; }

    public int Window { get; init; }

    public int? Mss { get; init; }

    public int? Scale { get; init; }

    public bool SackPermitted { get; init; }

    public uint? TsVal { get; init; }

    public uint? TsEcr { get; init; }
}
