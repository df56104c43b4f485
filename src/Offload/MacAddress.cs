using System.Globalization;
using System.Net.NetworkInformation;

namespace Offload;

/// <summary>An Ethernet MAC address, 48 bits, the first byte on the wire in the most significant byte.</summary>
/// <param name="Value">The 48 bits; the upper 16 bits are 0.</param>
public readonly record struct MacAddress(ulong Value) : ISpanFormattable
{
    private const int TextLength = 17;

    /// <summary>Whether no address is set (all bits 0).</summary>
    public bool IsEmpty => Value == 0;

    /// <summary>Whether it is a group address (multicast or broadcast), which no station can have.</summary>
    public bool IsGroup => ((Value >> 40) & 1) != 0;

    /// <summary>Makes one from six bytes in wire order.</summary>
    /// <param name="bytes">Exactly six bytes.</param>
    /// <exception cref="ArgumentException">Not six bytes.</exception>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 6)
        {
            throw new ArgumentException($"A MAC address has 6 bytes, not {bytes.Length}.", nameof(bytes));
        }

        ulong value = 0;
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }

        return new MacAddress(value);
    }

    /// <summary>Makes one from the framework's own type.</summary>
    /// <param name="address">An Ethernet address of six bytes.</param>
    /// <exception cref="ArgumentException">Not six bytes.</exception>
    public static MacAddress FromPhysicalAddress(PhysicalAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return FromBytes(address.GetAddressBytes());
    }

    /// <summary>Reads six hexadecimal bytes with ':' or '-' between them.</summary>
    /// <param name="text">For example <c>02:00:00:00:00:01</c>.</param>
    /// <exception cref="FormatException">The text is not such an address.</exception>
    public static MacAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out MacAddress address) ? address : throw new FormatException("A MAC address looks like 02:00:00:00:00:01.");

    /// <summary>Reads six hexadecimal bytes with ':' or '-' between them.</summary>
    /// <param name="text">For example <c>02:00:00:00:00:01</c>.</param>
    /// <param name="address">The address, if the text is one.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != TextLength)
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            if (!byte.TryParse(text.Slice(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part)
                || (i < 5 && text[(i * 3) + 2] is not (':' or '-')))
            {
                return false;
            }

            value = (value << 8) | part;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>Six hexadecimal bytes with colons.</summary>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        string.Create(TextLength, this, static (span, address) => address.TryFormat(span, out _, default, null));

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        const string Digits = "0123456789abcdef";
        charsWritten = 0;
        if (destination.Length < TextLength)
        {
            return false;
        }

        for (int i = 0; i < 6; i++)
        {
            int part = (int)(Value >> (40 - (8 * i))) & 0xFF;
            destination[i * 3] = Digits[part >> 4];
            destination[(i * 3) + 1] = Digits[part & 15];
            if (i < 5)
            {
                destination[(i * 3) + 2] = ':';
            }
        }

        charsWritten = TextLength;
        return true;
    }
}
