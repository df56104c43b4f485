using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Pcie;

/// <summary>BAR 0, a word at a time. Not thread-safe.</summary>
internal abstract class PcieWindow : IDisposable
{
    /// <summary>Reads a word.</summary>
    internal abstract uint Read(uint offset);

    /// <summary>Writes a word.</summary>
    internal abstract void Write(uint offset, uint value);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>
/// BAR 0 by pread and pwrite of VFIO's device. Slower than a mapping by a system call a word, but a device that is taken away
/// is an error of the call, where a mapping would end the process (SIGBUS). One word a call, so that the kernel makes one 32-bit access.
/// </summary>
internal sealed unsafe class DescriptorWindow(SafeFileHandle device, long regionOffset) : PcieWindow
{
    internal override uint Read(uint offset)
    {
        uint value;
        return Libc.ReadAt(device, &value, sizeof(uint), regionOffset + offset) == sizeof(uint) ? value : throw Gone();
    }

    internal override void Write(uint offset, uint value)
    {
        if (Libc.WriteAt(device, &value, sizeof(uint), regionOffset + offset) != sizeof(uint))
        {
            throw Gone();
        }
    }

    public override void Dispose()
    {
        // The device's descriptor is VfioDevice's.
    }

    private static BoardGoneException Gone() =>
        new($"the kernel no longer reaches the board: {Libc.LastErrorText}; look at its slot and at dmesg, and open it again");
}

/// <summary>BAR 0 by a mapping of sysfs's <c>resource0</c>.</summary>
internal sealed unsafe class MappedWindow : PcieWindow
{
    private readonly SafeFileHandle _file;
    private readonly nuint _length;
    private nint _base;

    /// <summary>Maps it.</summary>
    /// <param name="file">The file; the window owns it.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="path">The file's path, for messages.</param>
    internal MappedWindow(SafeFileHandle file, int length, string path)
    {
        _file = file;
        _length = (nuint)length;
        _base = Libc.Map(0, _length, Libc.ProtectReadWrite, Libc.MapShared, file, 0);
        if (_base == -1)
        {
            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            throw new OffloadException(
                error is Libc.ErrorNotPermitted or Libc.ErrorAccess ? OffloadError.PermissionDenied : OffloadError.LinkFault,
                $"{path} cannot be mapped: {Marshal.GetPInvokeErrorMessage(error)}. It needs root, and a kernel that is not locked down "
                + "(`cat /sys/kernel/security/lockdown`); with an IOMMU use VFIO instead. `offload doctor` says more.");
        }
    }

    internal override uint Read(uint offset) => Volatile.Read(ref *(uint*)(_base + (nint)offset));

    internal override void Write(uint offset, uint value) => Volatile.Write(ref *(uint*)(_base + (nint)offset), value);

    public override void Dispose()
    {
        nint mapping = Interlocked.Exchange(ref _base, 0);
        if (mapping != 0)
        {
            _ = Libc.Unmap(mapping, _length);
            _file.Dispose();
        }
    }
}
