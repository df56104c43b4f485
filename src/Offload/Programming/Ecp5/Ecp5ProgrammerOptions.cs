using Offload.Programming.Flash;
using Offload.Programming.Jtag;

namespace Offload.Programming.Ecp5;

/// <summary>Which board an <see cref="Ecp5Programmer"/> is for, and how it reaches it.</summary>
public sealed class Ecp5ProgrammerOptions
{
    /// <summary>Name of the kind of board, as in <c>boards/NAME/board.yaml</c>.</summary>
    public required string BoardName { get; init; }

    /// <summary>IDCODE of its part, as there.</summary>
    public required uint IdCode { get; init; }

    /// <summary>Bytes of its configuration flash, as there; null: it has none that can be loaded.</summary>
    public int? FlashLength { get; init; }

    /// <summary>Opens the JTAG port; called for every load, and the port is disposed after it.</summary>
    public required Func<CancellationToken, ValueTask<JtagPort>> OpenPort { get; init; }

    /// <summary>PROGRAMN, INITN and DONE, where something drives them; null: JTAG alone. DONE is compared with what the part says over JTAG, and PROGRAMN starts
    /// the part from its flash where a load has failed. They stay the caller's.</summary>
    public ConfigurationLines? Lines { get; init; }

    /// <summary>Whose containers load. Null: what this machine's configuration says (<see cref="BitstreamTrust.FromConfiguration"/>). Where there is a
    /// key, only containers signed by one load, into the part and into the flash.</summary>
    public BitstreamTrust? Trust { get; init; }

    /// <summary>How long the part may be busy. Default: 10 s.</summary>
    public TimeSpan PartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the flash may be busy.</summary>
    public SpiFlashTimeouts FlashTimeouts { get; init; } = SpiFlashTimeouts.Default;
}
