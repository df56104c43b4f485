using System.Security.Cryptography;
using Offload.Connections;

namespace Offload.Isn;

/// <summary>The ISN key that this process has set last, so that ISNs can be checked. Pinned, and zeroed when it is replaced or no longer needed.</summary>
internal sealed class IsnKeyStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly byte[] _key = GC.AllocateArray<byte>(SipHash.KeyLength, pinned: true);
    private ulong _generation;

    /// <summary>Keeps a key.</summary>
    public void Set(ReadOnlySpan<byte> key, ulong generation)
    {
        lock (_gate)
        {
            // An answer may arrive after that of a later key.
            if (generation >= _generation)
            {
                key.CopyTo(_key);
                _generation = generation;
            }
        }
    }

    /// <summary>The hash of a tuple under the key of a configuration.</summary>
    public ulong Hash(IsnConfiguration configuration, in ConnectionKey tuple)
    {
        Span<byte> message = stackalloc byte[IsnFormula.MessageLength];
        IsnFormula.WriteMessage(tuple, message);
        lock (_gate)
        {
            if (_generation == 0 || configuration.KeyGeneration != _generation)
            {
                throw new OffloadException(
                    OffloadError.KeyNotHeld,
                    "Only the process that set the current ISN key can compute with it, and keys cannot be read back. "
                    + "Read the configuration again, or set a key (isn set, or BoardIsn.RotateKeyAsync) in this process.");
            }

            return SipHash.Compute(_key, message);
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            CryptographicOperations.ZeroMemory(_key);
            _generation = 0;
        }
    }

    /// <summary>Names no key.</summary>
    public override string ToString() => nameof(IsnKeyStore);
}
