using System.Buffers.Binary;

namespace Offload.Benchmarks;

/// <summary>A frame as it is on a line: preamble and start frame delimiter before it, its check sequence behind (IEEE 802.3, 3.2).</summary>
internal static class Line
{
    private static readonly byte[] Preamble = [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5];

    public static byte[] Add(byte[] frame)
    {
        var check = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(check, CheckSequence(frame));
        return [.. Preamble, .. frame, .. check];
    }

    /// <summary>Takes both off, and sees that they are right.</summary>
    public static byte[] Remove(byte[] line)
    {
        if (line.Length < 72 || !line.AsSpan(0, 8).SequenceEqual(Preamble))
        {
            throw new InvalidOperationException("a frame left without a preamble, or too short");
        }

        byte[] frame = line[8..^4];
        return BinaryPrimitives.ReadUInt32LittleEndian(line.AsSpan(line.Length - 4)) == CheckSequence(frame)
            ? frame
            : throw new InvalidOperationException("a frame left with a wrong check sequence");
    }

    /// <summary>CRC-32 of IEEE 802.3, 3.2.9, bit by bit.</summary>
    public static uint CheckSequence(ReadOnlySpan<byte> frame)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in frame)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            }
        }

        return ~crc;
    }
}
