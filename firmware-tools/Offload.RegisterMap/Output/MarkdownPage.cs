using System.Globalization;
using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>Makes <c>docs/registers.md</c>, the page that a user reads.</summary>
internal static class MarkdownPage
{
    public const string Path = "docs/registers.md";

    public static string Of(MapModel model, byte[] hash)
    {
        var writer = new SourceWriter();
        writer.Line("# Registers");
        writer.Line();
        writer.Lines(GeneratedNotice.Markdown);
        writer.Line();
        writer.Lines($"""
            What software sees of the core: 32-bit words in a 64 KiB address space, at the beginning of PCIe BAR 0 or over
            USB. Map hash (SHA-256 of [offload_map.txt](../hdl/rtl/generated/offload_map.txt)):

            `{Convert.ToHexStringLower(hash)}`

            | Access | Meaning |
            |---|---|
            | ro | Read; a write is refused. |
            | rw | Read and write. |
            | wo | Write; reads as 0. Holds a secret. |
            | pulse | Each 1 that is written starts an action; reads as 0. |
            | constant | Read; never changes while a bitstream runs. |

            An address without a register is answered with DECERR. A write to what can only be read, or one that does not
            write all four bytes, is answered with SLVERR and changes nothing. Bits without a field read as 0. Registers of
            several words have their least significant word first. {ReadEffects(model)}

            ## Blocks

            | Base | Block | Registers |
            |---|---|---|
            """);
        foreach (var block in model.Blocks)
        {
            writer.Line($"| 0x{block.Base:X4} | [{block.Name}](#block-{block.Name}) | {block.Registers.Count} |");
        }

        foreach (var block in model.Blocks)
        {
            Block(writer, block);
        }

        foreach (var layout in model.PublicLayouts)
        {
            Layout(writer, layout);
        }

        foreach (var definition in model.PublicEnums)
        {
            Enum(writer, definition);
        }

        Counters(writer, model);
        return writer.ToString();
    }

    private static string ReadEffects(MapModel model)
    {
        var names = model.Blocks.SelectMany(block => block.Registers).Where(register => register.HasReadEffect).Select(register => $"`{register.FullName}`").ToList();
        return names.Count == 0
            ? "Reading has no side effect anywhere."
            : $"Reading has a side effect in {string.Join(", ", names)}, and nowhere else.";
    }

    private static void Block(SourceWriter writer, BlockModel block)
    {
        Heading(writer, $"Block {block.Name}", block.Description);
        writer.Line("| Address | Register | Access | Words | Reset | Description |");
        writer.Line("|---|---|---|---|---|---|");
        var registers = block.Registers.OrderBy(register => register.Address).ToList();
        foreach (var register in registers)
        {
            var holds = register.Layout is { } layout ? $" Layout [{layout.Name}](#layout-{layout.Name})." : "";
            var effect = register.HasReadEffect ? " **Reading has a side effect.**" : "";
            writer.Line(
                $"| 0x{register.Address:X4} | {register.Name} | {register.AccessWord} | {register.Words} | {ResetOf(register)} | {Cell(register.Description)}{holds}{effect} |");
        }

        foreach (var register in registers.Where(register => register.Fields.Count > 0))
        {
            writer.Line();
            writer.Line($"Fields of `{register.FullName}`:");
            writer.Line();
            var isConstant = register.Access == AccessKind.Constant;
            writer.Line($"| Bits | Field | {(isConstant ? "Value" : "Reset")} | Description |");
            writer.Line("|---|---|---|---|");
            foreach (var field in register.Fields.OrderByDescending(field => field.Lsb))
            {
                var value = isConstant ? Number(field.Value) : IsHeld(register) ? Number(field.Reset) : "";
                writer.Line($"| {CanonicalText.Range(field.Msb, field.Lsb)} | {field.Name} | {value} | {Cell(field.Description)}{EnumLink(field.Enum)} |");
            }
        }
    }

    private static string ResetOf(RegisterModel register) => register switch
    {
        { IsMapHash: true } => "map hash",
        { Access: AccessKind.Constant } => $"0x{register.ConstantValue:X8}",
        { Fields.Count: 0 } when IsHeld(register) => Number(register.Reset),
        _ => "",
    };

    private static bool IsHeld(RegisterModel register) => register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly;

    private static void Layout(SourceWriter writer, LayoutModel layout)
    {
        Heading(writer, $"Layout {layout.Name}", $"{layout.Description} {layout.Bits} bits in {layout.Words} words.");
        writer.Line("| Bits | Field | Width | Description |");
        writer.Line("|---|---|---|---|");
        foreach (var field in layout.Fields)
        {
            var inner = field.Layout is { } nested ? $" Layout [{nested.Name}](#layout-{nested.Name})." : EnumLink(field.Enum);
            writer.Line($"| {CanonicalText.Range(field.Lsb + field.Width - 1, field.Lsb)} | {field.Name} | {field.Width} | {Cell(field.Description)}{inner} |");
        }
    }

    private static void Enum(SourceWriter writer, EnumModel definition)
    {
        Heading(writer, $"Enum {definition.Name}", definition.Description);
        writer.Line("| Value | Name | Description |");
        writer.Line("|---|---|---|");
        foreach (var value in definition.Values)
        {
            writer.Line($"| {value.Value} | {value.Name} | {Cell(value.Description)} |");
        }
    }

    private static void Counters(SourceWriter writer, MapModel model)
    {
        Heading(writer, "Counters", "64 bits each; the index is the place in the snapshot, two words a counter, least significant first.");
        writer.Line("| Index | Counter | Counts |");
        writer.Line("|---|---|---|");
        foreach (var (index, counter) in model.Counters.Index())
        {
            writer.Line(string.Create(CultureInfo.InvariantCulture, $"| {index} | {counter.Name} | {Cell(counter.Description)} |"));
        }
    }

    private static void Heading(SourceWriter writer, string title, string text)
    {
        writer.Line();
        writer.Line($"## {title}");
        writer.Line();
        writer.Line(Escape(text));
        writer.Line();
    }

    private static string EnumLink(EnumModel? definition) => definition is null ? "" : $" Enum [{definition.Name}](#enum-{definition.Name}).";

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Text within a table.</summary>
    private static string Cell(string text) => Escape(text).Replace("|", "\\|");

    private static string Escape(string text) => text.Replace("<", "&lt;");
}
