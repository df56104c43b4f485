using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>One macro of the Verilog header.</summary>
internal sealed record VerilogMacro(string Name, string Value, SourceLocation Location);

/// <summary>Makes <c>offload_map.vh</c>: part selects and widths of layouts, values of enums, indices of counters.</summary>
internal static class VerilogHeader
{
    public static string Of(MapModel model)
    {
        var writer = new SourceWriter();
        writer.Lines("""
            // Layouts, enums and counters of the register map, as macros.
            //
            // A layout's field is a part select of a vector that holds the layout: entry[`ENTRY_STATE]. Fields of an
            // inner layout are given by their path: entry[`ENTRY_KEY_LOCAL_PORT]. Each field has its width beside it
            // (`ENTRY_STATE_WIDTH), each layout its whole size (`ENTRY_BITS) and the 32-bit words that hold it, each enum
            // the width of its values (`TCP_STATE_BITS).
            //
            """);
        writer.Lines(GeneratedNotice.Verilog);
        writer.Line();
        writer.Line("`ifndef OFFLOAD_MAP_VH");
        writer.Line("`define OFFLOAD_MAP_VH");
        foreach (var layout in model.Layouts.OrderBy(layout => layout.Name, StringComparer.Ordinal))
        {
            Section(writer, $"Layout {layout.Name}: {layout.Description}", LayoutMacros(layout));
        }

        foreach (var definition in model.Enums.OrderBy(definition => definition.Name, StringComparer.Ordinal))
        {
            Section(writer, $"Enum {definition.Name}: {definition.Description}", EnumMacros(definition));
        }

        Section(writer, "Counters: the index of each, and how many there are.", CounterMacros(model));
        writer.Line();
        writer.Line("`endif");
        return writer.ToString();
    }

    /// <summary>Every macro, to see that no two have the same name.</summary>
    public static IEnumerable<VerilogMacro> Macros(MapModel model) =>
        model.Layouts.SelectMany(LayoutMacros)
            .Concat(model.Enums.SelectMany(EnumMacros))
            .Concat(CounterMacros(model));

    private static IEnumerable<VerilogMacro> LayoutMacros(LayoutModel layout)
    {
        var prefix = layout.Name.ToUpperInvariant();
        yield return new VerilogMacro($"{prefix}_BITS", $"{layout.Bits}", layout.Location);
        yield return new VerilogMacro($"{prefix}_WORDS", $"{layout.Words}", layout.Location);
        foreach (var field in FlatField.Of(layout))
        {
            var name = $"{prefix}_{field.Path.ToUpperInvariant()}";
            yield return new VerilogMacro(name, CanonicalText.Range(field.Msb, field.Lsb), field.Field.Location);
            yield return new VerilogMacro($"{name}_WIDTH", $"{field.Width}", field.Field.Location);
        }
    }

    private static IEnumerable<VerilogMacro> EnumMacros(EnumModel definition) =>
        definition.Values.Select(value => new VerilogMacro(
            $"{definition.Name}_{value.Name}".ToUpperInvariant(), $"{definition.Width}'d{value.Value}", value.Location))
            .Prepend(new VerilogMacro($"{definition.Name.ToUpperInvariant()}_BITS", $"{definition.Width}", definition.Location));

    private static IEnumerable<VerilogMacro> CounterMacros(MapModel model) =>
        model.Counters
            .Select((counter, index) => new VerilogMacro($"COUNTER_{counter.Name.ToUpperInvariant()}", $"{index}", counter.Location))
            .Append(new VerilogMacro("COUNTERS", $"{model.Counters.Count}", new SourceLocation("counters", 1)));

    private static void Section(SourceWriter writer, string title, IEnumerable<VerilogMacro> macros)
    {
        var list = macros.ToList();
        var width = list.Max(macro => macro.Name.Length);
        writer.Line();
        writer.Wrapped("// ", title);
        foreach (var macro in list)
        {
            writer.Line($"`define {macro.Name.PadRight(width)} {macro.Value}");
        }
    }
}
