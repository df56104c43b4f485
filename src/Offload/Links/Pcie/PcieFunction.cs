using System.Globalization;

namespace Offload.Links.Pcie;

/// <summary>A PCI function as sysfs shows it (kernel: Documentation/ABI/testing/sysfs-bus-pci).</summary>
/// <param name="Address">Domain, bus, device and function, for example <c>0000:01:00.0</c>.</param>
/// <param name="Vendor">Vendor id.</param>
/// <param name="Device">Device id.</param>
/// <param name="Folder">Its folder in sysfs.</param>
/// <param name="Driver">Name of the driver that is bound to it; null: none.</param>
/// <param name="IommuGroup">Number of its IOMMU group; null: there is no IOMMU, or it is off.</param>
internal sealed record PcieFunction(string Address, ushort Vendor, ushort Device, string Folder, string? Driver, string? IommuGroup)
{
    /// <summary>Where sysfs lists the functions.</summary>
    internal const string Bus = "/sys/bus/pci/devices";

    /// <summary>The driver that gives a function to user space.</summary>
    internal const string VfioDriver = "vfio-pci";

    /// <summary>Commands that bind the function to VFIO's driver.</summary>
    internal string[] BindCommands =>
    [
        "modprobe vfio-pci",
        $"echo {VfioDriver} > {Folder}/driver_override",
        .. Driver is null ? [] : new[] { $"echo {Address} > {Folder}/driver/unbind" },
        $"echo {Address} > /sys/bus/pci/drivers_probe",
    ];

    /// <summary>The functions of a vendor and device id.</summary>
    /// <param name="fits">Whether vendor and device are wanted.</param>
    /// <param name="bus">The folder that lists functions.</param>
    internal static List<PcieFunction> Find(Func<ushort, ushort, bool> fits, string bus = Bus)
    {
        List<PcieFunction> found = [];
        if (!Directory.Exists(bus))
        {
            return found;
        }

        foreach (string folder in Directory.EnumerateDirectories(bus).Order(StringComparer.Ordinal))
        {
            if (TryReadId(folder, "vendor", out ushort vendor) && TryReadId(folder, "device", out ushort device) && fits(vendor, device))
            {
                found.Add(new PcieFunction(
                    Path.GetFileName(folder), vendor, device, folder, LinkName(folder, "driver"), LinkName(folder, "iommu_group")));
            }
        }

        return found;
    }

    private static bool TryReadId(string folder, string name, out ushort id)
    {
        id = 0;
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, name)).Trim();
            return text.StartsWith("0x", StringComparison.Ordinal) && ushort.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // it went away meanwhile
        }
    }

    private static string? LinkName(string folder, string name) =>
        Path.GetFileName(new DirectoryInfo(Path.Combine(folder, name)).LinkTarget) is { Length: > 0 } target ? target : null;
}
