using System.Globalization;

namespace Offload.Bitstream.Silicon;

/// <summary>What a design takes of a device, beside what that has and what the board file allows.</summary>
internal sealed class AreaTable
{
    private AreaTable(IReadOnlyList<Row> rows) => Rows = rows;

    /// <summary>One kind of place.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Used">How many are taken.</param>
    /// <param name="Available">How many there are, or null where that is not known.</param>
    /// <param name="Budget">How many the board file allows, or null.</param>
    internal readonly record struct Row(string Name, int Used, int? Available, int? Budget)
    {
        /// <summary>How many are missing.</summary>
        internal int Missing => Math.Max(0, Used - (Available ?? Used));
    }

    /// <summary>LUTs, flip-flops, block RAMs, multipliers.</summary>
    internal IReadOnlyList<Row> Rows { get; }

    /// <summary>LUTs that are taken.</summary>
    internal Row Luts => Rows[0];

    /// <summary>Flip-flops that are taken.</summary>
    internal Row Registers => Rows[1];

    /// <summary>Block RAMs that are taken.</summary>
    internal Row BlockRams => Rows[2];

    /// <summary>Whether the device has enough of everything.</summary>
    internal bool Fits => Rows.All(row => row.Missing == 0);

    /// <summary>From a netlist, before nextpnr: what the device has is taken from the board file. nextpnr needs a few more LUTs, for ends of carry chains.</summary>
    internal static AreaTable Of(ModuleArea area, BoardRecipe recipe) => new(
    [
        new Row("LUT", area.Luts, recipe.Luts, recipe.LutBudget),
        new Row("flip-flop", area.Registers, recipe.Registers, null),
        new Row("block RAM", area.BlockRams, recipe.BlockRams, recipe.BlockRamBudget),
        new Row("multiplier", area.Multipliers, null, null),
    ]);

    /// <summary>From nextpnr.</summary>
    /// <exception cref="ToolException">The board file says of the device what is not so.</exception>
    internal static AreaTable Of(IReadOnlyDictionary<string, Utilization> places, BoardRecipe recipe)
    {
        Utilization luts = Get("TRELLIS_COMB");
        Utilization blockRams = Get("DP16KD");
        Utilization registers = Get("TRELLIS_FF");
        Utilization multipliers = Get("MULT18X18D");
        if (luts.Available != recipe.Luts || blockRams.Available != recipe.BlockRams)
        {
            throw new ToolException(
                ExitCode.Usage,
                $"the board file gives {recipe.Part} {recipe.Luts} LUTs and {recipe.BlockRams} block RAMs, and it has {luts.Available} and {blockRams.Available}; correct device.luts and device.block_rams");
        }

        return new AreaTable(
        [
            // The write port of a memory of LUTs keeps two LUTs from other use.
            new Row("LUT", luts.Used + (2 * Get("TRELLIS_RAMW").Used), luts.Available, recipe.LutBudget),
            new Row("flip-flop", registers.Used, registers.Available, null),
            new Row("block RAM", blockRams.Used, blockRams.Available, recipe.BlockRamBudget),
            new Row("multiplier", multipliers.Used, multipliers.Available, null),
        ]);

        Utilization Get(string name) => places.TryGetValue(name, out Utilization found)
            ? found
            : throw new ToolException(ExitCode.Usage, $"nextpnr says nothing of {name}; this tool knows what nextpnr-ecp5 0.7 writes");
    }

    /// <summary>Writes it for people.</summary>
    internal void Write(TextWriter output)
    {
        output.WriteLine($"  {"area",-12}{"used",9}{"device",9}{"share",8}{"budget",9}");
        foreach (Row row in Rows)
        {
            string share = row.Available is { } available ? ((double)row.Used / available).ToString("0%", CultureInfo.InvariantCulture) : "";
            string over = row.Missing > 0 ? $"  does not fit: {Number(row.Missing)} too many"
                : row.Budget is { } budget && row.Used > budget ? $"  over the budget by {Number(row.Used - budget)}" : "";
            output.WriteLine($"  {row.Name,-12}{Number(row.Used),9}{(row.Available is { } of ? Number(of) : ""),9}{share,8}{(row.Budget is { } allowed ? Number(allowed) : ""),9}{over}".TrimEnd());
        }
    }

    private static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
