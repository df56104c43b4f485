using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>
/// The map as software depends on it, one fact a line, in an order that the sources' order does not change. Descriptions
/// are not in it, nor are the values of constants: what those hold is read from the core, and a new version number is
/// no new map. Its SHA-256 is the map's hash.
/// </summary>
internal static class CanonicalText
{
    public static string Of(MapModel model)
    {
        var text = new StringBuilder("offload register map 1\n");
        foreach (var register in model.Blocks.SelectMany(block => block.Registers).OrderBy(register => register.Address))
        {
            text.Append(RegisterLine(register)).Append('\n');
            foreach (var field in register.Fields.OrderBy(field => field.Lsb))
            {
                text.Append(FieldLine(register, field)).Append('\n');
            }
        }

        foreach (var layout in model.PublicLayouts.OrderBy(layout => layout.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"layout {layout.Name} bits={layout.Bits}\n");
            foreach (var field in layout.Fields)
            {
                var kind = field.Layout is { } inner ? $" layout={inner.Name}" : EnumSuffix(field.Enum);
                text.Append(CultureInfo.InvariantCulture, $"layout {layout.Name}.{field.Name} {Range(field.Lsb + field.Width - 1, field.Lsb)}{kind}\n");
            }
        }

        foreach (var definition in model.PublicEnums.OrderBy(definition => definition.Name, StringComparer.Ordinal))
        {
            foreach (var value in definition.Values.OrderBy(value => value.Value))
            {
                text.Append(CultureInfo.InvariantCulture, $"enum {definition.Name}.{value.Name} {value.Value}\n");
            }
        }

        foreach (var (index, counter) in model.Counters.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"counter {counter.Name} {index}\n");
        }

        return text.ToString();
    }

    /// <summary>SHA-256 of the text in UTF-8.</summary>
    public static byte[] Hash(string canonical) => SHA256.HashData(Encoding.UTF8.GetBytes(canonical));

    /// <summary>"msb:lsb", or the number alone for a single bit.</summary>
    public static string Range(int msb, int lsb) => msb == lsb ? $"{lsb}" : $"{msb}:{lsb}";

    private static string RegisterLine(RegisterModel register)
    {
        var line = new StringBuilder($"{register.FullName} 0x{register.Address:x4} words={register.Words} {register.AccessWord}");
        if (register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly && register.Fields.Count == 0)
        {
            line.Append(CultureInfo.InvariantCulture, $" reset={register.Reset}");
        }

        line.Append(register.Layout is { } layout ? $" layout={layout.Name}" : "");
        line.Append(register.HasReadEffect ? " read_effect" : "");
        return line.ToString();
    }

    private static string FieldLine(RegisterModel register, FieldModel field)
    {
        var reset = register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly ? $" reset={field.Reset}" : "";
        return $"{register.FullName}.{field.Name} 0x{register.Address:x4} {Range(field.Msb, field.Lsb)} {register.AccessWord}{reset}{EnumSuffix(field.Enum)}";
    }

    private static string EnumSuffix(EnumModel? definition) => definition is null ? "" : $" enum={definition.Name}";
}
