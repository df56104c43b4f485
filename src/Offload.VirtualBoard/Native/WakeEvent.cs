using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.VirtualBoard.Native;

/// <summary>A descriptor (eventfd) that becomes readable when it is set, so that poll() wakes from other threads. Thread-safe.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    internal WakeEvent()
    {
        Descriptor = Libc.EventDescriptor(0, Libc.OpenNonBlocking | Libc.OpenCloseOnExec);
        if (Descriptor.IsInvalid)
        {
            throw new IOException($"eventfd failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <summary>What to poll for input.</summary>
    internal SafeFileHandle Descriptor { get; }

    public void Dispose() => Descriptor.Dispose();

    /// <summary>Makes it readable until <see cref="Clear"/>. Nothing happens once it is disposed.</summary>
    internal void Set()
    {
        ulong one = 1;
        try
        {
            _ = Libc.Write(Descriptor, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Whoever would have waked is gone.
        }
    }

    /// <summary>Makes it unreadable.</summary>
    internal void Clear()
    {
        ulong value;
        _ = Libc.Read(Descriptor, (byte*)&value, sizeof(ulong));
    }
}
