using System.CommandLine;
using System.Text;

namespace Offload.Bitstream.Silicon;

/// <summary>`area`: what a netlist takes of its device, and which module takes how much.</summary>
internal static class AreaCommand
{
    private const double WorthALine = 0.005;

    internal static Command Create(TextWriter output)
    {
        Option<string> board = SiliconOptions.Board();
        Option<string> work = SiliconOptions.Work();
        Option<int?> depth = new("--depth") { Description = "Show the modules down to that level; without it, only the sums.", HelpName = "N" };
        Option<string?> log = new("--log") { Description = "Log of nextpnr; where it is there and came that far, its sums count.", HelpName = "FILE" };
        Option<string?> json = new("--output") { Description = "Where the design does not fit, write a report of it, as JSON.", HelpName = "FILE" };
        Command command = new("area", "Shows what a netlist takes of a board's device. Exit code 1 where it does not fit.") { board, work, depth, log, json };
        command.SetAction(parsed =>
        {
            BoardRecipe recipe = BoardRecipe.Read(SiliconOptions.BoardFile(parsed.GetRequiredValue(board)));
            FlatNetlist netlist = FlatNetlist.ReadFile(Path.Combine(parsed.GetRequiredValue(work), BuildPlan.Netlist), recipe.Top);
            SeedResult.CheckClocks(recipe, netlist);
            AreaTable table = AreaTable.Of(netlist.Total, recipe);
            if (parsed.GetValue(log) is { } path && Utilization.FromLog(ToolFiles.ReadText(path)) is { Count: > 0 } places)
            {
                table = AreaTable.Of(places, recipe);
            }

            output.WriteLine($"{recipe.Board.Name}: {recipe.Part}");
            table.Write(output);
            int? levels = parsed.GetValue(depth) ?? (table.Fits ? null : 3);
            if (levels is { } level)
            {
                output.WriteLine();
                ModuleTree.Of(netlist.Areas, recipe.Top).Write(output, level, WorthALine);
            }

            if (table.Fits)
            {
                return (int)ExitCode.Ok;
            }

            if (parsed.GetValue(json) is { } target)
            {
                ToolFiles.Write(target, Encoding.UTF8.GetBytes(SiliconReport.OfUnplaced(recipe, table).ToJsonString() + "\n"), replace: true);
            }

            string missing = string.Join(", ", table.Rows.Where(row => row.Missing > 0).Select(row => $"{row.Missing} of {row.Used} {row.Name}s"));
            throw new ToolException(ExitCode.Failed, $"the design does not fit the {recipe.Part}: {missing} too many; take smaller parameters in its board file, or a larger part");
        });
        return command;
    }
}
