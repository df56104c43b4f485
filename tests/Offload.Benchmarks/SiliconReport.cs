using System.Text.Json;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>
/// What firmware-tools/build-bitstream leaves of a placed design, at <c>artifacts/bitstream/BOARD/report.json</c>:
/// <c>{"board", "seed", "clocks": [{"name", "mhz", "constraint_mhz", "goal_mhz"}], "luts", "luts_of", "block_rams", "block_rams_of", "connections"}</c>.
/// Other members are not looked at; one that is null is not known, as clocks are not where the design does not fit.
/// </summary>
/// <param name="Connections">Entries of the table.</param>
/// <param name="Luts">LUTs in use.</param>
/// <param name="LutsOf">LUTs of the part.</param>
/// <param name="BlockRams">Block RAMs in use.</param>
/// <param name="CoreMegahertz">What the core's clock reaches.</param>
/// <param name="CoreGoal">What it is to reach.</param>
/// <param name="CoreConstraint">What it has to reach.</param>
internal sealed record SiliconReport(
    double? Connections, double? Luts, double? LutsOf, double? BlockRams, double? CoreMegahertz, double? CoreGoal, double? CoreConstraint)
{
    /// <summary>Path of a report below <c>artifacts/bitstream</c>.</summary>
    public static string PathOf(string folder) => Path.Combine(Repository.Root, "artifacts", "bitstream", folder, "report.json");

    /// <summary>Reads the report of a folder below <c>artifacts/bitstream</c>; null where there is none.</summary>
    public static SiliconReport? Read(string folder) => File.Exists(PathOf(folder)) ? Parse(File.ReadAllText(PathOf(folder))) : null;

    /// <summary>Reads a report.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static SiliconReport Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement report = document.RootElement;
            JsonElement core = report.GetProperty("clocks").EnumerateArray().FirstOrDefault(clock => clock.GetProperty("name").GetString() == "core");
            return new SiliconReport(
                Number(report, "connections"), Number(report, "luts"), Number(report, "luts_of"), Number(report, "block_rams"),
                Number(core, "mhz"), Number(core, "goal_mhz"), Number(core, "constraint_mhz"));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"a report of build-bitstream cannot be read: {exception.Message}", exception);
        }
    }

    private static double? Number(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
