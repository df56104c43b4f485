using System.Security.Cryptography;
using Offload.Isn;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Boards;

/// <summary>What is done with a core when a session with it begins: is it the right one, is it ready, keys, epoch, enable.</summary>
internal static class CoreStartup
{
    private const int IdentityWords = 16;

    /// <summary>Reads what the core is, and refuses one whose map is another.</summary>
    /// <param name="core">The core.</param>
    /// <param name="loaded">Header of the bitstream that it came from, if that is known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RegisterMapMismatchException">Something else is there.</exception>
    public static async ValueTask<BoardIdentity> IdentifyAsync(CoreAccess core, BitstreamHeader? loaded, CancellationToken cancellationToken)
    {
        uint[] words = new uint[IdentityWords];
        await core.Link.ReadAsync(RegisterMap.Identity.Magic.Address, words, cancellationToken).ConfigureAwait(false);
        uint magic = words[0];
        uint expected = RegisterMap.Identity.Magic.Info.Constant!.Value;
        if (magic != expected)
        {
            throw new RegisterMapMismatchException(
                $"Register identity.magic is 0x{magic:x8} and not 0x{expected:x8}: there is no core of Offload behind this link. "
                + "Load a bitstream, or check that it is the right board.");
        }

        uint version = words[1];
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        Buffer.BlockCopy(words, 2 * sizeof(uint), hash, 0, hash.Length);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Offload runs on little-endian machines.");
        }

        BoardIdentity identity = new(
            new Version(
                (int)RegisterMap.Identity.CoreVersion.Major.Get(version), (int)RegisterMap.Identity.CoreVersion.Minor.Get(version),
                (int)RegisterMap.Identity.CoreVersion.Patch.Get(version)),
            Convert.ToHexStringLower(hash), (int)words[10], (int)words[11], (int)words[12], (int)words[13], (int)words[14], (int)words[15]);
        if (!hash.AsSpan().SequenceEqual(RegisterMap.HashBytes))
        {
            string difference = loaded is null
                ? "the core does not hold its map's text, so the first difference cannot be named"
                : TextDifference.First(loaded.Map, RegisterMap.Canonical, "the core", "this library");
            throw new RegisterMapMismatchException(
                $"Register identity.map_hash differs: the core's map is {identity.MapHash} (core version {identity.CoreVersion}), this library's is "
                + $"{RegisterMap.Hash}; {difference}. Load the bitstream that belongs to this version of the library.");
        }

        return identity;
    }

    /// <summary>Waits until the core has filled its memories.</summary>
    public static async ValueTask WaitReadyAsync(CoreAccess core, TimeSpan within, CancellationToken cancellationToken)
    {
        uint ready = RegisterMap.Control.Status.Ready.Mask;
        await core.PollAsync(
            RegisterMap.Control.Status.Address, ready, ready, "Filling the core's memories after its reset", cancellationToken, within).ConfigureAwait(false);
    }

    /// <summary>Makes the placement key, where the core has none, and has it locked.</summary>
    public static async ValueTask SetPlacementKeyAsync(CoreAccess core, CancellationToken cancellationToken)
    {
        uint isSet = RegisterMap.Control.Status.PlacementKeySet.Mask;
        uint status = await core.ReadAsync(RegisterMap.Control.Status.Address, cancellationToken).ConfigureAwait(false);
        if ((status & isSet) != 0)
        {
            return;
        }

        uint[] words = GC.AllocateArray<uint>(RegisterMap.Isn.PlacementKey.Words, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()));
            await core.Link.WriteAsync(RegisterMap.Isn.PlacementKey.Address, words, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            words.AsSpan().Clear();
        }

        await core.WriteAsync(RegisterMap.Isn.KeyCommit.Address, RegisterMap.Isn.KeyCommit.Placement.Mask, cancellationToken).ConfigureAwait(false);
        await core.PollAsync(RegisterMap.Control.Status.Address, isSet, isSet, "Taking the placement key", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an ISN key and gives it to the core and to the store.</summary>
    public static async ValueTask SetIsnKeyAsync(CoreAccess core, IsnKeyStore store, ulong generation, CancellationToken cancellationToken)
    {
        byte[] key = GC.AllocateArray<byte>(SipHash.KeyLength, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            await core.SetIsnKeyAsync(key, cancellationToken).ConfigureAwait(false);
            store.Set(key, generation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Begins a session: ISN mode rfc6528, no test mode, the next epoch, engine on. Returns the epoch.</summary>
    public static async ValueTask<byte> EnableAsync(CoreAccess core, CancellationToken cancellationToken)
    {
        await core.WriteAsync(RegisterMap.Isn.Mode.Address, (uint)IsnMode.Rfc6528, cancellationToken).ConfigureAwait(false);
        uint control = await core.ReadAsync(RegisterMap.Control.Control.Address, cancellationToken).ConfigureAwait(false);
        byte epoch = unchecked((byte)(RegisterMap.Control.Control.Epoch.Get(control) + 1));
        await core.WriteAsync(
            RegisterMap.Control.Control.Address,
            RegisterMap.Control.Control.Epoch.Set(RegisterMap.Control.Control.Enable.Mask, epoch),
            cancellationToken).ConfigureAwait(false);
        return epoch;
    }
}
