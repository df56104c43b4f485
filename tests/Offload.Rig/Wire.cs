using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Offload.VirtualBoard.Ports;

namespace Offload.Rig;

/// <summary>The cable at the board's net port.</summary>
internal abstract class Wire : IDisposable
{
    internal abstract void Send(byte[] frame);

    internal abstract ValueTask<byte[]> ReceiveAsync(CancellationToken cancellationToken);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>To a virtual board in process, whose port it is.</summary>
internal sealed class MemoryWire(MemoryFramePort port) : Wire
{
    internal override void Send(byte[] frame)
    {
        RigLog.Current.Frame(frame);
        port.Send(frame);
    }

    internal override async ValueTask<byte[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        byte[] frame = await port.ReceiveAsync(cancellationToken);
        RigLog.Current.Frame(frame);
        return frame;
    }
}

/// <summary>From a network interface of this machine, by a packet socket (packet(7)).</summary>
internal sealed unsafe partial class PacketWire : Wire
{
    private const int PacketFamily = 17;
    private const int RawNonBlockingSocket = 3 | 0x800 | 0x80000;
    private const ushort AllProtocols = 0x0300; // ETH_P_ALL, in network order
    private const byte Outgoing = 4;
    private const int PacketLevel = 263; // SOL_PACKET
    private const int AddMembership = 1;
    private const ushort Promiscuous = 1; // the tests' own addresses are not the interface's
    private const short PollIn = 1;

    private readonly SafeFileHandle _socket;
    private readonly Thread _thread;
    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();
    private volatile bool _ending;

    internal PacketWire(string name)
    {
        uint index = InterfaceIndex(name);
        Address address = new() { Family = PacketFamily, Protocol = AllProtocols, Index = (int)index };
        Membership promiscuous = new() { Index = (int)index, Type = Promiscuous };
        _socket = OpenSocket(PacketFamily, RawNonBlockingSocket, 0); // nothing comes before it is bound
        if (index == 0 || _socket.IsInvalid || Bind(_socket, &address, (uint)sizeof(Address)) != 0
            || SetOption(_socket, PacketLevel, AddMembership, &promiscuous, (uint)sizeof(Membership)) != 0)
        {
            throw new IOException($"no packet socket on interface {name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; it needs CAP_NET_RAW, and the interface that the rig's configuration names");
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "Rig wire" };
        _thread.Start();
    }

    internal override void Send(byte[] frame)
    {
        RigLog.Current.Frame(frame);
        fixed (byte* bytes = frame)
        {
            Assert.Equal(frame.Length, Write(_socket, bytes, (nuint)frame.Length));
        }
    }

    internal override ValueTask<byte[]> ReceiveAsync(CancellationToken cancellationToken) => _frames.Reader.ReadAsync(cancellationToken);

    public override void Dispose()
    {
        _ending = true;
        _thread.Join();
        _socket.Dispose();
        base.Dispose();
    }

    private void Run()
    {
        byte[] buffer = new byte[65536];
        PollDescriptor descriptor = new() { Descriptor = (int)_socket.DangerousGetHandle(), Events = PollIn };
        while (!_ending)
        {
            if (Poll(&descriptor, 1, 20) <= 0)
            {
                continue;
            }

            Address from;
            uint length = (uint)sizeof(Address);
            nint count;
            fixed (byte* bytes = buffer)
            {
                count = ReceiveFrom(_socket, bytes, (nuint)buffer.Length, 0, &from, &length);
            }

            // Only what came from the board; and of that only TCP over IPv4 or IPv6, for this machine's own kernel may say something, too.
            if (count >= 34 && from.Kind != Outgoing && (buffer[23] == 6 || buffer[20] == 6))
            {
                byte[] frame = buffer[..(int)count];
                RigLog.Current.Frame(frame);
                _ = _frames.Writer.TryWrite(frame);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, Address* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle socket, int level, int name, Membership* value, uint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle socket, byte* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeFileHandle socket, byte* bytes, nuint length, int flags, Address* from, uint* fromLength);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Address
    {
        internal ushort Family;
        internal ushort Protocol;
        internal int Index;
        internal ushort Hardware;
        internal byte Kind;
        internal byte Length;
        internal ulong Bytes;
    }

    /// <summary>struct packet_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Membership
    {
        internal int Index;
        internal ushort Type;
        internal ushort Length;
        internal ulong Bytes;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}
