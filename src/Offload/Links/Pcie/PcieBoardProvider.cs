using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Boards;

namespace Offload.Links.Pcie;

/// <summary>Finds boards that are PCI functions, by vendor and device id, and opens them. A board's id is its slot: <c>pcie-0000:01:00.0</c>.</summary>
public sealed class PcieBoardProvider : BoardProvider
{
    private const string IdPrefix = "pcie-";

    private readonly PcieBoardOptions _options;
    private readonly string _bus;

    /// <summary>Looks for boards of this machine.</summary>
    /// <param name="options">Which, and how they are opened; null: what is usual.</param>
    public PcieBoardProvider(PcieBoardOptions? options = null)
        : this(options ?? new PcieBoardOptions(), PcieFunction.Bus)
    {
    }

    /// <summary>Looks for boards in a folder that is like sysfs's.</summary>
    internal PcieBoardProvider(PcieBoardOptions options, string bus)
    {
        _options = options;
        _bus = bus;
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<BoardDescription>>([.. Find().Select(Describe)]);
    }

    /// <inheritdoc/>
    /// <exception cref="OffloadException">As for the base, and <see cref="OffloadError.Unsupported"/>: it has to be bound to vfio-pci first, which the message
    /// says how to do; <see cref="OffloadError.RegisterMapMismatch"/>: the function is no board.</exception>
    public override ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        cancellationToken.ThrowIfCancellationRequested();
        PcieFunction function = Find().Find(found => IdPrefix + found.Address == board.Id)
            ?? throw new BoardGoneException($"there is no PCI function for board '{board.Id}' any more; look at its slot, or have the bus looked at again: echo 1 > /sys/bus/pci/rescan");
        PcieRegisterLink link = Open(function);
        return ValueTask.FromResult<BoardHardware>(new PcieBoardHardware(Describe(function), link, KindOf(function.Vendor, function.Device)!, _options.HostPort));
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardFinding>> DiagnoseAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        cancellationToken.ThrowIfCancellationRequested();
        PcieFunction? function = Find().Find(found => IdPrefix + found.Address == board.Id);
        return ValueTask.FromResult<IReadOnlyList<BoardFinding>>(function is null ? [] : PcieDiagnosis.Of(function));
    }

    private static PcieRegisterLink OpenVfio(PcieFunction function)
    {
        VfioDevice device = VfioDevice.Open(function);
        PcieInterrupts? interrupts = null;
        try
        {
            PcieWindow window = device.OpenWindow();
            interrupts = device.StartInterrupts();
            return new PcieRegisterLink(window, interrupts, device);
        }
        catch
        {
            interrupts?.Dispose();
            device.Dispose();
            throw;
        }
    }

    private static PcieRegisterLink OpenSysfs(PcieFunction function)
    {
        if (function.Driver is { } driver)
        {
            throw new OffloadException(
                OffloadError.BoardBusy, $"driver {driver} holds the board at {function.Address}: echo {function.Address} > {function.Folder}/driver/unbind");
        }

        string path = Path.Combine(function.Folder, "resource0");
        SafeFileHandle file = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenSynchronous | Libc.OpenCloseOnExec);
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new OffloadException(
                error is Libc.ErrorNotPermitted or Libc.ErrorAccess ? OffloadError.PermissionDenied : OffloadError.LinkFault,
                $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}. It needs root, and a kernel that is not locked down (`cat /sys/kernel/security/lockdown`).");
        }

        if (Libc.Lock(file, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
        {
            file.Dispose();
            throw new OffloadException(OffloadError.BoardBusy, $"another process holds the board at {function.Address}: end it (`fuser {path}` names it), or let it serve the board.");
        }

        Enable(function, file);
        MappedWindow window = new(file, PcieBridge.WindowBytes, path);
        try
        {
            return new PcieRegisterLink(window, null, window);
        }
        catch
        {
            window.Dispose();
            throw;
        }
    }

    /// <summary>Lets the function answer; the kernel counts, so it stays as it is where it was enabled before.</summary>
    private static void Enable(PcieFunction function, SafeFileHandle file)
    {
        string path = Path.Combine(function.Folder, "enable");
        try
        {
            if (File.ReadAllText(path).Trim() == "0")
            {
                File.WriteAllText(path, "1");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new OffloadException(OffloadError.PermissionDenied, $"the board at {function.Address} cannot be switched on: {exception.Message}; as root: echo 1 > {path}", exception);
        }
    }

    private PcieRegisterLink Open(PcieFunction function) => (_options.Access, function) switch
    {
        (PcieAccess.Sysfs, _) => OpenSysfs(function),
        (_, { Driver: PcieFunction.VfioDriver, IommuGroup: not null }) => OpenVfio(function),
        (PcieAccess.Automatic, { IommuGroup: null, Driver: not PcieFunction.VfioDriver }) => OpenSysfs(function),
        (_, { IommuGroup: null }) => throw new OffloadException(
            OffloadError.Unsupported,
            $"VFIO needs an IOMMU, and the board at {function.Address} has none: switch it on in the firmware and boot with intel_iommu=on (or amd_iommu=on), "
            + $"or give the board free for sysfs: echo {function.Address} > /sys/bus/pci/drivers/vfio-pci/unbind"),
        _ => throw new OffloadException(
            OffloadError.Unsupported,
            $"the board at {function.Address} is {(function.Driver is { } driver ? $"bound to driver {driver}" : "bound to no driver")}; bind it to vfio-pci, as root: "
            + string.Join("; ", function.BindCommands)),
    };

    private List<PcieFunction> Find() => PcieFunction.Find((vendor, device) => KindOf(vendor, device) is not null, _bus);

    private PcieBoardKind? KindOf(ushort vendor, ushort device) => _options.Kinds.FirstOrDefault(kind => kind.Vendor == vendor && kind.Device == device);

    private BoardDescription Describe(PcieFunction function) => new(
        IdPrefix + function.Address, KindOf(function.Vendor, function.Device)!.Board, "PCIe board", $"PCI {function.Address}");
}
