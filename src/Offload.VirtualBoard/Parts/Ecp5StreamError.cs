namespace Offload.VirtualBoard.Parts;

/// <summary>Why the configuration logic refuses a stream: the field "BSE error code" of the status register (ecpprog, print_ecp5_status_register;
/// Lattice FPGA-TN-02039, status register).</summary>
public enum Ecp5StreamError
{
    /// <summary>It does not.</summary>
    None = 0,

    /// <summary>The stream is for another part.</summary>
    Id = 1,

    /// <summary>A command that does not exist, or not here.</summary>
    Command = 2,

    /// <summary>A CRC is wrong.</summary>
    Crc = 3,

    /// <summary>There is no preamble.</summary>
    Preamble = 4,

    /// <summary>Configuration was ended from outside.</summary>
    Aborted = 5,

    /// <summary>More data than there is memory in a block RAM.</summary>
    Overflow = 6,

    /// <summary>More frames than the part has.</summary>
    Size = 7,
}
