using Offload.Boards;

namespace Offload.Links.Pcie;

/// <summary>How a PCI function's registers are reached.</summary>
public enum PcieAccess
{
    /// <summary>By VFIO where the function is bound to vfio-pci; by sysfs where there is no IOMMU.</summary>
    Automatic = 0,

    /// <summary>By VFIO: exclusive, with interrupts, and safe against a board that is unplugged.</summary>
    Vfio = 1,

    /// <summary>By a mapping of sysfs's <c>resource0</c>: without interrupts (the status is polled), and a board that the kernel removes while it is in use ends
    /// the process (SIGBUS). Needs root and a kernel that is not locked down.</summary>
    Sysfs = 2,
}

/// <summary>A kind of board, and what its PCI function says.</summary>
/// <param name="Vendor">PCI vendor id.</param>
/// <param name="Device">PCI device id.</param>
/// <param name="Board">Name of its folder in <c>boards/</c>, as in a bitstream's header.</param>
/// <param name="IdCode">JTAG IDCODE of its part (IEEE 1149.1).</param>
public sealed record PcieBoardKind(ushort Vendor, ushort Device, string Board, uint IdCode);

/// <summary>Which PCI functions are boards, and how they are opened.</summary>
public sealed class PcieBoardOptions
{
    /// <summary>Kinds of boards that are looked for. From the start: the virtual board behind a PCI function (10ee:4f46; the vendor is that of the parts
    /// whose hard block it stands in for, with device ids that the pci.ids list does not have), and the ALINX AX7203 (10ee:4f47).</summary>
    public IList<PcieBoardKind> Kinds { get; } = [new(0x10EE, 0x4F46, "virtual", 0x0FF100FF), new(0x10EE, 0x4F47, "alinx-ax7203", 0x03636093)];

    /// <summary>How registers are reached. Default: whatever the machine has.</summary>
    public PcieAccess Access { get; set; }

    /// <summary>The kernel's interface behind the boards' host port; null: it is not known, so listeners are not bound in the kernel.</summary>
    public HostPort? HostPort { get; set; }
}
