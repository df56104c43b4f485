using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>Names, comments and literals of the generated C#.</summary>
internal static class CSharpText
{
    public const string Folder = "src/Offload/Registers/Generated";

    /// <summary>The head of a file: notice and namespace.</summary>
    public static SourceWriter Begin()
    {
        var writer = new SourceWriter();
        writer.Lines(GeneratedNotice.CSharp);
        writer.Line();
        writer.Line("namespace Offload.Registers;");
        writer.Line();
        return writer;
    }

    public static GeneratedFile File(string name, SourceWriter writer) => new($"{Folder}/{name}.g.cs", writer.ToString());

    /// <summary>"fin_wait_1" → "FinWait1"; "key.local_port" → "KeyLocalPort".</summary>
    public static string Pascal(string name) =>
        string.Concat(name.Split('_', '.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>A member's name that is none of those which its type has anyway.</summary>
    public static string Member(string name, string suffix, params ReadOnlySpan<string> taken)
    {
        var pascal = Pascal(name);
        return taken.Contains(pascal) || pascal is "Equals" or "GetHashCode" or "GetType" or "ToString" ? pascal + suffix : pascal;
    }

    public static string Literal(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>A summary comment; `code` becomes c elements.</summary>
    public static void Summary(SourceWriter writer, string text) => Element(writer, "summary", text);

    /// <summary>A documentation element on as few lines as it takes.</summary>
    public static void Element(SourceWriter writer, string name, string text)
    {
        var xml = Xml(text);
        if (xml.Length < 90)
        {
            writer.Line($"/// <{name}>{xml}</{name}>");
            return;
        }

        writer.Line($"/// <{name}>");
        writer.Wrapped("/// ", xml);
        writer.Line($"/// </{name}>");
    }

    /// <summary>The values of an enum as an argument, or nothing where there is no enum.</summary>
    public static string ValuesArgument(EnumModel? definition) => definition is null ? "" : $", EnumValues.{Pascal(definition.Name)}";

    private static string Xml(string text)
    {
        var escaped = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Split('`');
        return string.Concat(escaped.Select((part, index) => index % 2 == 1 && index < escaped.Length - 1 ? $"<c>{part}</c>" : part));
    }
}
