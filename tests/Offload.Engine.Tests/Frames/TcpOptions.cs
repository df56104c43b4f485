using System.Buffers.Binary;

namespace Offload.Engine.Tests.Frames;

/// <summary>Writes the options of a TCP header in the order in which they are asked for, right or wrong.</summary>
internal sealed class TcpOptions
{
    private readonly List<byte> _bytes = [];

    /// <summary>What Linux offers in a SYN: MSS, SACK-permitted, timestamps, window scale.</summary>
    public static byte[] Linux(uint timestamp, ushort mss = 1460, byte scale = 7) =>
        new TcpOptions().Mss(mss).SackPermitted().Timestamps(timestamp, 0).Nop().Scale(scale).ToArray();

    /// <summary>Timestamps alone, aligned as every segment after the SYN carries them.</summary>
    public static byte[] Stamp(uint value, uint echo) => new TcpOptions().Nop().Nop().Timestamps(value, echo).ToArray();

    public TcpOptions Nop() => Raw(1);

    public TcpOptions End() => Raw(0);

    public TcpOptions Mss(ushort mss) => Raw(2, 4, (byte)(mss >> 8), (byte)mss);

    public TcpOptions Scale(byte shift) => Raw(3, 3, shift);

    public TcpOptions SackPermitted() => Raw(4, 2);

    public TcpOptions Timestamps(uint value, uint echo)
    {
        Span<byte> body = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(body, value);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], echo);
        return Raw([8, 10, .. body]);
    }

    public TcpOptions Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>The options, filled up with end-of-list bytes to a multiple of four.</summary>
    public byte[] ToArray()
    {
        while (_bytes.Count % 4 != 0)
        {
            _bytes.Add(0);
        }

        return [.. _bytes];
    }
}
