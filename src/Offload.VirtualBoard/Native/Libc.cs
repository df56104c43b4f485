using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.VirtualBoard.Native;

/// <summary>The system calls that the framework does not offer. Numbers are those of Linux, the same on every 64-bit architecture here.</summary>
internal static unsafe partial class Libc
{
    internal const int ErrorInterrupted = 4;
    internal const int ErrorIo = 5;
    internal const int ErrorNoDevice = 6;
    internal const int ErrorBadDescriptor = 9;
    internal const int ErrorAgain = 11;
    internal const int ErrorAccess = 13;
    internal const int ErrorBusy = 16;
    internal const int ErrorNoDeviceAnymore = 19;
    internal const int ErrorInvalid = 22;
    internal const int ErrorBadDescriptorState = 77;
    internal const int ErrorNotPermitted = 1;
    internal const int ErrorNotFound = 2;

    internal const int OpenReadWrite = 2;
    internal const int OpenNonBlocking = 0x800;
    internal const int OpenCloseOnExec = 0x80000;

    internal const int NewNetworkNamespace = 0x40000000;

    internal const short PollIn = 1;
    internal const short PollError = 8;
    internal const short PollHangUp = 16;
    internal const short PollInvalid = 32;

    internal const nuint TunSetInterface = 0x400454CA;
    internal const nuint GetInterfaceFlags = 0x8913;
    internal const nuint SetInterfaceFlags = 0x8914;
    internal const nuint GetInterfaceHardwareAddress = 0x8927;
    internal const nuint SetInterfaceQueueLength = 0x8943;

    internal const short FlagTap = 0x0002;
    internal const short FlagNoPacketInformation = 0x1000;
    internal const short InterfaceUp = 1;

    internal const uint MemoryCloseOnExec = 1;
    internal const uint MemoryAllowSealing = 2;
    internal const uint MemoryExecutable = 0x10;
    internal const int AddSeals = 1033;
    internal const int SealEverything = 1 | 2 | 4 | 8;

    private const string Library = "libc";

    /// <summary>The error of the last call, in words.</summary>
    internal static string LastErrorText => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle descriptor, nuint request, InterfaceRequest* argument);

    [LibraryImport(Library, EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(SafeFileHandle descriptor, int kind);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial SafeFileHandle Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial SafeFileHandle EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle MemoryFile(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FileControl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary>struct ifreq: a name and one of several values.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct InterfaceRequest
    {
        [FieldOffset(0)]
        internal fixed byte Name[16];

        [FieldOffset(16)]
        internal short Flags;

        [FieldOffset(16)]
        internal int Number;

        /// <summary>sa_data of a sockaddr: the hardware address.</summary>
        [FieldOffset(18)]
        internal fixed byte HardwareAddress[14];

        /// <summary>A request about an interface.</summary>
        internal static InterfaceRequest For(string name)
        {
            InterfaceRequest request = default;
            for (int i = 0; i < name.Length; i++)
            {
                request.Name[i] = (byte)name[i];
            }

            return request;
        }

        /// <summary>Name that the kernel has filled in.</summary>
        internal readonly string NameText
        {
            get
            {
                fixed (byte* name = Name)
                {
                    return Marshal.PtrToStringUTF8((nint)name) ?? "";
                }
            }
        }
    }
}
