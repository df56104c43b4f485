namespace Offload.Registers;

/// <summary>Whether reading a register changes something in the core.</summary>
public enum RegisterReadEffect
{
    /// <summary>Reading changes nothing; a dump may read it.</summary>
    None,

    /// <summary>Reading changes the core's state; only what means to may read it.</summary>
    SideEffect,
}
