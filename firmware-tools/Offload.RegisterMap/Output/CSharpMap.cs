using System.Globalization;
using Offload.RegisterMap.Model;
using static Offload.RegisterMap.Output.CSharpText;

namespace Offload.RegisterMap.Output;

/// <summary>Makes the parts of the C# class RegisterMap: hash, canonical text, counters, and a file a block.</summary>
internal static class CSharpMap
{
    private static readonly string[] RegisterMembers = ["Address", "Words", "Info", "Self"];

    public static IEnumerable<GeneratedFile> Of(MapModel model, string canonical, byte[] hash)
    {
        yield return Summary(model, hash);
        yield return Canonical(canonical);
        yield return Counters(model);
        foreach (var block in model.Blocks)
        {
            yield return Block(block);
        }
    }

    private static string BlockType(BlockModel block) => $"{Pascal(block.Name)}Block";

    private static GeneratedFile Summary(MapModel model, byte[] hash)
    {
        var writer = Open();
        CSharpText.Summary(writer, "SHA-256 of `Canonical`, in hexadecimal.");
        writer.Line($"public const string Hash = \"{Convert.ToHexStringLower(hash)}\";");
        writer.Line();
        CSharpText.Summary(writer, "SHA-256 of `Canonical`, as the register identity.map_hash holds it: first byte in the least significant byte of word 0.");
        writer.Line("public static ReadOnlySpan<byte> HashBytes =>");
        writer.Line("[");
        foreach (var row in hash.Chunk(8))
        {
            writer.Line("    " + string.Join(" ", row.Select(value => $"0x{value:x2},")));
        }

        writer.Line("];");
        writer.Line();
        CSharpText.Summary(writer, "Every register, by address.");
        writer.Line("public static IReadOnlyList<RegisterInfo> All { get; } =");
        writer.Line("[");
        foreach (var block in model.Blocks)
        {
            writer.Line($"    .. {BlockType(block)}.All,");
        }

        writer.Line("];");
        return Close(writer, "RegisterMap.All");
    }

    private static GeneratedFile Canonical(string canonical)
    {
        var writer = Open();
        CSharpText.Summary(writer, "The map as software depends on it, one fact a line, each line ended by LF; without descriptions. Its first line that differs from another core's names what differs.");
        writer.Line("public const string Canonical =");
        var lines = canonical.TrimEnd('\n').Split('\n');
        foreach (var (index, line) in lines.Index())
        {
            writer.Line($"    {Literal(line)[..^1]}\\n\"{(index == lines.Length - 1 ? ";" : " +")}");
        }

        return Close(writer, "RegisterMap.Canonical");
    }

    private static GeneratedFile Counters(MapModel model)
    {
        var writer = Open();
        CSharpText.Summary(writer, "How many counters there are.");
        writer.Line(string.Create(CultureInfo.InvariantCulture, $"public const int CounterCount = {model.Counters.Count};"));
        writer.Line();
        CSharpText.Summary(writer, "Every counter, in the order of the snapshot.");
        writer.Line("public static IReadOnlyList<CounterInfo> Counters { get; } =");
        writer.Line("[");
        writer.Indent();
        foreach (var counter in model.Counters)
        {
            writer.Line($"new CounterInfo(");
            writer.Line($"    CounterId.{Pascal(counter.Name)}, {Literal(counter.Name)},");
            writer.Line($"    {Literal(counter.Description)}),");
        }

        writer.Outdent();
        writer.Line("];");
        return Close(writer, "RegisterMap.Counters");
    }

    private static GeneratedFile Block(BlockModel block)
    {
        var writer = Open();
        var type = BlockType(block);
        CSharpText.Summary(writer, block.Description);
        writer.Line($"public static {type} {Member(block.Name, "Block", "All", "Hash", "HashBytes", "Canonical", "Counters", "CounterCount", "Find")} => default;");
        writer.Line();
        CSharpText.Summary(writer, $"The registers of block `{block.Name}`.");
        writer.Line($"public readonly struct {type}");
        writer.Line("{");
        writer.Indent();
        CSharpText.Summary(writer, "Every register of the block, by address.");
        writer.Line("internal static readonly RegisterInfo[] All =");
        writer.Line("[");
        var registers = block.Registers.OrderBy(register => register.Address).ToList();
        foreach (var register in registers)
        {
            writer.Line($"    {Pascal(register.Name)}Register.Self,");
        }

        writer.Line("];");
        foreach (var register in registers)
        {
            writer.Line();
            CSharpText.Summary(writer, register.Description);
            writer.Line($"public {Pascal(register.Name)}Register {Member(register.Name, "Register", "All")} => default;");
        }

        foreach (var register in registers)
        {
            writer.Line();
            Register(writer, register);
        }

        writer.Outdent();
        writer.Line("}");
        return Close(writer, $"RegisterMap.{Pascal(block.Name)}");
    }

    private static void Register(SourceWriter writer, RegisterModel register)
    {
        var type = $"{Pascal(register.Name)}Register";
        CSharpText.Summary(writer, $"Address and fields of `{register.FullName}`.");
        writer.Line($"public readonly struct {type}");
        writer.Line("{");
        writer.Indent();
        var fields = register.Fields.OrderBy(field => field.Lsb).ToList();
        foreach (var field in fields)
        {
            var reset = register.Access == AccessKind.Constant ? field.Value : field.Reset;
            writer.Line($"private static readonly RegisterField {Pascal(field.Name)}Field = new(");
            writer.Line($"    {Literal(field.Name)}, {field.Lsb}, {field.Width}, {reset},");
            writer.Line($"    {Literal(field.Description)}{ValuesArgument(field.Enum)});");
            writer.Line();
        }

        Info(writer, register, fields);
        writer.Line();
        CSharpText.Summary(writer, "Address of the first word in bytes.");
        writer.Line($"public uint Address => 0x{register.Address:X4};");
        writer.Line();
        CSharpText.Summary(writer, "Number of 32-bit words.");
        writer.Line($"public int Words => {register.Words};");
        writer.Line();
        CSharpText.Summary(writer, "What the register map says of it.");
        writer.Line("public RegisterInfo Info => Self;");
        foreach (var field in fields)
        {
            writer.Line();
            var enumNote = field.Enum is null ? "" : $" A `{Pascal(field.Enum.Name)}`.";
            CSharpText.Summary(writer, $"Bits {CanonicalText.Range(field.Msb, field.Lsb)}: {field.Description}{enumNote}");
            writer.Line($"public RegisterField {Member(field.Name, "Bits", [.. RegisterMembers, type])} => {Pascal(field.Name)}Field;");
        }

        writer.Outdent();
        writer.Line("}");
    }

    private static void Info(SourceWriter writer, RegisterModel register, List<FieldModel> fields)
    {
        var reset = fields.Count == 0 ? register.Reset : fields.Aggregate(0u, (sum, field) => sum | (field.Reset << field.Lsb));
        writer.Line("internal static readonly RegisterInfo Self = new()");
        writer.Line("{");
        writer.Indent();
        writer.Line($"Name = {Literal(register.FullName)},");
        writer.Line($"Address = 0x{register.Address:X4},");
        writer.Line($"Words = {register.Words},");
        writer.Line($"Access = RegisterAccess.{register.Access},");
        if (register.HasReadEffect)
        {
            writer.Line("ReadEffect = RegisterReadEffect.SideEffect,");
        }

        if (register.IsWindow)
        {
            writer.Line("IsWindow = true,");
        }

        if (reset != 0)
        {
            writer.Line($"Reset = 0x{reset:X8},");
        }

        if (register is { Access: AccessKind.Constant, IsMapHash: false })
        {
            writer.Line($"Constant = 0x{register.ConstantValue:X8},");
        }

        if (register.Layout is { } layout)
        {
            writer.Line($"Layout = {Literal(layout.Name)},");
        }

        writer.Line($"Description = {Literal(register.Description)},");
        if (fields.Count > 0)
        {
            writer.Line($"Fields = [{string.Join(", ", fields.Select(field => $"{Pascal(field.Name)}Field"))}],");
        }

        writer.Outdent();
        writer.Line("};");
    }

    private static SourceWriter Open()
    {
        var writer = Begin();
        writer.Line("public static partial class RegisterMap");
        writer.Line("{");
        writer.Indent();
        return writer;
    }

    private static GeneratedFile Close(SourceWriter writer, string name)
    {
        writer.Outdent();
        writer.Line("}");
        return CSharpText.File(name, writer);
    }
}
