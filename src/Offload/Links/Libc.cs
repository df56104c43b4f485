using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links;

/// <summary>The system calls with which a link reaches its device. Numbers are those of Linux on 64-bit x86 and ARM (asm-generic).</summary>
internal static unsafe partial class Libc
{
    internal const int ErrorNotPermitted = 1;
    internal const int ErrorNotFound = 2;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorNoDeviceOrAddress = 6;
    internal const int ErrorAgain = 11;
    internal const int ErrorAccess = 13;
    internal const int ErrorBusy = 16;
    internal const int ErrorNoDevice = 19;
    internal const int ErrorInvalid = 22;

    internal const int OpenReadOnly = 0;
    internal const int OpenReadWrite = 2;
    internal const int OpenSynchronous = 0x101000;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenNonBlocking = 0x800;

    internal const short PollIn = 1;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int ProtectReadWrite = 3;
    internal const int MapShared = 1;

    private const string Library = "libc";
    private const int AccessReadWrite = 6;

    /// <summary>The error of the last call, in words.</summary>
    internal static string LastErrorText => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>An eventfd that does not block.</summary>
    /// <exception cref="OffloadException">This process has no descriptor left.</exception>
    internal static SafeFileHandle NewEvent()
    {
        SafeFileHandle descriptor = EventDescriptor(0, OpenNonBlocking | OpenCloseOnExec);
        return descriptor.IsInvalid
            ? throw new OffloadException(OffloadError.LinkFault, $"no eventfd is to be had: {LastErrorText}; raise the limit of open files (ulimit -n)")
            : descriptor;
    }

    /// <summary>Makes an eventfd readable.</summary>
    internal static void Signal(SafeFileHandle descriptor)
    {
        ulong one = 1;
        _ = Write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes an eventfd unreadable, and tells how often it was signalled.</summary>
    internal static ulong Collect(SafeFileHandle descriptor)
    {
        ulong count = 0;
        return Read(descriptor, &count, sizeof(ulong)) == sizeof(ulong) ? count : 0;
    }

    /// <summary>Whether this user may open a file for reading and writing; opens nothing.</summary>
    internal static bool MayOpen(string path) => Access(path, AccessReadWrite) == 0;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(SafeFileHandle descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint WriteAt(SafeFileHandle descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle descriptor, long offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeFileHandle descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle EventDescriptor(uint initial, int flags);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}
