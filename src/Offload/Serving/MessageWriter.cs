using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Offload.Serving;

/// <summary>Builds frames in a buffer that is used again.</summary>
internal sealed class MessageWriter
{
    private byte[] _buffer = new byte[256];
    private int _used;

    /// <summary>The frame.</summary>
    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, _used);

    /// <summary>Begins a frame; the one before is forgotten.</summary>
    public MessageWriter Begin(ushort code)
    {
        _used = 0;
        UInt32(0);
        UInt16(code);
        return this;
    }

    /// <summary>Ends the frame: its length is known.</summary>
    public ReadOnlyMemory<byte> End()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _used - sizeof(uint));
        return Frame;
    }

    /// <summary>Overwrites what was in the buffer, where it was a secret.</summary>
    public void Erase() => _buffer.AsSpan().Clear();

    public MessageWriter Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public MessageWriter Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public MessageWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);
        return this;
    }

    public MessageWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);
        return this;
    }

    public MessageWriter Int32(int value) => UInt32(unchecked((uint)value));

    public MessageWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);
        return this;
    }

    public MessageWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>Words, without their number.</summary>
    public MessageWriter Words(ReadOnlySpan<uint> value)
    {
        MemoryMarshal.AsBytes(value).CopyTo(Room(value.Length * sizeof(uint)));
        return this;
    }

    public MessageWriter UInt64s(ReadOnlySpan<ulong> value)
    {
        MemoryMarshal.AsBytes(value).CopyTo(Room(value.Length * sizeof(ulong)));
        return this;
    }

    /// <summary>Text of at most <see cref="Protocol.MaxText"/> bytes; what is beyond is cut off.</summary>
    public MessageWriter Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        ReadOnlySpan<byte> part = bytes.AsSpan(0, Math.Min(bytes.Length, Protocol.MaxText));
        return UInt16((ushort)part.Length).Bytes(part);
    }

    public MessageWriter OptionalText(string? value) => value is null ? Boolean(false) : Boolean(true).Text(value);

    private Span<byte> Room(int length)
    {
        if (_used + length > _buffer.Length)
        {
            byte[] larger = new byte[Math.Max(_used + length, _buffer.Length * 2)];
            _buffer.AsSpan(0, _used).CopyTo(larger);
            _buffer.AsSpan().Clear();
            _buffer = larger;
        }

        Span<byte> room = _buffer.AsSpan(_used, length);
        _used += length;
        return room;
    }
}
