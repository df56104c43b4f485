using Offload.Links.Usb;

namespace Offload.VirtualBoard.Usb;

/// <summary>A USB bus in process: models that are plugged in, listed and opened as a machine's devices are, without a kernel between.</summary>
public sealed class VirtualUsbBus : UsbBus
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, UsbDeviceModel> _ports = [];
    private readonly HashSet<(UsbDeviceModel Device, int Interface)> _claimed = [];

    /// <summary>Plugs a device in.</summary>
    /// <param name="port">Where; what is plugged in there is pulled out first.</param>
    /// <param name="device">The device.</param>
    public void Plug(int port, UsbDeviceModel device)
    {
        ArgumentNullException.ThrowIfNull(device);
        UsbDeviceModel? former;
        lock (_lock)
        {
            former = _ports.GetValueOrDefault(port);
            _ports[port] = device;
        }

        former?.Unplug();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<UsbDeviceInfo> List()
    {
        lock (_lock)
        {
            return [.. _ports.Where(one => !one.Value.Unplugged.IsCancellationRequested).Select(one => Info(one.Key, one.Value))];
        }
    }

    /// <inheritdoc/>
    public override UsbTransport Open(UsbDeviceInfo device)
    {
        ArgumentNullException.ThrowIfNull(device);
        lock (_lock)
        {
            foreach ((int port, UsbDeviceModel model) in _ports)
            {
                if (!model.Unplugged.IsCancellationRequested && Info(port, model) == device)
                {
                    _ = model.Control(new UsbSetup(0, 9, 1, 0, 0), []); // as the kernel does when a device is plugged in
                    return new ModelTransport(this, device, model);
                }
            }
        }

        throw new BoardGoneException($"the USB device {device.Product} {device.SerialNumber} at {device.Location} is gone; plug it in, and look for it again");
    }

    internal bool TryClaim(UsbDeviceModel device, int number)
    {
        lock (_lock)
        {
            return _claimed.Add((device, number));
        }
    }

    internal void Release(UsbDeviceModel device, int number)
    {
        lock (_lock)
        {
            _ = _claimed.Remove((device, number));
        }
    }

    private static UsbDeviceInfo Info(int port, UsbDeviceModel device)
    {
        UsbDescriptors own = device.Descriptors;
        return new UsbDeviceInfo(own.VendorId, own.ProductId, own.Manufacturer, own.Product, own.SerialNumber, $"USB virtual-{port}", $"virtual-{port}");
    }
}
