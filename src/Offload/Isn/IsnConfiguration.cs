using Offload.Registers;

namespace Offload.Isn;

/// <summary>How the core makes initial sequence numbers. It never contains a key.</summary>
/// <param name="Mode">The mode that is set.</param>
/// <param name="FixedValue">The number of mode <c>fixed</c>.</param>
/// <param name="TestEnabled">Whether mode <c>fixed</c> may be used; without it the core uses <c>rfc6528</c> instead.</param>
/// <param name="IsKeySet">Whether a key has been set since the core's reset.</param>
/// <param name="KeyGeneration">Number of the key that is set; another one after every change of the key. 0: none.</param>
public sealed record IsnConfiguration(IsnMode Mode, uint FixedValue, bool TestEnabled, bool IsKeySet, ulong KeyGeneration)
{
    /// <summary>The mode that the core goes by: <see cref="Mode"/>, but <c>rfc6528</c> instead of <c>fixed</c> where that is not allowed.</summary>
    public IsnMode EffectiveMode => Mode switch
    {
        IsnMode.Counter => IsnMode.Counter,
        IsnMode.Cookie => IsnMode.Cookie,
        IsnMode.Fixed when TestEnabled => IsnMode.Fixed,
        _ => IsnMode.Rfc6528,
    };
}
