namespace Offload.Links.Usb;

/// <summary>The USB devices of a machine.</summary>
public abstract class UsbBus
{
    /// <summary>Lists what is plugged in. Opens nothing.</summary>
    public abstract IReadOnlyList<UsbDeviceInfo> List();

    /// <summary>Opens a device.</summary>
    /// <param name="device">What <see cref="List"/> told of it.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardGone"/>: it is no longer there;
    /// <see cref="OffloadError.PermissionDenied"/>: the message names the udev rule; <see cref="OffloadError.Unsupported"/>: libusb is missing.</exception>
    public abstract UsbTransport Open(UsbDeviceInfo device);
}
