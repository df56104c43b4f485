using System.Buffers.Binary;
using System.Text;

namespace Offload.Cli.Demo;

/// <summary>
/// Writes frames of several Ethernet interfaces into one pcapng file (draft-ietf-opsawg-pcapng), which Wireshark opens.
/// Safe for several threads.
/// </summary>
internal sealed class PcapngWriter : IDisposable
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const ushort Ethernet = 1;

    private readonly Stream _stream;
    private readonly Lock _lock = new();
    private readonly MemoryStream _block = new();

    /// <summary>Starts a file whose interfaces are called <paramref name="interfaces"/>, in this order.</summary>
    internal PcapngWriter(Stream stream, params string[] interfaces)
    {
        _stream = stream;
        Number32(0x1A2B3C4D);
        Number16(1);
        Number16(0);
        Number32(uint.MaxValue);
        Number32(uint.MaxValue);
        EndBlock(SectionHeader);
        foreach (var name in interfaces)
        {
            Number16(Ethernet);
            Number16(0);
            Number32(0);
            Option(2, Encoding.UTF8.GetBytes(name));
            Option(9, [9]); // time in nanoseconds
            Option(0, []);
            EndBlock(InterfaceDescription);
        }
    }

    /// <summary>Frames written so far.</summary>
    internal long Frames { get; private set; }

    /// <summary>Adds one frame.</summary>
    /// <param name="interfaceNumber">Number of its interface, from 0.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="frame">The frame, without FCS.</param>
    /// <param name="outgoing">Whether it left the interface.</param>
    internal void Frame(int interfaceNumber, ulong time, ReadOnlySpan<byte> frame, bool outgoing)
    {
        lock (_lock)
        {
            Number32((uint)interfaceNumber);
            Number32((uint)(time >> 32));
            Number32((uint)time);
            Number32((uint)frame.Length);
            Number32((uint)frame.Length);
            Padded(frame);
            Span<byte> flags = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(flags, outgoing ? 2u : 1u);
            Option(2, flags);
            Option(0, []);
            EndBlock(EnhancedPacket);
            Frames++;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stream.Dispose();
        }
    }

    private void Option(ushort code, ReadOnlySpan<byte> value)
    {
        Number16(code);
        Number16((ushort)value.Length);
        Padded(value);
    }

    private void Padded(ReadOnlySpan<byte> value)
    {
        _block.Write(value);
        for (var i = value.Length; i % 4 != 0; i++)
        {
            _block.WriteByte(0);
        }
    }

    private void Number16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void Number32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void EndBlock(uint type)
    {
        var length = (uint)(_block.Length + 12);
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], length);
        _stream.Write(header);
        _stream.Write(_block.GetBuffer(), 0, (int)_block.Length);
        _stream.Write(header[4..]);
        _block.SetLength(0);
    }
}
