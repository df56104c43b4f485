using Offload.RegisterMap.Model;
using static Offload.RegisterMap.Output.CSharpText;

namespace Offload.RegisterMap.Output;

/// <summary>Makes the C# enums, the counters' ids, and the readers and writers of layouts, a file each.</summary>
internal static class CSharpTypes
{
    public static IEnumerable<GeneratedFile> Of(MapModel model)
    {
        foreach (var definition in model.PublicEnums)
        {
            yield return Enum(
                Pascal(definition.Name), definition.Description, definition.Width, definition.Values.Select(value => (value.Name, value.Value, value.Description)));
        }

        yield return Enum(
            "CounterId",
            "A counter; its number is its place in the snapshot.",
            16,
            model.Counters.Select((counter, index) => (counter.Name, (uint)index, counter.Description)));
        yield return EnumValues(model);

        var written = model.Blocks
            .SelectMany(block => block.Registers)
            .Where(register => register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly)
            .Select(register => register.Layout?.Name)
            .ToHashSet();
        foreach (var layout in model.PublicLayouts)
        {
            yield return Layout(layout, isWriter: false);
            if (written.Contains(layout.Name))
            {
                yield return Layout(layout, isWriter: true);
            }
        }
    }

    private static GeneratedFile Enum(string name, string description, int width, IEnumerable<(string Name, uint Value, string Description)> values)
    {
        var writer = Begin();
        Summary(writer, description);
        writer.Line($"public enum {name} : {(width <= 8 ? "byte" : width <= 16 ? "ushort" : "uint")}");
        writer.Line("{");
        writer.Indent();
        var isFirst = true;
        foreach (var (valueName, value, valueDescription) in values)
        {
            if (!isFirst)
            {
                writer.Line();
            }

            isFirst = false;
            Summary(writer, valueDescription);
            writer.Line($"{Pascal(valueName)} = {value},");
        }

        writer.Outdent();
        writer.Line("}");
        return CSharpText.File(name, writer);
    }

    /// <summary>The names of all values, which fields of registers and layouts share.</summary>
    private static GeneratedFile EnumValues(MapModel model)
    {
        var writer = Begin();
        Summary(writer, "The values of every enum with their names in the register map.");
        writer.Line("internal static class EnumValues");
        writer.Line("{");
        writer.Indent();
        foreach (var (index, definition) in model.PublicEnums.Index())
        {
            if (index > 0)
            {
                writer.Line();
            }

            Summary(writer, definition.Description);
            writer.Line($"public static readonly IReadOnlyList<NamedValue> {Pascal(definition.Name)} =");
            writer.Line("[");
            foreach (var value in definition.Values)
            {
                writer.Line($"    new({Literal(value.Name)}, {value.Value}, {Literal(value.Description)}),");
            }

            writer.Line("];");
        }

        writer.Outdent();
        writer.Line("}");
        return CSharpText.File("EnumValues", writer);
    }

    private static GeneratedFile Layout(LayoutModel layout, bool isWriter)
    {
        var type = $"{Pascal(layout.Name)}Layout{(isWriter ? "Writer" : "")}";
        var span = isWriter ? "Span<uint>" : "ReadOnlySpan<uint>";
        var writer = Begin();
        Summary(writer, layout.Description);
        Element(writer, "remarks", isWriter
            ? $"Writes the layout `{layout.Name}` into words, least significant first. Each field leaves all other bits as they are. Allocates nothing."
            : $"Reads the layout `{layout.Name}` from words, least significant first. Allocates nothing.");
        writer.Line($"public readonly ref struct {type}");
        writer.Line("{");
        writer.Indent();
        if (!isWriter)
        {
            Constants(writer, layout);
        }

        writer.Line($"private readonly {span} _words;");
        writer.Line();
        Summary(writer, $"Takes at least {layout.Words} words; what follows them is left alone.");
        writer.Line("/// <exception cref=\"ArgumentException\">There are fewer words.</exception>");
        writer.Line($"public {type}({span} words)");
        writer.Line("{");
        writer.Line($"    WordBits.RequireWords(words.Length, {layout.Words}, {Literal(layout.Name)});");
        writer.Line("    _words = words;");
        writer.Line("}");
        foreach (var field in FlatField.Of(layout))
        {
            if (!field.IsLayout)
            {
                Field(writer, type, field, isWriter);
            }
            else if (!isWriter && field.Lsb % 32 == 0)
            {
                Inner(writer, type, field);
            }
        }

        writer.Outdent();
        writer.Line("}");
        return CSharpText.File(type, writer);
    }

    private static void Constants(SourceWriter writer, LayoutModel layout)
    {
        Summary(writer, "Size in bits.");
        writer.Line($"public const int Bits = {layout.Bits};");
        writer.Line();
        Summary(writer, "Size in 32-bit words.");
        writer.Line($"public const int Words = {layout.Words};");
        writer.Line();
        Summary(writer, "Every field with its place, lowest bit first; fields of an inner layout by their path.");
        writer.Line("public static IReadOnlyList<LayoutField> Fields { get; } =");
        writer.Line("[");
        foreach (var (path, field) in Paths(layout, "", 0))
        {
            writer.Line($"    new({Literal(path)}, {field.Lsb}, {field.Width}, {Literal(field.Field.Description)}{ValuesArgument(field.Field.Enum)}),");
        }

        writer.Line("];");
        writer.Line();
    }

    /// <summary>The fields that hold a value, each with its path joined by dots.</summary>
    private static IEnumerable<(string Path, FlatField Field)> Paths(LayoutModel layout, string prefix, int lsb) =>
        layout.Fields.SelectMany(field => field.Layout is { } inner
            ? Paths(inner, $"{prefix}{field.Name}.", lsb + field.Lsb)
            : [($"{prefix}{field.Name}", new FlatField(field.Name, lsb + field.Lsb, field))]);

    private static string Property(string type, FlatField field) => Member(field.Path, "Field", "Bits", "Words", "Fields", type);

    private static void Field(SourceWriter writer, string type, FlatField field, bool isWriter)
    {
        var place = $"{field.Lsb}, {field.Width}";
        var (valueType, read, written) = field switch
        {
            { Field.Enum: { } definition } => (Pascal(definition.Name), $"({Pascal(definition.Name)})WordBits.ReadUInt32(_words, {place})", "(uint)value"),
            { Width: 1 } => ("bool", $"WordBits.ReadUInt32(_words, {place}) != 0", "value ? 1u : 0u"),
            { Width: <= 32 } => ("uint", $"WordBits.ReadUInt32(_words, {place})", "value"),
            { Width: <= 64 } => ("ulong", $"WordBits.ReadUInt64(_words, {place})", "value"),
            _ => ("UInt128", $"WordBits.ReadUInt128(_words, {place})", "value"),
        };
        writer.Line();
        Summary(writer, $"{field.Field.Description} Bits {CanonicalText.Range(field.Msb, field.Lsb)}.");
        if (!isWriter)
        {
            writer.Line($"public {valueType} {Property(type, field)} => {read};");
            return;
        }

        if (valueType != "bool" && field.Width is not (32 or 64 or 128))
        {
            writer.Line($"/// <exception cref=\"ArgumentOutOfRangeException\">The value has more than {field.Width} bits.</exception>");
        }

        writer.Line($"public {valueType} {Property(type, field)}");
        writer.Line("{");
        writer.Line($"    get => {read};");
        writer.Line($"    set => WordBits.WriteUInt128(_words, {place}, {written});");
        writer.Line("}");
    }

    private static void Inner(SourceWriter writer, string type, FlatField field)
    {
        var first = field.Lsb / 32;
        writer.Line();
        Summary(writer, $"{field.Field.Description} Bits {field.Msb}:{field.Lsb}.");
        writer.Line($"public {Pascal(field.Field.Layout!.Name)}Layout {Property(type, field)} => new({(first == 0 ? "_words" : $"_words[{first}..]")});");
    }
}
