using System.Buffers.Binary;

namespace Offload.Bitstream.Silicon;

/// <summary>
/// The head of an ECP5 configuration stream, as ecppack writes it: FF 00, comments, preamble FFFFBDB3, and commands (Lattice,
/// "ECP5 and ECP5-5G sysCONFIG Usage Guide", FPGA-TN-02039), of which VERIFY_ID names the part that it is for. An FPGA
/// refuses one for another part; here it is refused before anything is packed.
/// </summary>
internal static class Ecp5Stream
{
    private const uint Preamble = 0xffffbdb3;
    private const int LongestComments = 4096;
    private const byte Dummy = 0xff;
    private const byte ResetCrc = 0x3b;
    private const byte VerifyId = 0xe2;

    /// <summary>Reads the IDCODE that a stream is for.</summary>
    /// <returns>The IDCODE, or null where this is no stream, or one that names no part.</returns>
    internal static uint? IdCode(ReadOnlySpan<byte> stream)
    {
        if (!stream.StartsWith<byte>([0xff, 0x00]))
        {
            return null;
        }

        Span<byte> preamble = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(preamble, Preamble);
        int position = stream[..Math.Min(stream.Length, LongestComments)].IndexOf(preamble);
        if (position < 0)
        {
            return null;
        }

        position += preamble.Length;
        while (position < stream.Length)
        {
            switch (stream[position])
            {
                case Dummy:
                    position++;
                    break;
                case ResetCrc:
                    position += 4;
                    break;
                case VerifyId when position + 8 <= stream.Length:
                    return BinaryPrimitives.ReadUInt32BigEndian(stream[(position + 4)..]);
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Refuses what is no configuration stream, or one for another part.</summary>
    /// <exception cref="ToolException">It is refused.</exception>
    internal static void Check(ReadOnlySpan<byte> stream, string path, BoardFile board)
    {
        if (IdCode(stream) is not { } idCode)
        {
            throw new ToolException(
                ExitCode.Usage, $"{path} is not an ECP5 configuration stream that names its part: FF 00, preamble FFFFBDB3, VERIFY_ID; make it with ecppack, without --idcode");
        }

        if (idCode != board.IdCode)
        {
            throw new ToolException(
                ExitCode.Usage, $"{path} is for a part with IDCODE 0x{idCode:x8}, and board '{board.Name}' has 0x{board.IdCode:x8}; look at the board file's part, device and idcode");
        }
    }
}
