using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Pcie;

/// <summary>A function that VFIO's driver has given to this process (kernel: Documentation/driver-api/vfio.rst, include/uapi/linux/vfio.h).</summary>
internal sealed unsafe class VfioDevice : IDisposable
{
    private const nuint SetIommu = 0x3B66;
    private const nuint GroupGetStatus = 0x3B67;
    private const nuint GroupSetContainer = 0x3B68;
    private const nuint GroupGetDevice = 0x3B6A;
    private const nuint GetRegionInfo = 0x3B6C;
    private const nuint GetIrqInfo = 0x3B6D;
    private const nuint SetIrqs = 0x3B6E;
    private const nuint Type1Iommu = 3;

    private const uint Bar0 = 0;
    private const uint ConfigSpace = 7;
    private const uint MessageInterrupt = 1;
    private const uint DeviceRequest = 4;
    private const uint DataEventDescriptor = 1 << 2;
    private const uint ActionTrigger = 1 << 5;
    private const uint GroupViable = 1;

    private const long CommandRegister = 4;
    private const ushort MemorySpace = 1 << 1;
    private const ushort BusMaster = 1 << 2; // MSI are writes of the function's own

    private readonly SafeFileHandle _container;
    private readonly SafeFileHandle _group;
    private readonly SafeFileHandle _device;
    private readonly PcieFunction _function;

    private VfioDevice(SafeFileHandle container, SafeFileHandle group, SafeFileHandle device, PcieFunction function)
    {
        _container = container;
        _group = group;
        _device = device;
        _function = function;
    }

    /// <summary>Signalled by each MSI.</summary>
    internal SafeFileHandle Message { get; } = Libc.NewEvent();

    /// <summary>Signalled when the kernel wants the device back.</summary>
    internal SafeFileHandle WantedBack { get; } = Libc.NewEvent();

    /// <summary>Opens a function that is bound to vfio-pci; nobody else can while it is open.</summary>
    /// <exception cref="OffloadException">With what is missing, and the command that mends it.</exception>
    internal static VfioDevice Open(PcieFunction function)
    {
        string path = $"/dev/vfio/{function.IommuGroup}";
        SafeFileHandle container = OpenFile("/dev/vfio/vfio", function);
        SafeFileHandle? group = null;
        SafeFileHandle? device = null;
        try
        {
            group = OpenFile(path, function);
            GroupStatus status = new() { Size = (uint)sizeof(GroupStatus) };
            Require(Libc.Control(group, GroupGetStatus, &status) == 0, $"{path} does not tell its state");
            if ((status.Flags & GroupViable) == 0)
            {
                throw new OffloadException(
                    OffloadError.PermissionDenied,
                    $"IOMMU group {function.IommuGroup} holds other devices that are in use by the kernel: bind all of them to vfio-pci (ls {function.Folder}/iommu_group/devices), "
                    + "or put the board into another slot.");
            }

            int number = (int)container.DangerousGetHandle();
            Require(Libc.Control(group, GroupSetContainer, &number) == 0, $"{path} cannot be used with /dev/vfio/vfio");
            Require(Libc.Control(container, SetIommu, (void*)Type1Iommu) == 0, "the IOMMU cannot be used: modprobe vfio_iommu_type1");
            int descriptor;
            fixed (byte* name = System.Text.Encoding.ASCII.GetBytes(function.Address + "\0"))
            {
                descriptor = Libc.Control(group, GroupGetDevice, name);
            }

            Require(descriptor >= 0, $"VFIO does not give {function.Address}");
            device = new SafeFileHandle(descriptor, ownsHandle: true);
            VfioDevice opened = new(container, group, device, function);
            opened.Enable();
            return opened;
        }
        catch
        {
            device?.Dispose();
            group?.Dispose();
            container.Dispose();
            throw;
        }
    }

    /// <summary>BAR 0.</summary>
    /// <exception cref="OffloadException">It is too small.</exception>
    internal PcieWindow OpenWindow()
    {
        RegionInfo info = Region(Bar0);
        if (info.Bytes < PcieBridge.WindowBytes)
        {
            throw new RegisterMapMismatchException(
                $"BAR 0 of {_function.Address} has {info.Bytes} bytes, and a board of Offload {PcieBridge.WindowBytes}: load its bitstream, or check vendor and device id.");
        }

        return new DescriptorWindow(_device, (long)info.Offset);
    }

    /// <summary>Has MSI and the wish for the device back signalled.</summary>
    internal PcieInterrupts StartInterrupts()
    {
        IrqInfo info = new() { Size = (uint)sizeof(IrqInfo), Index = MessageInterrupt };
        Require(Libc.Control(_device, GetIrqInfo, &info) == 0 && info.Count > 0, $"{_function.Address} has no MSI, which a board of Offload has; check vendor and device id");
        Connect(MessageInterrupt, Message, "its MSI");
        Connect(DeviceRequest, WantedBack, "the kernel's wish to have it back");
        return new PcieInterrupts(Message, WantedBack);
    }

    public void Dispose()
    {
        _device.Dispose(); // first: the others stay in use as long as it is open
        _group.Dispose();
        _container.Dispose();
        Message.Dispose();
        WantedBack.Dispose();
    }

    private static SafeFileHandle OpenFile(string path, PcieFunction function)
    {
        SafeFileHandle file = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        if (!file.IsInvalid)
        {
            return file;
        }

        int error = Marshal.GetLastPInvokeError();
        throw error switch
        {
            Libc.ErrorBusy => new OffloadException(
                OffloadError.BoardBusy, $"another process holds the board at {function.Address}: end it (`fuser {path}` names it), or let it serve the board."),
            Libc.ErrorNotPermitted or Libc.ErrorAccess => new OffloadException(
                OffloadError.PermissionDenied, $"{path} may not be opened: run as root, or install the udev rule that `offload doctor` shows."),
            Libc.ErrorNotFound => new OffloadException(
                OffloadError.PermissionDenied, $"{path} does not exist: " + string.Join("; ", function.BindCommands)),
            _ => new OffloadException(OffloadError.LinkFault, $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}; `offload doctor` looks for the reason."),
        };
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new OffloadException(
                error == Libc.ErrorBusy ? OffloadError.BoardBusy : OffloadError.LinkFault,
                $"{message}: {Marshal.GetPInvokeErrorMessage(error)}; `offload doctor` looks for the reason.");
        }
    }

    /// <summary>Lets the function answer, and send its interrupts.</summary>
    private void Enable()
    {
        long command = (long)Region(ConfigSpace).Offset + CommandRegister;
        ushort value;
        Require(Libc.ReadAt(_device, &value, sizeof(ushort), command) == sizeof(ushort), "the command register cannot be read");
        value |= MemorySpace | BusMaster;
        Require(Libc.WriteAt(_device, &value, sizeof(ushort), command) == sizeof(ushort), "the command register cannot be written");
    }

    private RegionInfo Region(uint index)
    {
        RegionInfo info = new() { Size = (uint)sizeof(RegionInfo), Index = index };
        Require(Libc.Control(_device, GetRegionInfo, &info) == 0, $"region {index} of {_function.Address} is not to be had");
        return info;
    }

    private void Connect(uint index, SafeFileHandle descriptor, string what)
    {
        IrqSet set = new()
        {
            Size = (uint)sizeof(IrqSet),
            Flags = DataEventDescriptor | ActionTrigger,
            Index = index,
            Count = 1,
            Descriptor = (int)descriptor.DangerousGetHandle(),
        };
        Require(Libc.Control(_device, SetIrqs, &set) == 0, $"{what} cannot be waited for");
    }

    /// <summary>struct vfio_group_status.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct GroupStatus
    {
        internal uint Size;
        internal uint Flags;
    }

    /// <summary>struct vfio_region_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RegionInfo
    {
        internal uint Size;
        internal uint Flags;
        internal uint Index;
        internal uint CapabilityOffset;
        internal ulong Bytes;
        internal ulong Offset;
    }

    /// <summary>struct vfio_irq_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IrqInfo
    {
        internal uint Size;
        internal uint Flags;
        internal uint Index;
        internal uint Count;
    }

    /// <summary>struct vfio_irq_set with one descriptor.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IrqSet
    {
        internal uint Size;
        internal uint Flags;
        internal uint Index;
        internal uint Start;
        internal uint Count;
        internal int Descriptor;
    }
}
