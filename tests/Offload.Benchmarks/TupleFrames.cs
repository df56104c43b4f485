using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;

namespace Offload.Benchmarks;

/// <summary>What names a client, and its initial sequence number.</summary>
/// <param name="Address">IPv4, in 10.0.0.0/8.</param>
/// <param name="Port">Its port.</param>
/// <param name="Iss">Its initial sequence number.</param>
internal readonly record struct ClientTuple(uint Address, ushort Port, uint Iss);

/// <summary>SYNs and RSTs of random tuples, IPv4, made from one frame each.</summary>
internal sealed class TupleFrames(TcpFrame syn)
{
    private const int Ip = 14, Tcp = 34, IpChecksum = 24, Source = 26, SourcePort = 34, Sequence = 38, TcpChecksum = 50;

    private readonly byte[] _syn = syn.ToBytes();
    private readonly byte[] _reset = (syn with { Flags = TcpFlags.Rst, Options = default, Window = 0 }).ToBytes();
    private readonly Random _random = new(11);

    /// <summary>A new tuple.</summary>
    public ClientTuple Next() => new(0x0A000000 | (uint)_random.Next(1, 1 << 24), (ushort)_random.Next(1024, 65536), (uint)_random.NextInt64(1L << 32));

    /// <summary>A tuple's SYN, until the next is asked for.</summary>
    public byte[] Syn(ClientTuple tuple) => Make(_syn, tuple, tuple.Iss);

    /// <summary>The RST of a tuple that is half open, until the next is asked for.</summary>
    public byte[] Reset(ClientTuple tuple) => Make(_reset, tuple, tuple.Iss + 1);

    private byte[] Make(byte[] frame, ClientTuple tuple, uint sequence)
    {
        Span<byte> bytes = frame;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[Source..], tuple.Address);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[SourcePort..], tuple.Port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[Sequence..], sequence);
        bytes.Slice(IpChecksum, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[IpChecksum..], InternetChecksum.Of(bytes[Ip..Tcp]));
        bytes.Slice(TcpChecksum, 2).Clear();
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(Ip + 2)..]) - (Tcp - Ip);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TcpChecksum..], InternetChecksum.OfTcp(TcpFrame.V4(tuple.Address), syn.Destination, false, bytes.Slice(Tcp, length)));
        return frame;
    }
}
