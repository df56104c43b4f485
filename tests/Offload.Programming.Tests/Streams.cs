using System.Buffers.Binary;
using System.IO.Compression;

namespace Offload.Programming.Tests;

/// <summary>Configuration streams of a tiny design, as ecppack made them (vectors/make.sh), and changed ones.</summary>
internal static class Streams
{
    internal const uint Lfe5u25 = 0x41111043;
    internal const uint Lfe5um5g45 = 0x81112043;

    /// <summary>Frames of an LFE5U-25F, and the bytes of one (Project Trellis, devices.json).</summary>
    internal const int Frames = 7562;

    internal const int FrameLength = 74;

    internal static byte[] Small => Read("lfe5u-25f-compressed");

    internal static byte[] Read(string name)
    {
        using GZipStream file = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "vectors", name + ".bit.gz")), CompressionMode.Decompress);
        using MemoryStream data = new();
        file.CopyTo(data);
        return data.ToArray();
    }

    /// <summary>The same stream with another USERCODE, its CRC made right.</summary>
    internal static byte[] WithUserCode(byte[] stream, uint userCode)
    {
        byte[] copy = [.. stream];
        int command = UserCodeAt(copy);
        BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(command + 4), userCode);
        // The CRC counts the dummy after the last frame, too.
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(command + 8), Crc([0xFF, .. copy.AsSpan(command, 8)]));
        return copy;
    }

    internal static int UserCodeAt(byte[] stream) => stream.AsSpan().LastIndexOf<byte>([0xFF, 0xFF, 0xFF, 0xFF, 0xC2, 0x80, 0x00, 0x00]) + 4;

    internal static int PreambleAt(byte[] stream) => stream.AsSpan().IndexOf<byte>([0xFF, 0xFF, 0xBD, 0xB3]);

    internal static byte[] Changed(byte[] stream, int index, byte value)
    {
        byte[] copy = [.. stream];
        Assert.NotEqual(value, copy[index]);
        copy[index] = value;
        return copy;
    }

    /// <summary>A stream from scratch: preamble, LSC_RESET_CRC, VERIFY_ID, then what is given.</summary>
    internal static byte[] Made(params byte[][] commands) =>
    [
        0xFF, 0xFF, 0xBD, 0xB3, 0xFF, 0xFF, 0xFF, 0xFF, 0x3B, 0, 0, 0, 0xE2, 0, 0, 0, 0x41, 0x11, 0x10, 0x43, .. commands.SelectMany(command => command),
    ];

    /// <summary>LSC_PROG_INCR_RTI with so many frames of zeros, each with its CRC.</summary>
    internal static byte[] ZeroFrames(int count)
    {
        byte[] head = [0x82, 0x91, (byte)(count >> 8), (byte)count];
        byte[] zeros = new byte[FrameLength];
        List<byte> data = [.. head];
        for (int frame = 0; frame < count; frame++)
        {
            byte[] counted = frame == 0 ? [0xE2, 0, 0, 0, 0x41, 0x11, 0x10, 0x43, .. head, .. zeros] : [0xFF, .. zeros];
            ushort crc = Crc(counted);
            data.AddRange([.. zeros, (byte)(crc >> 8), (byte)crc, 0xFF]);
        }

        return [.. data];
    }

    /// <summary>CRC-16 as in Project Trellis: message bits are shifted in at the bottom, and pushed out by sixteen zeros.</summary>
    internal static ushort Crc(ReadOnlySpan<byte> data)
    {
        int crc = 0;
        foreach (byte value in (byte[])[.. data, 0, 0])
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                bool carry = (crc & 0x8000) != 0;
                crc = ((crc << 1) | ((value >> bit) & 1)) & 0xFFFF;
                crc ^= carry ? 0x8005 : 0;
            }
        }

        return (ushort)crc;
    }
}
