using System.Buffers.Binary;

namespace Offload.Links;

/// <summary>Frames of the register link (docs/link.md): a body of 32-bit words behind which stands its CRC-32, without zeros by COBS, and a zero.</summary>
internal static class LinkFrame
{
    /// <summary>CRC-32 of IEEE 802.3 over something with its own CRC behind it, before the inversion.</summary>
    private const uint Residue = 0xDEBB20E3;

    private static readonly uint[] Table = MakeTable();

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

        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(body.Length - sizeof(uint)), ~Checksum(body.AsSpan(..^sizeof(uint))));
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

        if (length < 2 * sizeof(uint) || length % sizeof(uint) != 0 || Checksum(body.AsSpan(0, length)) != Residue)
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
        byte[] frame = new byte[body.Length + (body.Length / 254) + 2];
        int code = 0;
        int at = 1;
        foreach (byte value in body)
        {
            if (value != 0)
            {
                frame[at++] = value;
            }

            if (value == 0 || at - code == 0xFF)
            {
                frame[code] = (byte)(at - code);
                code = at++;
            }
        }

        frame[code] = (byte)(at - code);
        return frame[..(at + 1)];
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
            }

            table[i] = crc;
        }

        return table;
    }
}
