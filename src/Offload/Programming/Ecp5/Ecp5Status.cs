using System.Globalization;

namespace Offload.Programming.Ecp5;

/// <summary>The status register of an ECP5 (LSC_READ_STATUS; Lattice FPGA-TN-02039, "Device Status Register"; ecpprog, print_ecp5_status_register).</summary>
/// <param name="Value">The 32 bits.</param>
public readonly record struct Ecp5Status(uint Value)
{
    private static readonly string[] StreamErrors =
    [
        "no error", "the stream is for another part", "illegal command", "CRC error", "no preamble", "configuration was aborted", "data overflow",
        "more data than the part has memory",
    ];

    /// <summary>The part was configured to the end of a stream.</summary>
    public bool Done => Bit(8);

    /// <summary>The configuration interface is enabled: the part runs no design.</summary>
    public bool IsEnabled => Bit(9);

    /// <summary>An instruction is still being carried out.</summary>
    public bool IsBusy => Bit(12);

    /// <summary>The last instruction, or the configuration, failed.</summary>
    public bool HasFailed => Bit(13);

    /// <summary>The first image in the flash did not start; where the part runs, it is from the fall-back.</summary>
    public bool FirstImageFailed => Bit(22);

    /// <summary>Code of what the configuration logic found wrong with a stream, 0 to 7; 0: nothing.</summary>
    public int StreamError => (int)((Value >> 23) & 7);

    /// <summary>Whether the register looks as one does: not all ones, which a wire that nobody drives reads as.</summary>
    public bool IsPlausible => Value != uint.MaxValue;

    /// <summary>The register in hexadecimal, and what it says.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"status 0x{Value:x8}: {StreamErrors[StreamError]}, DONE {(Done ? "high" : "low")}");
        return text + (IsBusy ? ", busy" : "") + (HasFailed ? ", failed" : "") + (IsEnabled ? ", configuration enabled" : "");
    }

    private bool Bit(int index) => ((Value >> index) & 1) != 0;
}
