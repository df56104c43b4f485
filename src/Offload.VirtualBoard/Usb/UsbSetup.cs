namespace Offload.VirtualBoard.Usb;

/// <summary>The eight bytes that begin a control transfer (USB 2.0, 9.3).</summary>
/// <param name="RequestType">bmRequestType: direction, type and recipient.</param>
/// <param name="Request">bRequest.</param>
/// <param name="Value">wValue.</param>
/// <param name="Index">wIndex.</param>
/// <param name="Length">wLength, in bytes.</param>
public readonly record struct UsbSetup(byte RequestType, byte Request, ushort Value, ushort Index, ushort Length)
{
    /// <summary>Whether data go to the host.</summary>
    public bool IsIn => (RequestType & 0x80) != 0;

    /// <summary>Whether it is one of the requests of USB 2.0, 9.4.</summary>
    public bool IsStandard => (RequestType & 0x60) == 0;
}
