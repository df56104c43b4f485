using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Offload.Connections;

/// <summary>An IPv6 address, or an IPv4 address as IPv4-mapped IPv6 (RFC 4291 2.5.5.2), without allocation.</summary>
/// <param name="Value">The 128 bits, the first byte on the wire in the most significant byte.</param>
public readonly record struct NetworkAddress(UInt128 Value) : ISpanFormattable
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    /// <summary>Whether it stands for an IPv4 address.</summary>
    public bool IsIPv4 => (Value >> 32) == 0xFFFF;

    /// <summary>Makes one from the framework's type. A scope id is dropped: the core knows none.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    public static NetworkAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return new NetworkAddress(MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes));
        }

        address.TryWriteBytes(bytes, out _);
        return new NetworkAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>The framework's type: an IPv4 address where it stands for one.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteTo(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>Writes the 16 bytes in network order.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The address as text: dotted for IPv4, RFC 5952 for IPv6.</summary>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        Span<char> text = stackalloc char[64];
        TryFormat(text, out int written, default, null);
        return new string(text[..written]);
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        if (!IsIPv4)
        {
            return ToIPAddress().TryFormat(destination, out charsWritten);
        }

        uint value = (uint)Value;
        return destination.TryWrite(
            provider, $"{value >> 24}.{(value >> 16) & 255}.{(value >> 8) & 255}.{value & 255}", out charsWritten);
    }
}
