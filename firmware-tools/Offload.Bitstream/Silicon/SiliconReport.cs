using System.Text.Json.Nodes;

namespace Offload.Bitstream.Silicon;

/// <summary>artifacts/bitstream/BOARD/report.json: what the benchmarks and the documentation take their figures from.</summary>
internal static class SiliconReport
{
    // Raised when a member is removed or changes its meaning; new members do not raise it.
    private const int Schema = 1;

    /// <summary>Of a placement.</summary>
    internal static JsonObject Of(BoardRecipe recipe, SeedResult result, AreaTable area, FlatNetlist netlist)
    {
        JsonObject report = Common(recipe, area, met: result.IsMet, fits: true);
        report["seed"] = result.Seed;
        report["clocks"] = new JsonArray([.. result.Clocks.Select(clock => (JsonNode)new JsonObject
        {
            ["name"] = clock.Clock.Name,
            ["mhz"] = Rounded(clock.Megahertz),
            ["constraint_mhz"] = clock.Constraint,
            ["goal_mhz"] = clock.Goal,
            ["met"] = clock.IsMet,
        })]);
        report["critical_path"] = result.SlowestPath(result.Core.Clock, netlist) is { } path ? Of(path) : null;
        return report;
    }

    /// <summary>Of a design that does not fit, and so was not placed.</summary>
    internal static JsonObject OfUnplaced(BoardRecipe recipe, AreaTable area)
    {
        JsonObject report = Common(recipe, area, met: false, fits: false);
        report["seed"] = null;
        report["clocks"] = new JsonArray();
        report["critical_path"] = null;
        return report;
    }

    private static JsonObject Common(BoardRecipe recipe, AreaTable area, bool met, bool fits) => new()
    {
        ["schema"] = Schema,
        ["board"] = recipe.Board.Name,
        ["part"] = recipe.Part,
        ["met"] = met,
        ["fits"] = fits,
        ["connections"] = recipe.Connections,
        ["luts"] = area.Luts.Used,
        ["luts_of"] = area.Luts.Available,
        ["ffs"] = area.Registers.Used,
        ["block_rams"] = area.BlockRams.Used,
        ["block_rams_of"] = area.BlockRams.Available,
        ["block_rams_budget"] = area.BlockRams.Budget,
    };

    private static JsonObject Of(TimingPath path) => new()
    {
        ["from"] = path.From,
        ["to"] = path.To,
        ["total_ns"] = Rounded(path.Total),
        ["logic_ns"] = Rounded(path.Logic),
        ["routing_ns"] = Rounded(path.Routing),
        ["wires"] = path.Wires,
        ["through"] = new JsonArray([.. path.Stays.Select(stay => (JsonNode)new JsonObject
        {
            ["instance"] = stay.Instance,
            ["cells"] = stay.Cells,
            ["logic_ns"] = Rounded(stay.Logic),
            ["routing_ns"] = Rounded(stay.Routing),
        })]),
    };

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 3) : null;
}
