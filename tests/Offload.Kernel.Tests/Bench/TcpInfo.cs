using System.Buffers.Binary;
using System.Net.Sockets;

namespace Offload.Kernel.Tests.Bench;

/// <summary>States of a TCP socket as the kernel numbers them (include/net/tcp_states.h).</summary>
internal enum KernelState : byte
{
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    Close = 7,
    CloseWait = 8,
}

/// <summary>What the kernel says of a TCP socket: TCP_INFO (struct tcp_info of linux/tcp.h).</summary>
/// <param name="State">Its state.</param>
/// <param name="Timestamps">Whether timestamps were agreed.</param>
/// <param name="Sack">Whether SACK was agreed.</param>
/// <param name="WindowScaling">Whether window scaling was agreed.</param>
/// <param name="Ecn">Whether ECN was agreed.</param>
/// <param name="PeerScale">The peer's shift count.</param>
/// <param name="OwnScale">Its own shift count.</param>
/// <param name="SendMss">Bytes that it puts into a segment at most.</param>
/// <param name="AdvertisedMss">Its own MSS less the room for options.</param>
/// <param name="BytesAcknowledged">Bytes that the peer has acknowledged, the SYN's included.</param>
/// <param name="Retransmissions">Segments that it has sent again, the SYN included.</param>
internal readonly record struct TcpInfo(
    KernelState State,
    bool Timestamps,
    bool Sack,
    bool WindowScaling,
    bool Ecn,
    int PeerScale,
    int OwnScale,
    int SendMss,
    int AdvertisedMss,
    ulong BytesAcknowledged,
    int Retransmissions)
{
    private const int TcpLevel = 6;
    private const int InfoOption = 11;

    /// <summary>Bytes that timestamps take from every segment (RFC 7323, appendix A).</summary>
    internal int OptionsLength => Timestamps ? 12 : 0;

    /// <summary>Asks the kernel.</summary>
    internal static TcpInfo Of(Socket socket)
    {
        byte[] bytes = new byte[256];
        int length = socket.GetRawSocketOption(TcpLevel, InfoOption, bytes);
        Assert.True(length >= 128, "the kernel's TCP_INFO is too short");
        return new TcpInfo(
            (KernelState)bytes[0],
            (bytes[5] & 1) != 0,
            (bytes[5] & 2) != 0,
            (bytes[5] & 4) != 0,
            (bytes[5] & 8) != 0,
            bytes[6] & 15,
            bytes[6] >> 4,
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(84)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(120)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(100)));
    }

    /// <summary>Bytes that were sent, or are to be sent, and not acknowledged (SIOCOUTQ).</summary>
    internal static unsafe int SendQueue(Socket socket)
    {
        int length;
        Assert.Equal(0, KernelCalls.Control(socket.SafeHandle, KernelCalls.SendQueueLength, &length));
        return length;
    }
}
