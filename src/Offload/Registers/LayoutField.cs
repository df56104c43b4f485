namespace Offload.Registers;

/// <summary>A field of a layout, such as the connection entry: bits of a vector of words.</summary>
public sealed class LayoutField
{
    internal LayoutField(string name, int lsb, int width, string description, IReadOnlyList<NamedValue>? values = null)
    {
        Name = name;
        Lsb = lsb;
        Width = width;
        Description = description;
        Values = values ?? [];
    }

    /// <summary>Its path, lower case with underscores, such as <c>key.local_port</c>.</summary>
    public string Name { get; }

    /// <summary>Lowest bit, counted from bit 0 of the layout's first word.</summary>
    public int Lsb { get; }

    /// <summary>Number of bits, 1 to 128.</summary>
    public int Width { get; }

    /// <summary>What it means, as plain text.</summary>
    public string Description { get; }

    /// <summary>The values that have a name; empty where the field is a plain number.</summary>
    public IReadOnlyList<NamedValue> Values { get; }

    /// <summary>The field's value.</summary>
    /// <param name="words">The layout's words, least significant first.</param>
    /// <exception cref="IndexOutOfRangeException">The words end before the field does.</exception>
    public UInt128 Get(ReadOnlySpan<uint> words) => WordBits.ReadUInt128(words, Lsb, Width);

    /// <summary>Replaces the field's bits and leaves all others.</summary>
    /// <param name="words">The layout's words, least significant first.</param>
    /// <param name="value">The field's new value.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> has more than <see cref="Width"/> bits.</exception>
    /// <exception cref="IndexOutOfRangeException">The words end before the field does.</exception>
    public void Set(Span<uint> words, UInt128 value) => WordBits.WriteUInt128(words, Lsb, Width, value);

    /// <summary>The field's name.</summary>
    public override string ToString() => Name;
}
