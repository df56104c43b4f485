using Offload.Links.Usb;

namespace Offload.Devices;

/// <summary>The adapters onto device libraries of others, and whether this build has them.</summary>
public static class DeviceLibraries
{
    /// <summary>Whether LibUsbDotNet, System.Device.Gpio and Iot.Device.Bindings were restored when this was built.</summary>
    public static bool AreIncluded =>
#if OFFLOAD_DEVICES
        true;
#else
        false;
#endif

    /// <summary>The machine's USB devices: by LibUsbDotNet where it is included, else by Offload's own libusb.</summary>
    public static UsbBus CreateUsbBus() =>
#if OFFLOAD_DEVICES
        new Usb.LibUsbDotNetBus();
#else
        new LibUsbBus();
#endif
}
