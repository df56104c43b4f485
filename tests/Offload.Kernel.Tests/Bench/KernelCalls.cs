using System.Runtime.InteropServices;

namespace Offload.Kernel.Tests.Bench;

/// <summary>System calls that the framework has no method for (man pages of section 2).</summary>
internal static unsafe partial class KernelCalls
{
    internal const int PacketFamily = 17;
    internal const int RawSocket = 3;
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;
    internal const int EpollCloseOnExec = 0x80000;
    internal const int EpollAdd = 1;
    internal const uint EpollIn = 1;
    internal const int MonotonicClock = 1;
    internal const short PollIn = 1;

    /// <summary>Bytes in a TCP socket's send queue that were not acknowledged (tcp(7)).</summary>
    internal const nuint SendQueueLength = 0x5411;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(SafeHandle descriptor, nuint request, int* argument);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(SafeHandle descriptor, byte* bytes, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(SafeHandle epoll, int operation, SafeHandle descriptor, EpollEvent* @event);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    internal static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    internal static partial int TimerSet(SafeHandle timer, int flags, TimerSpecification* specification, TimerSpecification* former);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    // Packed on x86-64 only (epoll_ctl(2)).
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct EpollEvent
    {
        [FieldOffset(0)]
        internal uint Events;
    }

    internal struct TimerSpecification
    {
        internal long IntervalSeconds;
        internal long IntervalNanoseconds;
        internal long Seconds;
        internal long Nanoseconds;
    }

    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}
