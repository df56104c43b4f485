namespace Offload.Links.Pcie;

/// <summary>
/// What BAR 0 of the PCI function has behind the core's 64 KiB of registers: the status of the bridge between PCI and the register bus
/// (docs/pcie.md). A PCI write has no answer, and a read that fails gives all ones, which a register may also hold; the status tells.
/// </summary>
internal static class PcieBridge
{
    /// <summary>Bytes of BAR 0.</summary>
    internal const int WindowBytes = 0x20000;

    /// <summary>Bytes of the core's registers, at its beginning.</summary>
    internal const uint RegisterBytes = 0x10000;

    /// <summary>Register that says that there is such a bridge.</summary>
    internal const uint IdentityAddress = 0x10000;

    /// <summary>What it says: the letters OFPB.</summary>
    internal const uint Identity = 0x4F465042;

    /// <summary>The status; writing anything to it clears a fault.</summary>
    internal const uint StatusAddress = 0x10004;

    /// <summary>What a read of a function that is not there gives. No status is ever this: bits 17 and 16 are always 0.</summary>
    internal const uint Nothing = uint.MaxValue;

    /// <summary>An access was answered with an error. Until it is cleared, the bridge carries out nothing.</summary>
    internal const uint Fault = 1 << 0;

    /// <summary>The interrupt line, now.</summary>
    internal const uint Interrupt = 1 << 1;

    /// <summary>What failed was a write.</summary>
    internal const uint FaultWasWrite = 1 << 2;

    /// <summary>Accesses that a status counts to before it begins again.</summary>
    internal const uint CountModulus = 1 << 11;

    private const int ResponseBit = 3;
    private const int CountBit = 5;
    private const int AddressBit = 16;

    /// <summary>How the register bus answered what failed: 2 SLVERR, 3 DECERR.</summary>
    internal static uint Response(uint status) => (status >> ResponseBit) & 3;

    /// <summary>Register accesses that were carried out, modulo <see cref="CountModulus"/>.</summary>
    internal static uint Count(uint status) => (status >> CountBit) & (CountModulus - 1);

    /// <summary>Byte address of what failed.</summary>
    internal static uint Address(uint status) => status >> AddressBit;
}
