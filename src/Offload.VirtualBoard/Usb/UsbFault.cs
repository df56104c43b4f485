namespace Offload.VirtualBoard.Usb;

/// <summary>What a device, or the cable to it, does wrong in one transfer.</summary>
public enum UsbFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The transfer fails on the bus, and its data are lost.</summary>
    Error,

    /// <summary>The endpoint answers STALL until the host clears it, and the data are lost.</summary>
    Stall,

    /// <summary>Half of the data are lost: the transfer succeeds and is shorter.</summary>
    Shortened,

    /// <summary>The data are replaced by others of the same length.</summary>
    Garbage,

    /// <summary>The device is pulled out.</summary>
    Unplug,
}
