using System.Buffers.Binary;
using System.Numerics;

namespace Offload.Programming;

/// <summary>
/// The container's layout (docs/bitstream.md): a prologue of 32 bytes, the header (JSON), the payload, an optional signature,
/// and the SHA-256 of everything before it. Numbers are little-endian. The prologue is the same in every format version, and
/// has a check of its own, so that its lengths can be believed and a file that is too short is told from one that was altered.
/// </summary>
internal static class BitstreamFormat
{
    /// <summary>Format version that this build reads and writes.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of the prologue.</summary>
    public const int PrologueLength = 32;

    /// <summary>Longest header in bytes.</summary>
    public const int MaxHeaderLength = 1 << 20;

    /// <summary>Longest payload in bytes.</summary>
    public const int MaxPayloadLength = 256 << 20;

    /// <summary>Bytes of a key's identifier (SHA-256).</summary>
    public const int KeyIdLength = 32;

    /// <summary>Bytes of an ECDSA P-256 signature: r, then s.</summary>
    public const int EcdsaLength = 64;

    /// <summary>Bytes of the signature block, where there is one.</summary>
    public const int SignatureLength = KeyIdLength + EcdsaLength;

    /// <summary>Bytes of the digest at the end.</summary>
    public const int DigestLength = 32;

    private const int CheckOffset = 28;

    /// <summary>First bytes of every container. Like PNG's, they show a transfer that changed line ends or lost the eighth bit.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'O', (byte)'B', (byte)'I', (byte)'T', 0x0D, 0x0A, 0x1A];

    /// <summary>Writes a prologue.</summary>
    /// <param name="destination">Where to; <see cref="PrologueLength"/> bytes at least.</param>
    /// <param name="prologue">What to write.</param>
    public static void WritePrologue(Span<byte> destination, in BitstreamPrologue prologue)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], prologue.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], prologue.HeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], prologue.PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], prologue.SignatureLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[CheckOffset..], Crc32C(destination[..CheckOffset]));
    }

    /// <summary>Reads a prologue and checks it.</summary>
    /// <param name="start">The file's first bytes, <see cref="PrologueLength"/> of them unless the file is shorter.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="BitstreamRejectedException">It is no prologue, or a damaged one, or of another version.</exception>
    public static BitstreamPrologue ReadPrologue(ReadOnlySpan<byte> start, string name)
    {
        int common = Math.Min(start.Length, Magic.Length);
        if (!start[..common].SequenceEqual(Magic[..common]))
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.NotABitstream,
                $"{name} is not a bitstream container; pack one with `offload-bitstream pack`, or build one with firmware-tools/build-virtual-board.sh");
        }

        if (start.Length < PrologueLength)
        {
            throw Truncated(name, start.Length, PrologueLength);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(start[CheckOffset..]) != Crc32C(start[..CheckOffset]))
        {
            throw Altered(name, "its first 32 bytes do not match their check");
        }

        BitstreamPrologue prologue = new(
            BinaryPrimitives.ReadUInt32LittleEndian(start[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(start[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(start[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(start[24..]));
        if (prologue.Version != Version)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.UnsupportedVersion,
                $"{name} has container format {prologue.Version}, and this build knows format {Version}; use the tools and the bitstream of one release");
        }

        if (prologue.HeaderLength is 0 or > MaxHeaderLength
            || prologue.PayloadLength is 0 or > MaxPayloadLength
            || prologue.SignatureLength is not (0 or SignatureLength))
        {
            throw Malformed(
                name,
                $"its lengths are out of range (header {prologue.HeaderLength}, payload {prologue.PayloadLength}, signature {prologue.SignatureLength} bytes)");
        }

        return prologue;
    }

    /// <summary>The exception for a file that ends too early.</summary>
    public static BitstreamRejectedException Truncated(string name, long length, long expected) => new(
        BitstreamRejection.Truncated,
        $"{name} is truncated: it has {length} of at least {expected} bytes; copy it again");

    /// <summary>The exception for a file whose contents changed.</summary>
    public static BitstreamRejectedException Altered(string name, string what) => new(
        BitstreamRejection.Altered,
        $"{name} was altered since it was packed: {what}; copy it again from where it was built");

    /// <summary>The exception for a file that was made wrong.</summary>
    public static BitstreamRejectedException Malformed(string name, string what, Exception? inner = null) => new(
        BitstreamRejection.Malformed,
        $"{name} is malformed: {what}; pack it again with `offload-bitstream pack`",
        inner);

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}

/// <summary>The prologue's numbers.</summary>
/// <param name="Version">Format version.</param>
/// <param name="HeaderLength">Bytes of the header.</param>
/// <param name="PayloadLength">Bytes of the payload.</param>
/// <param name="SignatureLength">Bytes of the signature block; 0 where there is none.</param>
internal readonly record struct BitstreamPrologue(uint Version, uint HeaderLength, ulong PayloadLength, uint SignatureLength)
{
    /// <summary>Bytes that a signature covers: prologue, header and payload.</summary>
    public long SignedLength => BitstreamFormat.PrologueLength + HeaderLength + (long)PayloadLength;

    /// <summary>Bytes of the whole file.</summary>
    public long FileLength => SignedLength + SignatureLength + BitstreamFormat.DigestLength;
}
