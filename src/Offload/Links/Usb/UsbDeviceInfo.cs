namespace Offload.Links.Usb;

/// <summary>A USB device that is plugged in, as the kernel tells of it without opening it.</summary>
/// <param name="VendorId">idVendor.</param>
/// <param name="ProductId">idProduct.</param>
/// <param name="Manufacturer">Its text; empty where it has none.</param>
/// <param name="Product">Its text; empty where it has none.</param>
/// <param name="SerialNumber">Tells devices of a kind apart; empty where it has none.</param>
/// <param name="Location">Where it is plugged in, for people; the same as long as it stays there.</param>
/// <param name="Path">What <see cref="UsbBus"/> opens it by.</param>
public sealed record UsbDeviceInfo(
    ushort VendorId, ushort ProductId, string Manufacturer, string Product, string SerialNumber, string Location, string Path);
