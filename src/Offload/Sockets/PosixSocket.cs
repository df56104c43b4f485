using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Offload.Sockets;

/// <summary>Sockets as the kernel has them (man pages of section 2, socket(7), tcp(7)).</summary>
internal static partial class PosixSocket
{
    /// <summary>EPERM: a capability is missing.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOENT: the kernel has no such socket.</summary>
    public const int NoSuchEntry = 2;

    /// <summary>EADDRNOTAVAIL: of connect, that the kernel has a socket of this tuple.</summary>
    public const int AddressNotAvailable = 99;

    private const int StreamCloseOnExec = 1 | 0x80000;
    private const int IPv4Family = 2;
    private const int IPv6Family = 10;
    private const int SocketLevel = 1;
    private const int TcpLevel = 6;
    private const int IPv6Level = 41;
    private const int IPv6Only = 26;
    private const int ReuseAddress = 2;
    private const int DuplicateCloseOnExec = 1030;
    private const nuint UnreadRequest = 0x541B;
    private const nuint UnsentRequest = 0x5411;

    /// <summary>A TCP socket.</summary>
    public static SafeSocketHandle Open(AddressFamily family)
    {
        int descriptor = SocketCall(family == AddressFamily.InterNetworkV6 ? IPv6Family : IPv4Family, StreamCloseOnExec, 0);
        return descriptor >= 0 ? new SafeSocketHandle(descriptor, ownsHandle: true) : throw LastError();
    }

    /// <summary>Binds it, without SO_REUSEADDR; an IPv6 socket for IPv6 alone.</summary>
    /// <exception cref="SocketException">As a socket would fail.</exception>
    public static void Bind(SafeSocketHandle socket, IPEndPoint endPoint)
    {
        if (TryBind(socket, endPoint) != 0)
        {
            throw LastError();
        }
    }

    /// <summary>Binds it; an IPv6 socket for IPv6 alone. Not 0 where it fails.</summary>
    public static unsafe int TryBind(SafeSocketHandle socket, IPEndPoint endPoint)
    {
        int one = 1;
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6 && SetOption(socket, IPv6Level, IPv6Only, &one, sizeof(int)) != 0)
        {
            return -1;
        }

        // On Linux a SocketAddress is the kernel's own sockaddr.
        SocketAddress address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            return BindCall(socket, bytes, (uint)address.Size);
        }
    }

    /// <summary>Connects it. Not 0 where it fails.</summary>
    public static unsafe int TryConnect(SafeSocketHandle socket, IPEndPoint endPoint)
    {
        SocketAddress address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            return ConnectCall(socket, bytes, (uint)address.Size);
        }
    }

    /// <summary>The port that it is bound to.</summary>
    public static unsafe int PortOf(SafeSocketHandle socket, IPEndPoint bound)
    {
        SocketAddress address = bound.Serialize();
        uint length = (uint)address.Size;
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (GetNameCall(socket, bytes, &length) != 0)
            {
                throw LastError();
            }
        }

        return ((IPEndPoint)bound.Create(address)).Port;
    }

    /// <summary>Lets others bind its port as well, or not (SO_REUSEADDR). Not 0 where it fails.</summary>
    public static unsafe int TryReuseAddress(SafeSocketHandle socket, bool reuse = true)
    {
        int value = reuse ? 1 : 0;
        return SetOption(socket, SocketLevel, ReuseAddress, &value, sizeof(int));
    }

    /// <summary>Sets an option of TCP. Not 0 where it fails.</summary>
    public static unsafe int TrySetTcp(SafeSocketHandle socket, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            return SetOption(socket, TcpLevel, name, bytes, (uint)value.Length);
        }
    }

    /// <summary>Reads an option of TCP. Its length; negative where it fails.</summary>
    public static unsafe int TryGetTcp(SafeSocketHandle socket, int name, Span<byte> value)
    {
        uint length = (uint)value.Length;
        fixed (byte* bytes = value)
        {
            return GetOption(socket, TcpLevel, name, bytes, &length) == 0 ? (int)length : -1;
        }
    }

    /// <summary>Bytes that were received and not read (SIOCINQ, tcp(7)).</summary>
    public static int Unread(SafeSocketHandle socket) => Queue(socket, UnreadRequest);

    /// <summary>Bytes that were written and not acknowledged by the peer (SIOCOUTQ, tcp(7)).</summary>
    public static int Unsent(SafeSocketHandle socket) => Queue(socket, UnsentRequest);

    /// <summary>Another descriptor of the same socket, which lives on where this one is closed; null where there is none to be had.</summary>
    public static SafeSocketHandle? TryDuplicate(SafeSocketHandle socket) =>
        Duplicate(socket, DuplicateCloseOnExec, 0) is var descriptor and >= 0 ? new SafeSocketHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Index of an interface of the calling thread's namespace; 0 where there is none.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);

    private static unsafe int Queue(SafeSocketHandle socket, nuint request)
    {
        int bytes = 0;
        return Control(socket, request, &bytes) == 0 ? bytes : throw LastError();
    }

    private static SocketException LastError()
    {
        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            98 => new SocketException((int)SocketError.AddressAlreadyInUse),
            AddressNotAvailable => new SocketException((int)SocketError.AddressNotAvailable),
            NotPermitted or 13 => new SocketException((int)SocketError.AccessDenied),
            97 => new SocketException((int)SocketError.AddressFamilyNotSupported),
            24 => new SocketException((int)SocketError.TooManyOpenSockets),
            _ => new SocketException((int)SocketError.SocketError, Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketCall(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int BindCall(SafeSocketHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int ConnectCall(SafeSocketHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static unsafe partial int GetNameCall(SafeSocketHandle socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(SafeSocketHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static unsafe partial int GetOption(SafeSocketHandle socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Duplicate(SafeSocketHandle socket, int command, int least);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(SafeSocketHandle socket, nuint request, int* argument);
}
