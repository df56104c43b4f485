using System.Security.Cryptography;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;
using Offload.Timers;

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
    /// <param name="mode"><see cref="IsnMode.Cookie"/>: SYN cookies always (RFC 4987); opens, and connections out of TIME-WAIT, as with
    /// <see cref="IsnMode.Rfc6528"/>. <see cref="IsnMode.Fixed"/> is for tests only: it sets the core's test-enable bit, which every other mode clears again.</param>
    /// <param name="fixedValue">The number of mode <see cref="IsnMode.Fixed"/>, and only of that.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">No fixed value with mode <see cref="IsnMode.Fixed"/>, or one with another mode.</exception>
    public ValueTask SetModeAsync(IsnMode mode, uint? fixedValue = null, CancellationToken cancellationToken = default)
    {
        if (!Enum.IsDefined(mode))
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

    /// <summary>Sets new keys from the operating system's generator. The ISN key takes effect at once, and touches no connection that is open. The cookie
    /// key takes effect with the next cookie period, so that every cookie that is under way stays valid (rule K3); it is made by the holder of the board,
    /// and known to nobody.</summary>
    /// <param name="keys">Which keys.</param>
    /// <param name="cancellationToken">Ends the wait; a key may still have been set.</param>
    /// <returns>When the new cookie key takes effect.</returns>
    public async ValueTask<KeyRotation> RotateAsync(IsnKeys keys = IsnKeys.All, CancellationToken cancellationToken = default)
    {
        if (keys == 0 || (keys & ~IsnKeys.All) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(keys), keys, "No such keys.");
        }

        if ((keys & IsnKeys.Isn) != 0)
        {
            await RotateKeyAsync(cancellationToken).ConfigureAwait(false);
        }

        if ((keys & IsnKeys.Cookie) == 0)
        {
            return new KeyRotation(keys, null);
        }

        await _session.RotateCookieKeyAsync(cancellationToken).ConfigureAwait(false);
        BoardStatus status = await BoardStatusReader.ReadAsync(_session, cancellationToken).ConfigureAwait(false);
        return new KeyRotation(keys, status.CookieKeyWaits ? CookieConfiguration.UntilNextPeriod(status.TimebaseMicroseconds) : TimeSpan.Zero);
    }

    /// <summary>Reads when and how fast SYN cookies are sent (RFC 4987).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<CookieConfiguration> GetCookiesAsync(CancellationToken cancellationToken = default)
    {
        uint[] words = new uint[3];
        await _session.ReadAsync(RegisterMap.Isn.CookieThreshold.Address, words, cancellationToken).ConfigureAwait(false);
        TokenBucket bucket = await BoardTimers.ReadBucketAsync(_session, RegisterMap.Isn.CookieBucket.Address, cancellationToken).ConfigureAwait(false);
        BoardStatus status = await BoardStatusReader.ReadAsync(_session, cancellationToken).ConfigureAwait(false);
        return new CookieConfiguration(
            (int)RegisterMap.Isn.CookieThreshold.HalfOpen.Get(words[0]), bucket, (int)RegisterMap.Isn.CookiePeriod.Number.Get(words[2]),
            CookieConfiguration.UntilNextPeriod(status.TimebaseMicroseconds), status.CookieKeySet, status.CookieKeyWaits);
    }

    /// <summary>Sets from how many half-open connections on SYN cookies are sent.</summary>
    /// <param name="halfOpen">Cookies are sent while more connections than this are in SYN-RECEIVED, and while no entry is free; 0 to
    /// <see cref="CookieConfiguration.NoThreshold"/>, which is never reached. 0: with the first one.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside the range.</exception>
    public async ValueTask SetCookieThresholdAsync(int halfOpen, CancellationToken cancellationToken = default)
    {
        if (halfOpen is < 0 or > CookieConfiguration.NoThreshold)
        {
            throw new ArgumentOutOfRangeException(nameof(halfOpen), halfOpen, $"The threshold is 0 to {CookieConfiguration.NoThreshold} half-open connections.");
        }

        await _session.UpdateAsync(
            RegisterMap.Isn.CookieThreshold.Address, RegisterMap.Isn.CookieThreshold.HalfOpen.Mask, (uint)halfOpen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets how fast SYN cookies are sent at most, one bucket a listener.</summary>
    /// <param name="bucket">The limit; a depth of 0 means no limit.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public ValueTask SetCookieBucketAsync(TokenBucket bucket, CancellationToken cancellationToken = default) =>
        BoardTimers.WriteBucketAsync(_session, RegisterMap.Isn.CookieBucket.Address, bucket, cancellationToken);

    /// <summary>Whether a connection's ISS follows from key, tuple and time alone. Not so where it came from a cookie, from the host
    /// (<see cref="Origin.Take"/>), or out of TIME-WAIT (<see cref="ConnectionRow.Reused"/>): a check passes over those.</summary>
    /// <param name="connection">The connection.</param>
    public static bool IsComputable(in ConnectionRow connection) => connection is { Reused: false, Origin: Origin.Syn or Origin.Open };

    /// <summary>Computes again what the core must have made for a connection that was opened under a configuration, with the key that is set now.</summary>
    /// <param name="configuration">From <see cref="GetAsync"/>, with the same key set as when the connection was opened.</param>
    /// <param name="connection">The connection.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.KeyNotHeld"/>: this process did not set the configuration's key;
    /// <see cref="OffloadError.NotComputable"/>: see <see cref="IsComputable"/>.</exception>
    public IsnValue Compute(IsnConfiguration configuration, in ConnectionRow connection) => IsComputable(connection)
        ? Compute(configuration, connection.Key, connection.CreatedMicroseconds)
        : throw new OffloadException(
            OffloadError.NotComputable,
            $"The ISS of {connection.Key} is not computable from key, tuple and time: "
            + (connection.Reused ? "it was made out of TIME-WAIT (RFC 9293 3.6.1)" : connection.Origin == Origin.Cookie ? "it is a SYN cookie" : "the host handed it back")
            + ". Ask BoardIsn.IsComputable first.");

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
