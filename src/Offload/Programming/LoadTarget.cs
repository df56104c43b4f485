namespace Offload.Programming;

/// <summary>Where a bitstream is loaded to.</summary>
public enum LoadTarget
{
    /// <summary>Into the part itself, where it runs at once, until power goes.</summary>
    Core,

    /// <summary>Into the flash as the working image, from which the board starts.</summary>
    Flash,

    /// <summary>Into the flash as the golden image, from which the board starts where the working one is not whole.</summary>
    Golden,
}
