using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Connections.Routing;

/// <summary>A route as the kernel would take it.</summary>
/// <param name="Kind">Type of the route (RTN_…, rtnetlink(7)).</param>
/// <param name="InterfaceIndex">Where it leads out; 0 where it leads nowhere.</param>
/// <param name="Gateway">The next hop; null where the destination itself is on the link.</param>
/// <param name="Source">The source address that the kernel prefers; null where it names none.</param>
internal sealed record KernelRoute(int Kind, int InterfaceIndex, IPAddress? Gateway, IPAddress? Source);

/// <summary>The kernel's routes and neighbours (rtnetlink(7)), in the network namespace of the thread that opens it.</summary>
internal sealed partial class RouteSocket : IDisposable
{
    /// <summary>An ordinary route.</summary>
    public const int Unicast = 1;

    /// <summary>A route to the host itself.</summary>
    public const int Local = 2;

    private const int NetlinkFamily = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int IPv4Family = 2;
    private const int IPv6Family = 10;
    private const int HeaderLength = 16;
    private const int MessageLength = 12;
    private const int Error = 2;
    private const int NewRoute = 24;
    private const int GetRoute = 26;
    private const int NewNeighbour = 28;
    private const int GetNeighbour = 30;

    // NUD_REACHABLE, STALE, DELAY, PROBE, NOARP, PERMANENT: its MAC address may be used.
    private const int UsableStates = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _buffer = new byte[8192];
    private uint _sequence;

    /// <summary>Opens one.</summary>
    public RouteSocket()
    {
        int descriptor = SocketCall(NetlinkFamily, RawCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failed("A netlink socket cannot be opened", Marshal.GetLastPInvokeError());
        }

        _socket = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The route to an address; null where the kernel has none.</summary>
    /// <param name="destination">Where to; a scope of a link-local address counts.</param>
    /// <param name="source">From which address; null: whichever fits.</param>
    public KernelRoute? FindRoute(IPAddress destination, IPAddress? source)
    {
        Message request = Begin(GetRoute, destination.AddressFamily);
        int bits = destination.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        _buffer[HeaderLength + 1] = (byte)bits;
        request.Add(1, destination.GetAddressBytes());
        if (source is not null)
        {
            _buffer[HeaderLength + 2] = (byte)bits;
            request.Add(2, source.GetAddressBytes());
        }

        if (destination.AddressFamily == AddressFamily.InterNetworkV6 && destination.ScopeId != 0)
        {
            request.Add(4, BitConverter.GetBytes((int)destination.ScopeId));
        }

        // Whatever the kernel says against a route (unreachable, prohibited, none in any table): there is none.
        return Exchange(request, NewRoute) is { } answer ? ReadRoute(answer) : null;
    }

    /// <summary>The MAC address of a neighbour; null where the kernel does not know it (yet).</summary>
    public MacAddress? FindNeighbour(int interfaceIndex, IPAddress address)
    {
        Message request = Begin(GetNeighbour, address.AddressFamily);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(HeaderLength + 4), interfaceIndex);
        request.Add(1, address.GetAddressBytes());
        return Exchange(request, NewNeighbour) is { } answer ? ReadNeighbour(answer.Span) : null;
    }

    /// <summary>Name of an interface of the calling thread's namespace.</summary>
    public static unsafe string NameOf(int interfaceIndex)
    {
        byte* name = stackalloc byte[16];
        return IndexToName((uint)interfaceIndex, name) != null ? Marshal.PtrToStringUTF8((nint)name)! : $"interface {interfaceIndex}";
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _socket.Dispose();

    private static KernelRoute ReadRoute(ReadOnlyMemory<byte> answer)
    {
        ReadOnlySpan<byte> body = answer.Span;
        int kind = body[7];
        int output = 0;
        IPAddress? gateway = null;
        IPAddress? source = null;
        for (ReadOnlySpan<byte> rest = body[MessageLength..]; TryTake(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            switch (type)
            {
                case 4:
                    output = BinaryPrimitives.ReadInt32LittleEndian(value);
                    break;
                case 5:
                    gateway = new IPAddress(value);
                    break;
                case 7:
                    source = new IPAddress(value);
                    break;
                case 18:
                    // A gateway of the other family: family (2 bytes), address.
                    gateway = new IPAddress(value[2..]);
                    break;
            }
        }

        return new KernelRoute(kind, output, gateway, source);
    }

    private static MacAddress? ReadNeighbour(ReadOnlySpan<byte> body)
    {
        int state = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]);
        for (ReadOnlySpan<byte> rest = body[MessageLength..]; TryTake(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            if (type == 2 && value.Length == 6 && (state & UsableStates) != 0 && MacAddress.FromBytes(value) is { IsEmpty: false } mac)
            {
                return mac;
            }
        }

        return null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length < 4 || length > rest.Length)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 0x3FFF;
        value = rest[4..length];
        rest = rest[Math.Min(Align(length), rest.Length)..];
        return true;
    }

    private static int Align(int length) => (length + 3) & ~3;

    private static OffloadException Failed(string what, int error) =>
        new(OffloadError.NoRoute, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}. Give the local address and the next hop's MAC address instead.");

    private Message Begin(ushort type, AddressFamily family)
    {
        _buffer.AsSpan(0, HeaderLength + MessageLength).Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(8), ++_sequence);
        _buffer[HeaderLength] = family == AddressFamily.InterNetwork ? (byte)IPv4Family : (byte)IPv6Family;
        return new Message(_buffer);
    }

    /// <summary>Sends a request; the answer's body, or null where the kernel answers with an error.</summary>
    private unsafe ReadOnlyMemory<byte>? Exchange(Message request, int expected)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, request.Length);
        fixed (byte* bytes = _buffer)
        {
            if (Send(_socket, bytes, (nuint)request.Length, 0) != request.Length)
            {
                throw Failed("The kernel cannot be asked for a route", Marshal.GetLastPInvokeError());
            }

            // The kernel answers a request of one item within the send; what is there is the answer.
            int received = (int)Receive(_socket, bytes, (nuint)_buffer.Length, 0);
            if (received < HeaderLength + sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(_buffer) is var length && (length > received || length < HeaderLength))
            {
                throw Failed("The kernel's answer cannot be read", received < 0 ? Marshal.GetLastPInvokeError() : 0);
            }

            int type = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(4));
            if (type == Error)
            {
                return null;
            }

            return type == expected && length >= HeaderLength + MessageLength
                ? _buffer.AsMemory(HeaderLength, length - HeaderLength)
                : throw Failed($"The kernel answers with a message of type {type}", 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketCall(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeFileHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    private static unsafe partial byte* IndexToName(uint index, byte* name);

    /// <summary>A request that is being built.</summary>
    private sealed class Message(byte[] buffer)
    {
        public int Length { get; private set; } = HeaderLength + MessageLength;

        public void Add(ushort type, ReadOnlySpan<byte> value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(Length), (ushort)(4 + value.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(Length + 2), type);
            value.CopyTo(buffer.AsSpan(Length + 4));
            Length += Align(4 + value.Length);
        }
    }
}
