using System.Globalization;

namespace Offload.Registers;

/// <summary>Bits of a register of one word.</summary>
public sealed class RegisterField
{
    internal RegisterField(string name, int lsb, int width, uint reset, string description, IReadOnlyList<NamedValue>? values = null)
    {
        Name = name;
        Lsb = lsb;
        Width = width;
        Reset = reset;
        Description = description;
        Values = values ?? [];
    }

    /// <summary>Lower case with underscores, such as <c>hop_limit</c>.</summary>
    public string Name { get; }

    /// <summary>Lowest bit, 0 to 31.</summary>
    public int Lsb { get; }

    /// <summary>Number of bits, 1 to 32.</summary>
    public int Width { get; }

    /// <summary>Value after reset of a field that software writes; the value itself of a constant; else 0.</summary>
    public uint Reset { get; }

    /// <summary>What it means, as plain text.</summary>
    public string Description { get; }

    /// <summary>The values that have a name; empty where the field is a plain number.</summary>
    public IReadOnlyList<NamedValue> Values { get; }

    /// <summary>Largest value.</summary>
    public uint Maximum => uint.MaxValue >> (32 - Width);

    /// <summary>The field's bits within the register.</summary>
    public uint Mask => Maximum << Lsb;

    /// <summary>The field's value in a register's value.</summary>
    /// <param name="register">Value of the whole register.</param>
    public uint Get(uint register) => (register >> Lsb) & Maximum;

    /// <summary>The register's value with this field replaced, and all others as they were.</summary>
    /// <param name="register">Value of the whole register.</param>
    /// <param name="value">The field's new value.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is above <see cref="Maximum"/>.</exception>
    public uint Set(uint register, uint value)
    {
        if (value > Maximum)
        {
            throw new ArgumentOutOfRangeException(
                nameof(value), string.Create(CultureInfo.InvariantCulture, $"{value} does not fit the {Width} bits of field '{Name}'; the largest is {Maximum}."));
        }

        return (register & ~Mask) | (value << Lsb);
    }

    /// <summary>The field's name.</summary>
    public override string ToString() => Name;
}
