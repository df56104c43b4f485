using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Connections;

namespace Offload.Sockets;

/// <summary>States of a TCP socket as the kernel numbers them (include/net/tcp_states.h).</summary>
internal enum KernelTcpState
{
    None = 0,
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    Close = 7,
    CloseWait = 8,
    LastAck = 9,
    Listen = 10,
    Closing = 11,
    NewSynReceived = 12,
}

/// <summary>The kernel's own sockets (sock_diag(7)), in the network namespace of the thread that calls.</summary>
internal static partial class SocketDiagnostics
{
    private const int NetlinkFamily = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int DiagnosticsProtocol = 4;
    private const int HeaderLength = 16;
    private const int RequestLength = 56;
    private const int IdOffset = HeaderLength + 8;
    private const ushort ByFamily = 20;
    private const ushort DestroySocket = 21;
    private const ushort Error = 2;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const byte Tcp = 6;
    private const byte IPv4Family = 2;
    private const byte IPv6Family = 10;

    /// <summary>State of the kernel's socket of exactly this tuple; <see cref="KernelTcpState.None"/> where it has none.</summary>
    /// <exception cref="TcpRepairException">The kernel cannot be asked.</exception>
    public static KernelTcpState Find(in ConnectionKey key)
    {
        byte[] buffer = new byte[1024];
        int error = Exchange(buffer, ByFamily, Request, key);
        return error switch
        {
            // A tuple that no socket has leads to a listening socket of the port, where there is one.
            0 when (KernelTcpState)buffer[HeaderLength + 1] == KernelTcpState.Listen => KernelTcpState.None,
            0 => (KernelTcpState)buffer[HeaderLength + 1],
            PosixSocket.NoSuchEntry => KernelTcpState.None,
            _ => throw new TcpRepairException("SOCK_DIAG_BY_FAMILY", error),
        };
    }

    /// <summary>Ends the kernel's socket of exactly this tuple (SOCK_DESTROY; CONFIG_INET_DIAG_DESTROY, CAP_NET_ADMIN). The RST that it may send is
    /// dropped by the engine, which owns the tuple.</summary>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static void Destroy(in ConnectionKey key)
    {
        int error = Exchange(new byte[1024], DestroySocket, Request | Acknowledge, key);
        if (error is not (0 or PosixSocket.NoSuchEntry))
        {
            throw new TcpRepairException("SOCK_DESTROY", error);
        }
    }

    /// <summary>Sends a request for a tuple and reads the answer; its errno.</summary>
    private static unsafe int Exchange(byte[] buffer, ushort type, ushort flags, in ConnectionKey key)
    {
        int descriptor = SocketCall(NetlinkFamily, RawCloseOnExec, DiagnosticsProtocol);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        using SafeFileHandle socket = new(descriptor, ownsHandle: true);
        int length = Write(buffer, type, flags, key);
        fixed (byte* bytes = buffer)
        {
            if (Send(socket, bytes, (nuint)length, 0) != length)
            {
                return Marshal.GetLastPInvokeError();
            }

            // The kernel answers within the send.
            int received = (int)Receive(socket, bytes, (nuint)buffer.Length, 0);
            if (received < HeaderLength + sizeof(int))
            {
                return received < 0 ? Marshal.GetLastPInvokeError() : NoMessage;
            }
        }

        return BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4)) == Error
            ? -BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(HeaderLength))
            : 0;
    }

    /// <summary>EBADMSG.</summary>
    private const int NoMessage = 74;

    /// <summary>struct inet_diag_req_v2 of linux/inet_diag.h.</summary>
    private static int Write(byte[] buffer, ushort type, ushort flags, in ConnectionKey key)
    {
        const int Length = HeaderLength + RequestLength;
        BinaryPrimitives.WriteInt32LittleEndian(buffer, Length);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(6), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(8), 1);
        buffer[HeaderLength] = key.LocalAddress.IsIPv4 ? IPv4Family : IPv6Family;
        buffer[HeaderLength + 1] = Tcp;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(HeaderLength + 4), uint.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(IdOffset), key.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(IdOffset + 2), key.RemotePort);
        WriteAddress(buffer.AsSpan(IdOffset + 4, 16), key.LocalAddress);
        WriteAddress(buffer.AsSpan(IdOffset + 20, 16), key.RemoteAddress);

        // INET_DIAG_NOCOOKIE, twice.
        buffer.AsSpan(IdOffset + 40, 8).Fill(0xFF);
        return Length;
    }

    private static void WriteAddress(Span<byte> destination, NetworkAddress address)
    {
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)address.Value);
        }
        else
        {
            address.WriteTo(destination);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketCall(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeFileHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* bytes, nuint length, int flags);
}
