using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Connections;

namespace Offload.Sockets;

/// <summary>A call of the kernel failed while a connection was taken over.</summary>
/// <param name="call">Which one.</param>
/// <param name="error">Its errno.</param>
internal sealed class TcpRepairException(string call, int error)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})")
{
    /// <summary>errno.</summary>
    public int Error => error;

    /// <summary>Whether the kernel itself has a socket of this tuple.</summary>
    public bool IsTupleTaken => call == TcpRepair.ConnectCall && error == PosixSocket.AddressNotAvailable;
}

/// <summary>What the kernel knows of a connection that it is about to give away.</summary>
/// <param name="SndNxt">SND.NXT, everything before it written.</param>
/// <param name="RcvNxt">RCV.NXT.</param>
/// <param name="TsVal">Its next TSval; 0 without timestamps.</param>
/// <param name="ReceiveWindow">The window that it offered, in bytes.</param>
internal readonly record struct KernelNumbers(uint SndNxt, uint RcvNxt, uint TsVal, uint ReceiveWindow);

/// <summary>
/// Kernel sockets that take over connections whose handshake somebody else did, and that give them away: the socket option TCP_REPAIR (tcp(7),
/// CONFIG_CHECKPOINT_RESTORE; needs CAP_NET_ADMIN). This is the only place that does.
/// </summary>
internal static class TcpRepair
{
    /// <summary>What a <see cref="TcpRepairException"/> calls the connect.</summary>
    public const string ConnectCall = "connect";

    private const int MaxSegment = 2;
    private const int Info = 11;
    private const int Repair = 19;
    private const int RepairQueue = 20;
    private const int QueueSequence = 21;
    private const int RepairOptions = 22;
    private const int Timestamp = 24;
    private const int RepairWindow = 29;

    private const int On = 1;
    private const int OffWithProbe = 0;
    private const int OffSilently = -1;
    private const int NoQueue = 0;
    private const int ReceiveQueue = 1;
    private const int SendQueue = 2;
    private const int WindowLength = 20;

    // Kinds of TCP options (RFC 9293 3.1, RFC 7323, RFC 2018).
    private const uint MssKind = 2;
    private const uint ScaleKind = 3;
    private const uint SackKind = 4;
    private const uint TimestampsKind = 8;

    /// <summary>Least and greatest MSS that the kernel takes from a user (TCP_MIN_MSS, MAX_TCP_WINDOW).</summary>
    private const int LeastMss = 88;
    private const int GreatestMss = 32767;

    /// <summary>Most that is offered for a start, in bytes: the kernel has a buffer for it, and tells more as soon as it likes.</summary>
    private const uint FirstWindow = 65535;

    private const int NoProtocolOption = 92;

    /// <summary>Makes sure that this process may take over connections, in the calling thread's network namespace.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>: a capability is missing; <see cref="OffloadError.Unsupported"/>:
    /// the kernel cannot.</exception>
    public static void Check()
    {
        using SafeSocketHandle socket = PosixSocket.Open(AddressFamily.InterNetwork);
        try
        {
            Set(socket, Repair, On, "TCP_REPAIR");
        }
        catch (TcpRepairException exception) when (exception.Error == PosixSocket.NotPermitted)
        {
            throw new OffloadException(
                OffloadError.PermissionDenied,
                "Taking over connections needs CAP_NET_ADMIN. Give it to the program (setcap cap_net_admin+ep FILE; in a systemd unit "
                + "AmbientCapabilities=CAP_NET_ADMIN), or run it as root. Ports below 1024 need CAP_NET_BIND_SERVICE as well.", exception);
        }
        catch (TcpRepairException exception) when (exception.Error == NoProtocolOption)
        {
            throw new OffloadException(
                OffloadError.Unsupported,
                "This kernel cannot take over connections: it lacks TCP_REPAIR. Use one that is built with CONFIG_CHECKPOINT_RESTORE, as distributions' are.",
                exception);
        }
    }

    /// <summary>Makes a connected socket of an entry, in the calling thread's network namespace. It is still in repair mode: it sends nothing until
    /// <see cref="Start"/>.</summary>
    /// <param name="row">The entry; owner parked.</param>
    /// <param name="tsVal">The engine's TSval at this moment, or a little more; ignored without timestamps.</param>
    /// <param name="scope">Index of the interface, for link-local addresses.</param>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static SafeSocketHandle Adopt(in ConnectionRow row, uint tsVal, uint scope)
    {
        IPEndPoint local = WithScope(row.Key.LocalEndPoint, scope);
        SafeSocketHandle socket = PosixSocket.Open(local.AddressFamily);
        try
        {
            Set(socket, Repair, On, "TCP_REPAIR");
            Check(PosixSocket.TryBind(socket, local), "bind");
            SetSequence(socket, SendQueue, row.SndNxt);
            SetSequence(socket, ReceiveQueue, row.RcvNxt);
            if (row.Mss is >= LeastMss and <= GreatestMss)
            {
                // Before the connect, for that works out the size of segments; the option below does so no more.
                Set(socket, MaxSegment, row.Mss, "TCP_MAXSEG");
            }

            Check(PosixSocket.TryConnect(socket, WithScope(row.Key.RemoteEndPoint, scope)), ConnectCall);
            SetOptions(socket, row);
            if (row.Timestamps)
            {
                // The lowest bit would turn the socket to microseconds on new kernels: up to the next even number.
                Set(socket, Timestamp, (int)((tsVal + 1) & ~1u), "TCP_TIMESTAMP");
            }

            SetWindow(socket, row);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets an adopted socket, or one that was frozen, take part in its connection (again).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="tellWindow">Whether it tells the peer its window at once, which was 0 so far.</param>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static void Start(SafeSocketHandle socket, bool tellWindow)
    {
        Set(socket, Repair, tellWindow ? OffWithProbe : OffSilently, "TCP_REPAIR");

        // Leaving repair mode clears it, and an ordinary listener could not have the port while the socket lives.
        Check(PosixSocket.TryReuseAddress(socket), "SO_REUSEADDR");
    }

    /// <summary>Closes a socket without a word to the peer.</summary>
    public static void Discard(SafeSocketHandle socket)
    {
        using (socket)
        {
            Set(socket, Repair, On, "TCP_REPAIR");
        }
    }

    /// <summary>Freezes a connected socket: closing it sends nothing from now on. <see cref="Start"/> undoes it.</summary>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static void Freeze(SafeSocketHandle socket) => Set(socket, Repair, On, "TCP_REPAIR");

    /// <summary>RCV.NXT of a frozen socket.</summary>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static uint ReadReceived(SafeSocketHandle socket) => GetSequence(socket, ReceiveQueue);

    /// <summary>What a frozen socket's connection has come to.</summary>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static KernelNumbers ReadNumbers(SafeSocketHandle socket)
    {
        Span<byte> window = stackalloc byte[WindowLength];
        Check(PosixSocket.TryGetTcp(socket, RepairWindow, window), "TCP_REPAIR_WINDOW");
        return new KernelNumbers(
            GetSequence(socket, SendQueue), GetSequence(socket, ReceiveQueue), (uint)Get(socket, Timestamp, "TCP_TIMESTAMP"),
            BinaryPrimitives.ReadUInt32LittleEndian(window[12..]));
    }

    /// <summary>State of a socket, as the kernel numbers it.</summary>
    /// <exception cref="TcpRepairException">The kernel refuses.</exception>
    public static KernelTcpState ReadState(SafeSocketHandle socket)
    {
        Span<byte> info = stackalloc byte[8];
        Check(PosixSocket.TryGetTcp(socket, Info, info), "TCP_INFO");
        return (KernelTcpState)info[0];
    }

    private static void SetOptions(SafeSocketHandle socket, in ConnectionRow row)
    {
        Span<byte> options = stackalloc byte[32];
        int length = 0;
        Add(options, MssKind, row.Mss);

        // Always: the kernel has put its own default there.
        Add(options, ScaleKind, row.PeerScale is { } peer && row.OurScale is { } ours ? peer | ((uint)ours << 16) : 0);
        if (row.SackPermitted)
        {
            Add(options, SackKind, 0);
        }

        if (row.Timestamps)
        {
            Add(options, TimestampsKind, 0);
        }

        Check(PosixSocket.TrySetTcp(socket, RepairOptions, options[..length]), "TCP_REPAIR_OPTIONS");

        void Add(Span<byte> all, uint kind, uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(all[length..], kind);
            BinaryPrimitives.WriteUInt32LittleEndian(all[(length + 4)..], value);
            length += 8;
        }
    }

    /// <summary>struct tcp_repair_window of linux/tcp.h.</summary>
    private static void SetWindow(SafeSocketHandle socket, in ConnectionRow row)
    {
        uint send = (uint)row.PeerWindow << (row.PeerScale ?? 0);
        uint receive = Math.Min((uint)row.OurWindow << (row.OurScale ?? 0), FirstWindow);
        Span<byte> window = stackalloc byte[WindowLength];
        BinaryPrimitives.WriteUInt32LittleEndian(window, row.RcvNxt);
        BinaryPrimitives.WriteUInt32LittleEndian(window[4..], send);
        BinaryPrimitives.WriteUInt32LittleEndian(window[8..], send);
        BinaryPrimitives.WriteUInt32LittleEndian(window[12..], receive);
        BinaryPrimitives.WriteUInt32LittleEndian(window[16..], row.RcvNxt);
        Check(PosixSocket.TrySetTcp(socket, RepairWindow, window), "TCP_REPAIR_WINDOW");
    }

    private static void SetSequence(SafeSocketHandle socket, int queue, uint sequence)
    {
        Set(socket, RepairQueue, queue, "TCP_REPAIR_QUEUE");
        Set(socket, QueueSequence, (int)sequence, "TCP_QUEUE_SEQ");
    }

    private static uint GetSequence(SafeSocketHandle socket, int queue)
    {
        Set(socket, RepairQueue, queue, "TCP_REPAIR_QUEUE");
        uint sequence = (uint)Get(socket, QueueSequence, "TCP_QUEUE_SEQ");
        Set(socket, RepairQueue, NoQueue, "TCP_REPAIR_QUEUE");
        return sequence;
    }

    private static void Set(SafeSocketHandle socket, int name, int value, string call)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Check(PosixSocket.TrySetTcp(socket, name, bytes), call);
    }

    private static int Get(SafeSocketHandle socket, int name, string call)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Check(PosixSocket.TryGetTcp(socket, name, bytes), call);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new TcpRepairException(call, Marshal.GetLastPInvokeError());
        }
    }

    private static IPEndPoint WithScope(IPEndPoint endPoint, uint scope)
    {
        if (endPoint.Address.IsIPv6LinkLocal)
        {
            endPoint.Address.ScopeId = scope;
        }

        return endPoint;
    }
}
