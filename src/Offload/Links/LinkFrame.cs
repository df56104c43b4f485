using System.Buffers.Binary;
using System.IO.Hashing;

namespace Offload.Links;

/// <summary>Frames of the register link (docs/link.md): a body of 32-bit words behind which stands its CRC-32, without zeros by COBS, and a zero.</summary>
internal static class LinkFrame
{
    /// <summary>CRC-32 of IEEE 802.3 over something with its own CRC behind it.</summary>
    private const uint Residue = 0x2144DF1C;

    /// <summary>Most bytes that COBS puts behind one length.</summary>
    private const int LongestRun = 254;

    /// <summary>Makes the frame of a body.</summary>
    /// <param name="header">The body's first word.</param>
    /// <param name="content">The words behind it.</param>
    /// <returns>The bytes for the line, with the zero that ends them.</returns>
    internal static byte[] Encode(uint header, ReadOnlySpan<uint> content)
    {
        byte[] body = new byte[(content.Length + 2) * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(body, header);
        for (int i = 0; i < content.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan((i + 1) * sizeof(uint)), content[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(body.Length - sizeof(uint)), Crc32.HashToUInt32(body.AsSpan(..^sizeof(uint))));
        return Stuff(body);
    }

    /// <summary>Takes a frame apart.</summary>
    /// <param name="frame">What stood between two zeros.</param>
    /// <param name="words">The body's words without its CRC-32.</param>
    /// <returns>False where it is no whole frame with a right CRC-32.</returns>
    internal static bool TryDecode(ReadOnlySpan<byte> frame, out uint[] words)
    {
        words = [];
        byte[] body = new byte[frame.Length];
        int length = 0;
        for (int at = 0; at < frame.Length;)
        {
            int run = frame[at++];
            if (run == 0 || at + run - 1 > frame.Length)
            {
                return false;
            }

            frame.Slice(at, run - 1).CopyTo(body.AsSpan(length));
            at += run - 1;
            length += run - 1;
            if (run < 0xFF && at < frame.Length)
            {
                length++; // a zero, which the array has there already
            }
        }

        if (length < 2 * sizeof(uint) || length % sizeof(uint) != 0 || Crc32.HashToUInt32(body.AsSpan(0, length)) != Residue)
        {
            return false;
        }

        words = new uint[(length / sizeof(uint)) - 1];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(i * sizeof(uint)));
        }

        return true;
    }

    private static byte[] Stuff(ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[body.Length + (body.Length / LongestRun) + 2];
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> run = body[..Math.Min(LongestRun, body.Length)];
            int zero = run.IndexOf((byte)0);
            run = zero < 0 ? run : run[..zero];
            frame[at++] = (byte)(run.Length + 1);
            run.CopyTo(frame.AsSpan(at));
            at += run.Length;
            if (run.Length < LongestRun && zero < 0)
            {
                return frame[..(at + 1)];
            }

            body = body[(zero < 0 ? run.Length : run.Length + 1)..];
        }
    }
}
