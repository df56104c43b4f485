using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Offload.Programming;

/// <summary>
/// A bitstream container that was read and found whole: its lengths, its digest and its header are right. Whether it fits a board,
/// and may run there, is a second question (<see cref="EnsureFits"/>). The format is described in docs/bitstream.md.
/// </summary>
public sealed class BitstreamFile
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly BitstreamPrologue _prologue;
    private readonly FileOwnership? _ownership;

    private BitstreamFile(string name, ReadOnlyMemory<byte> data, BitstreamPrologue prologue, FileOwnership? ownership)
    {
        Name = name;
        _data = data;
        _prologue = prologue;
        _ownership = ownership;

        ReadOnlySpan<byte> digest = data.Span[^BitstreamFormat.DigestLength..];
        if (!SHA256.HashData(data.Span[..^BitstreamFormat.DigestLength]).AsSpan().SequenceEqual(digest))
        {
            throw BitstreamFormat.Altered(name, "its SHA-256 is not the one at its end");
        }

        Header = BitstreamHeaderJson.Parse(
            data.Span.Slice(BitstreamFormat.PrologueLength, (int)prologue.HeaderLength), name);
        Payload = data.Slice(BitstreamFormat.PrologueLength + (int)prologue.HeaderLength, (int)prologue.PayloadLength);
        if (Convert.ToHexStringLower(SHA256.HashData(Payload.Span)) != Header.PayloadSha256)
        {
            throw BitstreamFormat.Malformed(name, "its payload does not have the SHA-256 that its header states");
        }

        if (prologue.SignatureLength != 0)
        {
            Signature = new BitstreamSignature(
                Convert.ToHexStringLower(SignatureBlock.Span[..BitstreamFormat.KeyIdLength]));
        }
    }

    /// <summary>What messages call it: the path as it was given.</summary>
    public string Name { get; }

    /// <summary>What it says of its payload.</summary>
    public BitstreamHeader Header { get; }

    /// <summary>What is loaded into the board.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Who claims to have signed it, or null where it is not signed. <see cref="EnsureFits"/> and <see cref="IsSignedBy"/> check.</summary>
    public BitstreamSignature? Signature { get; }

    /// <summary>Length of the whole container in bytes.</summary>
    public long Length => _data.Length;

    /// <summary>
    /// Whether it was read from a file that belongs to the caller and that nobody else can write, as the opened descriptor showed.
    /// False where it did not come from a file.
    /// </summary>
    public bool IsCallersAlone => _ownership is { IsCallersAlone: true };

    private ReadOnlyMemory<byte> SignatureBlock => _data.Slice((int)_prologue.SignedLength, (int)_prologue.SignatureLength);

    /// <summary>Reads a file and checks that it is whole. Nothing of it is run.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="BitstreamRejectedException">It is not a container, or not a whole one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static BitstreamFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SafeFileHandle handle = File.OpenHandle(path);
        FileOwnership ownership = FileOwnership.Of(handle);
        if (!ownership.IsRegular)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.NotABitstream, $"{path} is not a regular file, so it is not a bitstream container; name the file itself");
        }

        Span<byte> start = stackalloc byte[BitstreamFormat.PrologueLength];
        start = start[..ReadAll(handle, start)];
        BitstreamPrologue prologue = BitstreamFormat.ReadPrologue(start, path);
        CheckLength(path, RandomAccess.GetLength(handle), prologue);
        byte[] data = GC.AllocateUninitializedArray<byte>((int)prologue.FileLength);
        int length = ReadAll(handle, data);
        CheckLength(path, length, prologue);
        return new BitstreamFile(path, data, ReadSame(data, prologue, path), ownership);
    }

    /// <summary>Checks that bytes are a whole container. Nothing of it is run.</summary>
    /// <param name="data">The bytes; they must not change afterwards.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="BitstreamRejectedException">It is not a container, or not a whole one.</exception>
    public static BitstreamFile Parse(ReadOnlyMemory<byte> data, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        BitstreamPrologue prologue = BitstreamFormat.ReadPrologue(
            data.Span[..Math.Min(data.Length, BitstreamFormat.PrologueLength)], name);
        CheckLength(name, data.Length, prologue);
        return new BitstreamFile(name, data, prologue, ownership: null);
    }

    /// <summary>Whether a key made the signature.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False where it is not signed, signed by another key, or its signature is wrong.</returns>
    public bool IsSignedBy(TrustedKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Signature is { } signature
            && signature.KeyId == key.Id
            && key.Verify(_data.Span[..(int)_prologue.SignedLength], SignatureBlock.Span[BitstreamFormat.KeyIdLength..]);
    }

    /// <summary>
    /// Checks that the bitstream is for a board, in this order: board, IDCODE, register map, kind of payload, signature, and,
    /// where <see cref="BitstreamRequirements.Trust"/> asks for it, that it may run here.
    /// </summary>
    /// <param name="requirements">What the board needs.</param>
    /// <exception cref="BitstreamRejectedException">It does not fit; <see cref="BitstreamRejectedException.Reason"/> says why.</exception>
    public void EnsureFits(BitstreamRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        if (Header.Board != requirements.Board)
        {
            throw Reject(
                BitstreamRejection.WrongBoard,
                $"is for board '{Header.Board}', and this is board '{requirements.Board}'; choose the bitstream that was built for '{requirements.Board}'");
        }

        if (Header.IdCode != requirements.IdCode)
        {
            throw Reject(
                BitstreamRejection.WrongIdCode,
                $"is for a part with IDCODE {BitstreamHeaderJson.FormatIdCode(Header.IdCode)}, and this board's has {BitstreamHeaderJson.FormatIdCode(requirements.IdCode)}; choose the bitstream that was built for this part");
        }

        if (Header.MapHash != requirements.MapHash)
        {
            throw Reject(
                BitstreamRejection.WrongMap,
                $"has another register map than this SDK: {TextDifference.First(Header.Map, requirements.Map, "the bitstream", "the SDK")}; use the bitstream and the SDK of one release, or build it again");
        }

        if (!requirements.PayloadKinds.Contains(Header.PayloadKind))
        {
            throw Reject(
                BitstreamRejection.WrongPayload,
                $"has a payload of kind '{Header.PayloadKind}', and this board runs {string.Join(" or ", requirements.PayloadKinds.Select(kind => $"'{kind}'"))}; build it on this kind of machine");
        }

        if (requirements.Trust is { } trust)
        {
            EnsureTrusted(trust);
        }
    }

    /// <summary>Checks that one of the trusted keys signed it.</summary>
    /// <param name="trust">The keys.</param>
    /// <exception cref="BitstreamRejectedException">It is not signed (<see cref="BitstreamRejection.NotTrusted"/>), signed by another key
    /// (<see cref="BitstreamRejection.WrongKey"/>), or not what was signed (<see cref="BitstreamRejection.Altered"/>).</exception>
    public void EnsureSigned(BitstreamTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (Signature is not { } signature)
        {
            throw Reject(BitstreamRejection.NotTrusted, "is not signed; pack it with `offload-bitstream pack --sign`");
        }

        TrustedKey key = trust.Keys.FirstOrDefault(candidate => candidate.Id == signature.KeyId)
            ?? throw Reject(
                BitstreamRejection.WrongKey,
                $"is signed by key {signature.KeyId}, which is not trusted here ({trust.Keys.Count} trusted); add that public key to the trusted keys if you trust it, or take a bitstream that is signed by one of yours");
        if (!IsSignedBy(key))
        {
            throw BitstreamFormat.Altered(Name, $"it is not what key {key.Id} signed");
        }
    }

    private void EnsureTrusted(BitstreamTrust trust)
    {
        if (Signature is not null)
        {
            EnsureSigned(trust);
        }
        else if (trust.Keys.Count > 0)
        {
            throw Reject(
                BitstreamRejection.NotTrusted,
                $"is not signed, and where keys are trusted ({trust.Keys.Count} here) only what one of them signed is loaded; pack it with `offload-bitstream pack --sign`");
        }
        else if (!IsCallersAlone)
        {
            string objection = _ownership?.Objection ?? "it did not come from a file";
            throw Reject(
                BitstreamRejection.NotTrusted,
                $"is not signed, and {objection}. Loading it would run its code, so it has to be yours alone: copy it and run `chmod go-w` on the copy, or have it signed by a trusted key");
        }
    }

    private BitstreamRejectedException Reject(BitstreamRejection reason, string what) => new(reason, $"{Name} {what}");

    private static void CheckLength(string name, long length, in BitstreamPrologue prologue)
    {
        if (length < prologue.FileLength)
        {
            throw BitstreamFormat.Truncated(name, length, prologue.FileLength);
        }

        if (length > prologue.FileLength)
        {
            throw BitstreamFormat.Altered(name, $"{length - prologue.FileLength} bytes follow its end");
        }
    }

    /// <summary>The file may have been written between the two reads; what counts is what is in memory now.</summary>
    private static BitstreamPrologue ReadSame(byte[] data, in BitstreamPrologue expected, string name)
    {
        BitstreamPrologue prologue = BitstreamFormat.ReadPrologue(data.AsSpan(0, BitstreamFormat.PrologueLength), name);
        return prologue == expected ? prologue : throw BitstreamFormat.Altered(name, "it changed while it was read");
    }

    private static int ReadAll(SafeFileHandle handle, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = RandomAccess.Read(handle, destination[total..], total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }
}
