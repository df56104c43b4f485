namespace Offload.RegisterMap.Model;

/// <summary>Where something was written: a file, named as it is shown to people, and a line counted from 1.</summary>
internal sealed record SourceLocation(string File, int Line);

/// <summary>The whole map after reading: everything in <c>hdl/registers/*.yaml</c>.</summary>
internal sealed class MapModel
{
    public List<BlockModel> Blocks { get; } = [];

    public List<LayoutModel> Layouts { get; } = [];

    public List<EnumModel> Enums { get; } = [];

    public List<CounterModel> Counters { get; } = [];

    /// <summary>Layouts that software sees.</summary>
    public IEnumerable<LayoutModel> PublicLayouts => Layouts.Where(layout => !layout.IsInternal);

    /// <summary>Enums that software sees.</summary>
    public IEnumerable<EnumModel> PublicEnums => Enums.Where(definition => !definition.IsInternal);
}

/// <summary>A named set of values.</summary>
internal sealed record EnumModel(string Name, string Description, IReadOnlyList<EnumValueModel> Values, bool IsInternal, SourceLocation Location)
{
    /// <summary>Bits of the widest field that uses the enum, or of its largest value where none does; set by the checker.</summary>
    public int Width { get; set; } = 1;
}

/// <summary>One value of an enum.</summary>
internal sealed record EnumValueModel(string Name, uint Value, string Description, SourceLocation Location);

/// <summary>A packed structure of any width; its first field begins at bit 0.</summary>
internal sealed record LayoutModel(string Name, string Description, IReadOnlyList<LayoutFieldModel> Fields, bool IsInternal, SourceLocation Location)
{
    /// <summary>Bits of the whole layout; set by the checker.</summary>
    public int Bits { get; set; }

    /// <summary>32-bit words that hold it.</summary>
    public int Words => (Bits + 31) / 32;
}

/// <summary>A field of a layout: <paramref name="Width"/> bits, or another layout.</summary>
internal sealed record LayoutFieldModel(
    string Name, int? DeclaredWidth, string? LayoutName, string? EnumName, string Description, SourceLocation Location)
{
    /// <summary>Lowest bit; set by the checker.</summary>
    public int Lsb { get; set; }

    /// <summary>Width in bits; set by the checker.</summary>
    public int Width { get; set; }

    /// <summary>The inner layout, where <see cref="LayoutName"/> names one that exists; set by the checker.</summary>
    public LayoutModel? Layout { get; set; }

    /// <summary>The enum, where <see cref="EnumName"/> names one that exists; set by the checker.</summary>
    public EnumModel? Enum { get; set; }
}

/// <summary>A field of a layout with inner layouts opened: its path, joined by underscores, and its place in the outer one.</summary>
internal sealed record FlatField(string Path, int Lsb, LayoutFieldModel Field)
{
    public int Width => Field.Width;

    public int Msb => Lsb + Field.Width - 1;

    /// <summary>Whether it is an inner layout, whose own fields follow it.</summary>
    public bool IsLayout => Field.Layout is not null;

    /// <summary>Every field of <paramref name="layout"/>, outer ones before their inner ones, lowest bit first.</summary>
    public static IEnumerable<FlatField> Of(LayoutModel layout) => Of(layout, "", 0);

    private static IEnumerable<FlatField> Of(LayoutModel layout, string prefix, int lsb)
    {
        foreach (var field in layout.Fields)
        {
            yield return new FlatField(prefix + field.Name, lsb + field.Lsb, field);
            if (field.Layout is { } inner)
            {
                foreach (var nested in Of(inner, prefix + field.Name + "_", lsb + field.Lsb))
                {
                    yield return nested;
                }
            }
        }
    }
}

/// <summary>A counter; its index is its place in the list.</summary>
internal sealed record CounterModel(string Name, string Description, SourceLocation Location);
