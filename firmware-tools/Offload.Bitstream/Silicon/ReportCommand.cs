using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Offload.Bitstream.Silicon;

/// <summary>`report`: judges what nextpnr made, seed by seed, and says which is to be taken.</summary>
internal static class ReportCommand
{
    /// <summary>Folders of the seeds, in the working folder: seed-1, seed-2, …</summary>
    private const string SeedPrefix = "seed-";

    internal static Command Create(TextWriter output)
    {
        Option<string> board = SiliconOptions.Board();
        Option<string> work = SiliconOptions.Work();
        Option<string?> json = new("--output") { Description = "Write the report of the best seed, as JSON.", HelpName = "FILE" };
        Option<string?> chosen = new("--chosen") { Description = "Write the number of the best seed, where it meets its constraints.", HelpName = "FILE" };
        Option<bool> brief = new("--brief") { Description = "Only a line for each seed." };
        Command command = new("report", "Judges what nextpnr made by the board file. Exit code 1 where no seed meets the constraints.") { board, work, json, chosen, brief };
        command.SetAction(parsed =>
        {
            BoardRecipe recipe = BoardRecipe.Read(SiliconOptions.BoardFile(parsed.GetRequiredValue(board)));
            string folder = parsed.GetRequiredValue(work);
            FlatNetlist netlist = FlatNetlist.ReadFile(Path.Combine(folder, BuildPlan.Netlist), recipe.Top);
            List<SeedResult> seeds = [.. Seeds(folder).Select(seed => SeedResult.Judge(seed.Number, PlacementReport.ReadFile(seed.Path), recipe, netlist))];
            if (seeds.Count == 0)
            {
                throw new ToolException(ExitCode.Usage, $"{folder} has no {SeedPrefix}N/report.json; nextpnr has placed nothing there");
            }

            foreach (SeedResult seed in seeds)
            {
                output.WriteLine($"  seed {seed.Seed}: {string.Join(", ", seed.Clocks.Select(clock => $"{clock.Clock.Name} {Megahertz(clock.Megahertz)}{(clock.IsMet ? "" : " (missed)")}"))} MHz");
            }

            SeedResult best = SeedResult.Best(seeds);
            if (!parsed.GetValue(brief))
            {
                Write(output, recipe, best, netlist);
            }

            if (parsed.GetValue(json) is { } target)
            {
                string text = SiliconReport.Of(recipe, best, AreaTable.Of(best.Report.Places, recipe), netlist).ToJsonString();
                ToolFiles.Write(target, Encoding.UTF8.GetBytes(text + "\n"), replace: true);
            }

            if (!best.IsMet)
            {
                throw new ToolException(ExitCode.Failed, Missed(best));
            }

            if (parsed.GetValue(chosen) is { } file)
            {
                ToolFiles.Write(file, Encoding.ASCII.GetBytes(best.Seed.ToString(CultureInfo.InvariantCulture) + "\n"), replace: true);
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Why no seed will do, by the best of them.</summary>
    internal static string Missed(SeedResult best)
    {
        List<string> reasons = [.. best.Strangers.Select(stranger => $"the board file does not know the clock {stranger}, so nobody says how fast it has to be")];
        foreach (ClockVerdict clock in best.Clocks.Where(clock => !clock.IsMet))
        {
            reasons.Add(clock switch
            {
                { Megahertz: null } => $"nextpnr says nothing of clock {clock.Clock.Name} (net {clock.Clock.Net}), so it is not known how fast it can be",
                { IsHeldToAnother: true, HeldTo: { } held } => $"nextpnr held clock {clock.Clock.Name} to {held:0.###} MHz, and the board file says {clock.Constraint:0.###}",
                _ => $"clock {clock.Clock.Name} reaches {Megahertz(clock.Megahertz)} MHz of {clock.Constraint:0.###} ({1e3 / clock.Megahertz.GetValueOrDefault() - (1e3 / clock.Constraint):0.00} ns too slow)",
            });
        }

        return string.Create(CultureInfo.InvariantCulture, $"seed {best.Seed}, the best, will not do: {string.Join("; ", reasons)}");
    }

    private static void Write(TextWriter output, BoardRecipe recipe, SeedResult best, FlatNetlist netlist)
    {
        output.WriteLine();
        output.WriteLine($"{recipe.Board.Name}: {recipe.Part}, seed {best.Seed}, {recipe.Connections} connections");
        AreaTable.Of(best.Report.Places, recipe).Write(output);
        output.WriteLine();
        output.WriteLine($"  {"clock",-12}{"MHz",9}{"constraint",12}{"",9}{"goal",9}");
        foreach (ClockVerdict clock in best.Clocks)
        {
            string goal = clock.Ratio * clock.Constraint >= clock.Goal ? "met" : $"missed by {clock.Goal - clock.Megahertz.GetValueOrDefault():0.0}";
            output.WriteLine($"  {clock.Clock.Name,-12}{Megahertz(clock.Megahertz),9}{clock.Constraint,12:0.###}{(clock.IsMet ? "  met" : "  MISSED"),-9}{clock.Goal,9:0.###}  {goal}");
        }

        foreach (string stranger in best.Strangers)
        {
            output.WriteLine($"  {stranger}: {best.Report.Clocks[stranger].Achieved:0.0} MHz, not in the board file");
        }

        if (best.SlowestPath(best.Core.Clock, netlist) is { } path)
        {
            output.WriteLine();
            Write(output, path, netlist);
        }

        List<TimingPath> crossings = [.. best.Report.Paths.Where(path => path.FromClock != path.ToClock && path.FromClock[0] != '<' && path.ToClock[0] != '<')];
        if (crossings.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("  between clocks, not held to anything; the slowest of each:");
            foreach (TimingPath crossing in crossings.OrderByDescending(crossing => crossing.Total))
            {
                output.WriteLine($"    {crossing.Total,5:0.0} ns  {Name(crossing.FromClock)} -> {Name(crossing.ToClock)}: {crossing.From} -> {crossing.To}");
            }
        }

        string Name(string net) => recipe.Clocks.FirstOrDefault(clock => netlist.AreSame(net, clock.Net))?.Name ?? net;
    }

    private static void Write(TextWriter output, TimingPath path, FlatNetlist netlist)
    {
        output.WriteLine($"  slowest path of the core: {path.Total:0.00} ns = {path.Logic:0.00} logic + {path.Routing:0.00} routing, {path.Wires} wires");
        output.WriteLine($"    from {path.From}");
        foreach (TimingPath.Stay stay in path.Stays)
        {
            string name = stay.Instance.Length == 0 ? "(top)" : stay.Instance;
            output.WriteLine($"      {name,-50}{stay.Cells,4} cells {stay.Logic,6:0.00} logic {stay.Routing,6:0.00} routing");
        }

        output.WriteLine($"    to   {path.To}");
        output.WriteLine("    slowest wires:");
        foreach (TimingPath.Segment wire in path.Segments.Where(segment => segment.Net is not null).OrderByDescending(segment => segment.Nanoseconds).Take(5))
        {
            output.WriteLine($"      {wire.Nanoseconds,5:0.00} {wire.Net}{(netlist.Source(wire.Net!) is { } source ? $"  {source}" : "")}");
        }
    }

    private static IEnumerable<(int Number, string Path)> Seeds(string folder) => Directory.EnumerateDirectories(folder, SeedPrefix + "*")
        .Select(path => (Number: int.TryParse(Path.GetFileName(path).AsSpan(SeedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1, Path: Path.Combine(path, "report.json")))
        .Where(seed => seed.Number >= 0 && File.Exists(seed.Path))
        .OrderBy(seed => seed.Number);

    private static string Megahertz(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "?";
}
