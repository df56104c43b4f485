using System.Security.Cryptography;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Isn;

/// <summary>How the core makes initial sequence numbers (RFC 6528): mode, key, and a way to check them. Thread-safe.</summary>
/// <remarks>Keys go to the core and never come back: not by a register, a log, an error or <see cref="object.ToString"/>.</remarks>
public sealed class BoardIsn : IDisposable
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = SipHash.KeyLength;

    private readonly BoardSession _session;
    private readonly IsnKeyStore _store;

    internal BoardIsn(BoardSession session, IsnKeyStore store)
    {
        _session = session;
        _store = store;
    }

    /// <summary>Reads how ISNs are made.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<IsnConfiguration> GetAsync(CancellationToken cancellationToken = default) => _session.GetIsnAsync(cancellationToken);

    /// <summary>Sets how the ISNs of connections opened from now on are made.</summary>
    /// <param name="mode"><see cref="IsnMode.Fixed"/> is for tests only: it sets the core's test-enable bit, which every other mode clears again.</param>
    /// <param name="fixedValue">The number of mode <see cref="IsnMode.Fixed"/>, and only of that.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">No fixed value with mode <see cref="IsnMode.Fixed"/>, or one with another mode.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: the mode is reserved in this version.</exception>
    public ValueTask SetModeAsync(IsnMode mode, uint? fixedValue = null, CancellationToken cancellationToken = default)
    {
        if (mode == IsnMode.Cookie)
        {
            throw new OffloadException(OffloadError.Unsupported, "ISN mode cookie is not in this version of the core. Use rfc6528 or counter.");
        }

        if (mode is not (IsnMode.Rfc6528 or IsnMode.Counter or IsnMode.Fixed))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "No such ISN mode.");
        }

        if (fixedValue.HasValue != (mode == IsnMode.Fixed))
        {
            throw new ArgumentException("A fixed value goes with ISN mode fixed, and only with that.", nameof(fixedValue));
        }

        return _session.SetIsnModeAsync(mode, fixedValue ?? 0, cancellationToken);
    }

    /// <summary>Sets the key. Connections that are open are not touched.</summary>
    /// <param name="key">16 bytes; copied, and the copy is zeroed when it is no longer needed. The caller zeroes its own.</param>
    /// <param name="cancellationToken">Ends the wait; the key may still have been set.</param>
    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public async ValueTask SetKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"An ISN key has {KeyLength} bytes, not {key.Length}.", nameof(key));
        }

        ulong generation = await _session.SetIsnKeyAsync(key, cancellationToken).ConfigureAwait(false);
        _store.Set(key.Span, generation);
    }

    /// <summary>Sets a new key from the operating system's generator.</summary>
    /// <param name="cancellationToken">Ends the wait; the key may still have been set.</param>
    public async ValueTask RotateKeyAsync(CancellationToken cancellationToken = default)
    {
        byte[] key = GC.AllocateArray<byte>(KeyLength, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            await SetKeyAsync(key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Computes again what the core must have made for a connection that was opened under a configuration, with the key that is set now.</summary>
    /// <param name="configuration">From <see cref="GetAsync"/>, with the same key set as when the connection was opened.</param>
    /// <param name="connection">The connection.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.KeyNotHeld"/>: this process did not set the configuration's key.</exception>
    public IsnValue Compute(IsnConfiguration configuration, in ConnectionRow connection) =>
        Compute(configuration, connection.Key, connection.CreatedMicroseconds);

    /// <summary>Computes what the core makes for a tuple at a time.</summary>
    /// <param name="configuration">From <see cref="GetAsync"/>.</param>
    /// <param name="key">The tuple; the VLAN does not matter.</param>
    /// <param name="createdMicroseconds">Time since the board's reset in microseconds.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.KeyNotHeld"/>: this process did not set the configuration's key.</exception>
    public IsnValue Compute(IsnConfiguration configuration, in ConnectionKey key, ulong createdMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return IsnFormula.Compute(configuration.EffectiveMode, configuration.FixedValue, createdMicroseconds, _store.Hash(configuration, key));
    }

    /// <summary>Zeroes the copy of the key. Part of closing the board.</summary>
    public void Dispose() => _store.Dispose();

    /// <summary>Names no key.</summary>
    public override string ToString() => nameof(BoardIsn);
}
