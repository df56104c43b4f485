using System.Security.Cryptography;

namespace Offload.Programming;

/// <summary>Makes bitstream containers.</summary>
public static class BitstreamWriter
{
    /// <summary>Makes a container. The same arguments without a key give the same bytes.</summary>
    /// <param name="board">Name of the kind of board: lower-case letters, digits and inner hyphens, at most 64.</param>
    /// <param name="idCode">JTAG IDCODE of its part.</param>
    /// <param name="version">Version of the bitstream: printable ASCII without spaces, at most 64 characters.</param>
    /// <param name="map">Canonical text of the register map that the core was made from.</param>
    /// <param name="payloadKind">One of <see cref="BitstreamPayload"/>.</param>
    /// <param name="payload">What is loaded into the board, 1 byte to 256 MiB.</param>
    /// <param name="built">When it was built, or null; fractions of a second are dropped.</param>
    /// <param name="signingKey">A private ECDSA key on P-256 to sign with, or null.</param>
    /// <returns>The container's bytes.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    /// <exception cref="OffloadException">The key is not on P-256 (<see cref="OffloadError.InvalidArgument"/>).</exception>
    public static byte[] Pack(
        string board,
        uint idCode,
        string version,
        string map,
        string payloadKind,
        ReadOnlySpan<byte> payload,
        DateTimeOffset? built = null,
        ECDsa? signingKey = null)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(payloadKind);
        Require(BitstreamHeaderJson.IsName(board), "a board's name has lower-case letters, digits and inner hyphens, at most 64");
        Require(BitstreamHeaderJson.IsVersion(version), "a version has 1 to 64 printable characters and no space");
        Require(BitstreamHeaderJson.IsName(payloadKind), "a payload's kind has lower-case letters, digits and inner hyphens, at most 64");
        Require(payload.Length is > 0 and <= BitstreamFormat.MaxPayloadLength, "a payload has 1 byte to 256 MiB");

        byte[] header = BitstreamHeaderJson.Serialize(new BitstreamHeader
        {
            Board = board,
            IdCode = idCode,
            MapHash = BitstreamHeaderJson.HashOf(map),
            Version = version,
            Built = built,
            PayloadKind = payloadKind,
            PayloadSha256 = Convert.ToHexStringLower(SHA256.HashData(payload)),
            Map = map,
        });
        Require(header.Length <= BitstreamFormat.MaxHeaderLength, "a header, register map included, has at most 1 MiB");
        return Assemble(header, payload, signingKey);
    }

    /// <summary>Puts the parts together; the header is not looked at, so that tests can make wrong ones.</summary>
    internal static byte[] Assemble(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ECDsa? signingKey)
    {
        BitstreamPrologue prologue = new(
            BitstreamFormat.Version,
            (uint)header.Length,
            (ulong)payload.Length,
            signingKey is null ? 0u : BitstreamFormat.SignatureLength);
        byte[] data = new byte[prologue.FileLength];
        BitstreamFormat.WritePrologue(data, prologue);
        header.CopyTo(data.AsSpan(BitstreamFormat.PrologueLength));
        payload.CopyTo(data.AsSpan(BitstreamFormat.PrologueLength + header.Length));
        int signed = (int)prologue.SignedLength;
        if (signingKey is not null)
        {
            TrustedKey key = TrustedKey.FromKey(signingKey);
            Convert.FromHexString(key.Id).CopyTo(data.AsSpan(signed));
            signingKey.SignData(
                    data.AsSpan(0, signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                .CopyTo(data.AsSpan(signed + BitstreamFormat.KeyIdLength));
        }

        SHA256.HashData(data.AsSpan(0, data.Length - BitstreamFormat.DigestLength))
            .CopyTo(data.AsSpan(data.Length - BitstreamFormat.DigestLength));
        return data;
    }

    private static void Require(bool good, string message)
    {
        if (!good)
        {
            throw new ArgumentException(message);
        }
    }
}
