using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Usb;

/// <summary>The USB devices of a Linux machine: listed from sysfs, which needs neither rights nor libusb, and opened by libusb 1.0.</summary>
public sealed partial class LibUsbBus : UsbBus
{
    /// <summary>Where the udev rules of the boards are, in the repository.</summary>
    internal const string Rules = "boards/70-offload.rules";

    private const int ReadWriteCloseOnExec = 0x80002;
    private const int NoEntry = 2;
    private const int NoAddress = 6;
    private const int AccessDenied = 13;
    private const int NoDevice = 19;

    private readonly string _devices;
    private readonly string _nodes;

    /// <summary>The machine's own bus.</summary>
    public LibUsbBus()
        : this("/sys/bus/usb/devices", "/dev/bus/usb")
    {
    }

    internal LibUsbBus(string devices, string nodes)
    {
        _devices = devices;
        _nodes = nodes;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<UsbDeviceInfo> List()
    {
        List<UsbDeviceInfo> found = [];
        if (!Directory.Exists(_devices))
        {
            return found; // no USB at all
        }

        foreach (string folder in Directory.EnumerateDirectories(_devices).Order(StringComparer.Ordinal))
        {
            // Interfaces, which have a colon in their names, have no idVendor.
            if (Number(folder, "idVendor", NumberStyles.HexNumber) is { } vendor
                && Number(folder, "idProduct", NumberStyles.HexNumber) is { } product
                && Number(folder, "busnum", NumberStyles.None) is { } bus
                && Number(folder, "devnum", NumberStyles.None) is { } number)
            {
                string node = string.Create(CultureInfo.InvariantCulture, $"{_nodes}/{bus:000}/{number:000}");
                found.Add(new UsbDeviceInfo(
                    vendor, product, Text(folder, "manufacturer"), Text(folder, "product"), Text(folder, "serial"), "USB " + Path.GetFileName(folder), node));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public override UsbTransport Open(UsbDeviceInfo device)
    {
        ArgumentNullException.ThrowIfNull(device);
        int descriptor = OpenFile(device.Path, ReadWriteCloseOnExec);
        if (descriptor < 0)
        {
            throw OpenFailure(device, Marshal.GetLastPInvokeError());
        }

        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        try
        {
            return new LibUsbTransport(device, handle);
        }
        catch (DllNotFoundException exception)
        {
            handle.Dispose();
            throw new OffloadException(
                OffloadError.Unsupported,
                "USB boards need libusb 1.0, which is not installed: `apt-get install libusb-1.0-0` on Debian and Ubuntu, `dnf install libusb1` on Fedora.", exception);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>What an errno of open(2) means.</summary>
    internal static OffloadException OpenFailure(UsbDeviceInfo device, int error) => error switch
    {
        AccessDenied => new OffloadException(
            OffloadError.PermissionDenied,
            $"{device.Path} ({device.Product} {device.SerialNumber}) may not be opened by this user. Install the udev rule: "
            + $"`sudo cp {Rules} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger`, and plug the board in anew."),
        NoEntry or NoAddress or NoDevice => new BoardGoneException(
            $"the USB device {device.Product} {device.SerialNumber} at {device.Location} is gone; plug it in, and look for it again"),
        _ => new OffloadException(OffloadError.LinkFault, $"{device.Path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}"),
    };

    private static ushort? Number(string folder, string name, NumberStyles style) =>
        ushort.TryParse(Text(folder, name), style, CultureInfo.InvariantCulture, out ushort value) ? value : null;

    private static string Text(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name)).Trim();
        }
        catch (IOException)
        {
            return ""; // it has none, or was pulled out just now
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
