namespace Offload.Isn;

/// <summary>Keys that can be rotated.</summary>
[Flags]
public enum IsnKeys
{
    /// <summary>The key of initial sequence numbers (RFC 6528).</summary>
    Isn = 1,

    /// <summary>The key of SYN cookies (RFC 4987).</summary>
    Cookie = 2,

    /// <summary>Both.</summary>
    All = Isn | Cookie,
}

/// <summary>What a rotation did.</summary>
/// <param name="Keys">Which keys are new. The ISN key took effect at once.</param>
/// <param name="CookieKeyTakesEffectIn">How long it is until the new cookie key takes effect, at the beginning of the next cookie period; zero: it has,
/// for it is the core's first; null: it was not asked for.</param>
public sealed record KeyRotation(IsnKeys Keys, TimeSpan? CookieKeyTakesEffectIn);
