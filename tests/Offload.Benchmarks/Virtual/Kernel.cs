using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Benchmarks.Virtual;

/// <summary>System calls (man pages of section 2) past the framework's sockets, whose own cost would hide what is measured.</summary>
internal static unsafe partial class Kernel
{
    private const int Inet = 2, Stream = 1, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int NoSignal = 0x4000;
    private const int SocketLevel = 1, ReuseAddress = 2, Error = 4, Linger = 13;

    internal const short PollIn = 1, PollOut = 4;

    internal struct Poll
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary>Begins a connection; the descriptor becomes writable once the handshake is done.</summary>
    /// <param name="address">To whom.</param>
    /// <param name="port">Port there.</param>
    /// <param name="reset">Whether it is reset when it is closed.</param>
    internal static int Connect(uint address, ushort port, bool reset = true)
    {
        int descriptor = Checked(Socket(Inet, Stream | NonBlocking | CloseOnExec, 0), "socket");
        int* linger = stackalloc int[2] { reset ? 1 : 0, 0 };
        Checked(SetOption(descriptor, SocketLevel, Linger, linger, 8), "setsockopt");
        byte* name = stackalloc byte[16];
        Write(name, address, port);
        // In progress.
        if (Connect(descriptor, name, 16) != 0 && Marshal.GetLastPInvokeError() != 115)
        {
            throw Failed("connect");
        }

        return descriptor;
    }

    /// <summary>How a connection that was begun ended; 0: it stands.</summary>
    internal static int Result(int descriptor)
    {
        int error;
        uint length = 4;
        Checked(GetOption(descriptor, SocketLevel, Error, &error, &length), "getsockopt");
        return error;
    }

    /// <summary>A listening socket.</summary>
    internal static int Listen(uint address, ushort port)
    {
        int descriptor = Checked(Socket(Inet, Stream | CloseOnExec, 0), "socket");
        int yes = 1;
        Checked(SetOption(descriptor, SocketLevel, ReuseAddress, &yes, 4), "setsockopt");
        byte* name = stackalloc byte[16];
        Write(name, address, port);
        Checked(Bind(descriptor, name, 16), "bind");
        Checked(Listen(descriptor, 4096), "listen");
        return descriptor;
    }

    /// <summary>Takes what has connected and closes it; false where nothing came in a tenth of a second.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="greet">Whether it is sent a byte first.</param>
    internal static bool AcceptAndClose(int listener, bool greet = false)
    {
        Poll waiting = new() { Descriptor = listener, Events = PollIn };
        if (Wait(&waiting, 1, 100) <= 0)
        {
            return false;
        }

        int descriptor = Accept(listener, null, null, CloseOnExec);
        if (descriptor < 0)
        {
            return false;
        }

        byte hello = 1;
        _ = greet ? Send(descriptor, &hello, 1, NoSignal) : 0;
        return Close(descriptor) == 0;
    }

    /// <summary>Whether a byte can be read from a connection.</summary>
    internal static bool ReadByte(int descriptor)
    {
        byte read;
        return Receive(descriptor, &read, 1, 0) == 1;
    }

    /// <summary>Sends, and gives how many bytes were taken; what is negative is the error's number.</summary>
    internal static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            nint sent = Send(descriptor, first, (nuint)bytes.Length, NoSignal);
            return sent >= 0 ? (int)sent : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Receives what is there, and gives how many bytes; 0: the peer's end; what is negative is the error's number.</summary>
    internal static int Receive(int descriptor, Span<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            nint received = Receive(descriptor, first, (nuint)bytes.Length, 0);
            return received >= 0 ? (int)received : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Waits for a descriptor to be readable.</summary>
    internal static bool WaitReadable(SafeHandle descriptor, int milliseconds)
    {
        Poll waiting = new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = PollIn };
        return Wait(&waiting, 1, milliseconds) > 0;
    }

    /// <summary>A descriptor that is always readable.</summary>
    internal static SafeFileHandle Readable() => new(Checked(Event(1, CloseOnExec), "eventfd"), ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Wait(Poll* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int descriptor, byte* name, uint length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, byte* name, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(int descriptor, byte* name, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int option, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int descriptor, int level, int option, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int Event(uint value, int flags);

    private static void Write(byte* name, uint address, ushort port)
    {
        *(ushort*)name = Inet;
        name[2] = (byte)(port >> 8);
        name[3] = (byte)port;
        for (int i = 0; i < 4; i++)
        {
            name[4 + i] = (byte)(address >> (24 - (8 * i)));
        }
    }

    private static int Checked(int result, string call) => result >= 0 ? result : throw Failed(call);

    private static IOException Failed(string call) => new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
