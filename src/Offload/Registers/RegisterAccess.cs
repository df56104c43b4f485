namespace Offload.Registers;

/// <summary>What software may do with a register.</summary>
public enum RegisterAccess
{
    /// <summary>Read; the core gives the value.</summary>
    ReadOnly,

    /// <summary>Read and write.</summary>
    ReadWrite,

    /// <summary>Write; reads as 0. The value is a secret.</summary>
    WriteOnly,

    /// <summary>Each 1 that is written starts an action; reads as 0.</summary>
    Pulse,

    /// <summary>Read; the value never changes while a bitstream runs.</summary>
    Constant,
}
