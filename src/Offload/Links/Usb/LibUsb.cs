using System.Runtime.InteropServices;

namespace Offload.Links.Usb;

/// <summary>libusb 1.0.23 or later (libusb.h), as far as it is used.</summary>
internal static unsafe partial class LibUsb
{
    internal const int ErrorNoDevice = -4;
    internal const int ErrorNotFound = -5;
    internal const int ErrorBusy = -6;

    internal const byte TypeControl = 0;
    internal const byte TypeBulk = 2;

    private const string Library = "libusb-1.0.so.0";

    /// <summary>How a transfer ended: LIBUSB_TRANSFER_….</summary>
    internal enum Status
    {
        Completed = 0,
        Error = 1,
        TimedOut = 2,
        Cancelled = 3,
        Stall = 4,
        NoDevice = 5,
        Overflow = 6,
    }

    [LibraryImport(Library, EntryPoint = "libusb_init")]
    internal static partial int Init(out nint context);

    [LibraryImport(Library, EntryPoint = "libusb_exit")]
    internal static partial void Exit(nint context);

    [LibraryImport(Library, EntryPoint = "libusb_wrap_sys_device")]
    internal static partial int WrapSystemDevice(nint context, nint descriptor, out nint device);

    [LibraryImport(Library, EntryPoint = "libusb_close")]
    internal static partial void Close(nint device);

    [LibraryImport(Library, EntryPoint = "libusb_set_auto_detach_kernel_driver")]
    internal static partial int SetAutoDetachKernelDriver(nint device, int enable);

    [LibraryImport(Library, EntryPoint = "libusb_claim_interface")]
    internal static partial int ClaimInterface(nint device, int number);

    [LibraryImport(Library, EntryPoint = "libusb_release_interface")]
    internal static partial int ReleaseInterface(nint device, int number);

    [LibraryImport(Library, EntryPoint = "libusb_clear_halt")]
    internal static partial int ClearHalt(nint device, byte endpoint);

    [LibraryImport(Library, EntryPoint = "libusb_alloc_transfer")]
    internal static partial Transfer* AllocateTransfer(int isochronousPackets);

    [LibraryImport(Library, EntryPoint = "libusb_free_transfer")]
    internal static partial void FreeTransfer(Transfer* transfer);

    [LibraryImport(Library, EntryPoint = "libusb_submit_transfer")]
    internal static partial int Submit(Transfer* transfer);

    [LibraryImport(Library, EntryPoint = "libusb_cancel_transfer")]
    internal static partial int Cancel(Transfer* transfer);

    [LibraryImport(Library, EntryPoint = "libusb_handle_events_timeout_completed")]
    internal static partial int HandleEvents(nint context, TimeValue* timeout, int* completed);

    [LibraryImport(Library, EntryPoint = "libusb_interrupt_event_handler")]
    internal static partial void InterruptEventHandler(nint context);

    [LibraryImport(Library, EntryPoint = "libusb_error_name")]
    private static partial byte* ErrorName(int error);

    /// <summary>Name of an error, LIBUSB_ERROR_….</summary>
    internal static string NameOf(int error) => Marshal.PtrToStringUTF8((nint)ErrorName(error)) ?? $"error {error}";

    /// <summary>struct timeval.</summary>
    internal struct TimeValue
    {
        internal nint Seconds;
        internal nint Microseconds;
    }

    /// <summary>struct libusb_transfer, without isochronous packets.</summary>
    internal struct Transfer
    {
        internal nint Device;
        internal byte Flags;
        internal byte Endpoint;
        internal byte Type;
        internal uint Timeout;
        internal Status Status;
        internal int Length;
        internal int ActualLength;
        internal delegate* unmanaged[Cdecl]<Transfer*, void> Callback;
        internal nint UserData;
        internal byte* Buffer;
        internal int IsochronousPackets;
    }
}
