using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offload.Cli.Shell;

/// <summary>What <c>--json</c> writes: always one object a line, always with the schema's version.</summary>
internal static class JsonOutput
{
    /// <summary>Raised when a member is removed or changes its meaning; new members do not raise it.</summary>
    internal const int Schema = 1;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <paramref name="members"/> behind the schema's version.</summary>
    internal static void Write(TextWriter writer, JsonObject members)
    {
        var complete = new JsonObject { ["schema"] = Schema };
        foreach (var (name, value) in members.ToArray())
        {
            members.Remove(name);
            complete[name] = value;
        }

        writer.WriteLine(complete.ToJsonString(Options));
    }

    /// <summary>A .NET name as the output writes it: SynReceived becomes syn_received.</summary>
    internal static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>An array of what <paramref name="item"/> makes of each of <paramref name="items"/>.</summary>
    internal static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> item) => new([.. items.Select(item)]);
}
