using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Offload.Serving;

/// <summary>Takes a frame's body apart. Whatever is in it, nothing but <see cref="OffloadError.ProtocolError"/> comes of it.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> body)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = body;

    /// <summary>Bytes that were not read yet.</summary>
    public readonly int Left => _rest.Length;

    public static OffloadException Bad(string what) => new(OffloadError.ProtocolError, $"The other side of the board's socket does not follow the protocol: {what}.");

    public byte Byte() => Take(1)[0];

    public bool Boolean() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw Bad("a truth value is neither 0 nor 1"),
    };

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public ReadOnlySpan<byte> Bytes(int length) => Take(length);

    public void Words(Span<uint> words) => Take(words.Length * sizeof(uint)).CopyTo(MemoryMarshal.AsBytes(words));

    public void UInt64s(Span<ulong> values) => Take(values.Length * sizeof(ulong)).CopyTo(MemoryMarshal.AsBytes(values));

    public string Text()
    {
        int length = UInt16();
        if (length > Protocol.MaxText)
        {
            throw Bad("a text is too long");
        }

        try
        {
            return Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a text is not UTF-8");
        }
    }

    public string? OptionalText() => Boolean() ? Text() : null;

    /// <summary>Throws where something is left.</summary>
    public readonly void End()
    {
        if (_rest.Length != 0)
        {
            throw Bad($"{_rest.Length} bytes too many");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw Bad("a frame is too short for what is in it");
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
