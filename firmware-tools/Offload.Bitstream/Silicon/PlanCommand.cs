using System.CommandLine;
using System.Text;

namespace Offload.Bitstream.Silicon;

/// <summary>`plan`: writes what Yosys and nextpnr are told.</summary>
internal static class PlanCommand
{
    internal static Command Create(TextWriter output)
    {
        Option<string> board = SiliconOptions.Board();
        Option<string> root = new("--root") { Description = "Folder of the repository; the tools are to be run there.", HelpName = "DIR", Required = true };
        Option<string> work = SiliconOptions.Work();
        Command command = new("plan", "Writes what Yosys and nextpnr are told for a board of silicon. firmware-tools/build-bitstream runs them.") { board, root, work };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(board);
            string target = Path.GetFullPath(parsed.GetRequiredValue(work));
            BoardRecipe recipe = BoardRecipe.Read(SiliconOptions.BoardFile(folder));
            List<(string Name, long Value)> parameters = BuildPlan.Parameters(recipe, folder);
            List<string> sources = BuildPlan.Sources(Path.GetFullPath(parsed.GetRequiredValue(root)), Path.GetFullPath(folder));
            List<string> vendorSources = BuildPlan.VendorSources(Path.GetFullPath(parsed.GetRequiredValue(root)), Path.GetFullPath(folder));
            string pins = Path.Combine(folder, recipe.Constraints);
            string constraints = ToolFiles.ReadText(pins);
            Write(target, BuildPlan.SynthesisScript, BuildPlan.YosysScript(recipe, parameters, sources, vendorSources, target));
            if (recipe.Nextpnr is { } device)
            {
                Write(target, BuildPlan.ConstraintsFile, BuildPlan.Constraints(recipe, constraints, pins));
                Write(target, BuildPlan.NextpnrArguments, string.Concat(BuildPlan.Arguments(recipe, device, target).Select(argument => argument + "\n")));
            }

            if (recipe.Vendor is { } vendor)
            {
                Write(target, BuildPlan.VendorFile, BuildPlan.VendorHelp(recipe, vendor, Path.GetFullPath(parsed.GetRequiredValue(root)), Path.GetFullPath(folder)));
            }

            output.WriteLine(
                $"{recipe.Board.Name}: {recipe.Part}, {sources.Count} Verilog files, {string.Join(", ", recipe.Clocks.Select(clock => $"{clock.Name} {clock.Hz / 1e6:0.###} MHz"))}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(string folder, string name, string text) =>
        ToolFiles.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text), replace: true);
}
