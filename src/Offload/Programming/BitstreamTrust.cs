using System.Security.Cryptography;

namespace Offload.Programming;

/// <summary>A public key whose signatures are trusted: ECDSA on NIST P-256, with SHA-256.</summary>
public sealed class TrustedKey
{
    private readonly byte[] _subjectPublicKeyInfo;

    private TrustedKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Id = Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));
    }

    /// <summary>SHA-256 of the key (SubjectPublicKeyInfo, DER), 64 lower-case hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Reads a key as <c>offload-bitstream keygen</c> writes it: PEM, <c>PUBLIC KEY</c> (of a private key, its public half).</summary>
    /// <param name="pem">The text.</param>
    /// <exception cref="OffloadException">It is not such a key (<see cref="OffloadError.InvalidArgument"/>).</exception>
    public static TrustedKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new OffloadException(
                OffloadError.InvalidArgument, "not a public key in PEM form; make one with `offload-bitstream keygen`", exception);
        }

        return FromKey(key);
    }

    /// <summary>Takes the public half of a key.</summary>
    /// <param name="key">The key; it stays the caller's.</param>
    /// <exception cref="OffloadException">It is not on P-256 (<see cref="OffloadError.InvalidArgument"/>).</exception>
    public static TrustedKey FromKey(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new OffloadException(
                OffloadError.InvalidArgument, "bitstreams are signed with ECDSA on NIST P-256, and this key is another one; make one with `offload-bitstream keygen`");
        }

        return new TrustedKey(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Whether this key made a signature.</summary>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">The signature: r, then s, 32 bytes each.</param>
    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}

/// <summary>
/// Which bitstreams may run. Where there are <see cref="Keys"/>: those signed by one of them, and no others. Without any: where loading one means
/// running native code, those whose file belongs to the caller and can be written by nobody else; elsewhere all.
/// </summary>
public sealed class BitstreamTrust
{
    /// <summary>Environment variable that names the folder of trusted keys, instead of the usual ones.</summary>
    public const string KeysVariable = "OFFLOAD_TRUSTED_KEYS";

    /// <summary>Makes a rule.</summary>
    /// <param name="keys">The keys whose signatures are trusted.</param>
    public BitstreamTrust(IEnumerable<TrustedKey> keys) => Keys = [.. keys];

    /// <summary>The rule without any key: the caller's own files only.</summary>
    public static BitstreamTrust OwnFilesOnly { get; } = new([]);

    /// <summary>The keys whose signatures are trusted.</summary>
    public IReadOnlyList<TrustedKey> Keys { get; }

    /// <summary>
    /// The rule with the keys that this machine's configuration trusts: every <c>*.pem</c> in the folder that
    /// <see cref="KeysVariable"/> names; without it, in <c>/etc/offload/trusted-keys</c> and in
    /// <c>$XDG_CONFIG_HOME/offload/trusted-keys</c> (<c>~/.config</c> where that is not set).
    /// </summary>
    /// <exception cref="OffloadException">A key cannot be read, or someone other than the caller and root can write its file.</exception>
    public static BitstreamTrust FromConfiguration()
    {
        if (Environment.GetEnvironmentVariable(KeysVariable) is { Length: > 0 } folder)
        {
            return new BitstreamTrust(ReadFolder(folder));
        }

        string config = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return new BitstreamTrust(
            [.. ReadFolder("/etc/offload/trusted-keys"), .. ReadFolder(Path.Combine(config, "offload", "trusted-keys"))]);
    }

    private static List<TrustedKey> ReadFolder(string folder)
    {
        List<TrustedKey> keys = [];
        if (!Directory.Exists(folder))
        {
            return keys;
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal))
        {
            try
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read);
                FileOwnership ownership = FileOwnership.Of(stream.SafeFileHandle);
                if (!ownership.IsCallersOrRoots)
                {
                    throw new OffloadException(
                        OffloadError.PermissionDenied, $"{path} is not to be trusted: {ownership.Objection}; run `chmod go-w`, and `chown` if it is not yours");
                }

                using StreamReader reader = new(stream);
                keys.Add(TrustedKey.FromPem(reader.ReadToEnd()));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new OffloadException(OffloadError.PermissionDenied, $"{path} cannot be read: {exception.Message}", exception);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.InvalidArgument)
            {
                throw new OffloadException(OffloadError.InvalidArgument, $"{path}: {exception.Message}", exception);
            }
        }

        return keys;
    }
}
