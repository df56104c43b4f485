using System.Buffers.Binary;
using System.Numerics;

namespace Offload.Engine.Tests.Model;

/// <summary>SipHash-2-4 with 64-bit output, from the paper of Aumasson and Bernstein (2012), section 2.</summary>
internal static class SipHash24
{
    /// <summary>Hash of a message of any length under a key of 16 bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        ulong k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
        Span<ulong> v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573];
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= 8; message = message[8..])
        {
            Absorb(v, BinaryPrimitives.ReadUInt64LittleEndian(message));
        }

        for (int i = 0; i < message.Length; i++)
        {
            last |= (ulong)message[i] << (8 * i);
        }

        Absorb(v, last);
        v[2] ^= 0xff;
        for (int i = 0; i < 4; i++)
        {
            Round(v);
        }

        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void Absorb(Span<ulong> v, ulong word)
    {
        v[3] ^= word;
        Round(v);
        Round(v);
        v[0] ^= word;
    }

    private static void Round(Span<ulong> v)
    {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = BitOperations.RotateLeft(v[1], 13) ^ v[0];
        v[3] = BitOperations.RotateLeft(v[3], 16) ^ v[2];
        v[0] = BitOperations.RotateLeft(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = BitOperations.RotateLeft(v[1], 17) ^ v[2];
        v[3] = BitOperations.RotateLeft(v[3], 21) ^ v[0];
        v[2] = BitOperations.RotateLeft(v[2], 32);
    }
}
