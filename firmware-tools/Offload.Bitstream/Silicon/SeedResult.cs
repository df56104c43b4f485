namespace Offload.Bitstream.Silicon;

/// <summary>One placement, judged by the board file.</summary>
internal sealed class SeedResult
{
    private SeedResult(int seed, PlacementReport report, IReadOnlyList<ClockVerdict> clocks, IReadOnlyList<string> strangers)
    {
        Seed = seed;
        Report = report;
        Clocks = clocks;
        Strangers = strangers;
    }

    /// <summary>The seed that it was made with.</summary>
    internal int Seed { get; }

    /// <summary>What nextpnr says.</summary>
    internal PlacementReport Report { get; }

    /// <summary>The clocks of the board file, in its order.</summary>
    internal IReadOnlyList<ClockVerdict> Clocks { get; }

    /// <summary>Clocks of the design that the board file does not know.</summary>
    internal IReadOnlyList<string> Strangers { get; }

    /// <summary>Whether a board may run it.</summary>
    internal bool IsMet => Strangers.Count == 0 && Clocks.All(clock => clock.IsMet);

    /// <summary>The clock that comes least near to its constraint.</summary>
    internal ClockVerdict Worst => Clocks.MinBy(clock => clock.Ratio);

    /// <summary>The core's clock.</summary>
    internal ClockVerdict Core => Clocks.First(clock => clock.Clock.Name == BoardRecipe.CoreClock);

    /// <summary>Judges a placement.</summary>
    internal static SeedResult Judge(int seed, PlacementReport report, BoardRecipe recipe, FlatNetlist netlist)
    {
        CheckClocks(recipe, netlist);
        List<ClockVerdict> clocks = [];
        foreach (BoardClock clock in recipe.Clocks)
        {
            // Buffers make several nets of one clock; the slowest counts.
            PlacementReport.ClockReport[] found = [.. report.Clocks.Where(reported => netlist.AreSame(reported.Key, clock.Net)).Select(reported => reported.Value)];
            clocks.Add(found.Length == 0
                ? new ClockVerdict(clock, null, null)
                : new ClockVerdict(clock, found.Min(reported => reported.Achieved), found.MaxBy(reported => Math.Abs(reported.Constraint - (clock.Hz / 1e6))).Constraint));
        }

        return new SeedResult(
            seed, report, clocks, [.. report.Clocks.Keys.Where(reported => !recipe.Clocks.Any(clock => netlist.AreSame(reported, clock.Net)))]);
    }

    /// <summary>Refuses a board file that names a clock's net which the design does not have.</summary>
    internal static void CheckClocks(BoardRecipe recipe, FlatNetlist netlist)
    {
        if (recipe.Clocks.FirstOrDefault(clock => !netlist.Contains(clock.Net)) is { } unknown)
        {
            throw new ToolException(
                ExitCode.Usage, $"the board file gives clock '{unknown.Name}' the net {unknown.Net}, and the design has no net of that name; nothing would hold it to its frequency");
        }
    }

    /// <summary>The best of some: one that meets its constraints, with the fastest core; else the one that misses by the least.</summary>
    internal static SeedResult Best(IEnumerable<SeedResult> results) => results
        .OrderByDescending(result => result.IsMet)
        .ThenByDescending(result => result.IsMet ? result.Core.Ratio : result.Worst.Ratio)
        .ThenBy(result => result.Seed)
        .First();

    /// <summary>The slowest path of a clock, or null.</summary>
    internal TimingPath? SlowestPath(BoardClock clock, FlatNetlist netlist) => Report.Paths
        .Where(path => netlist.AreSame(path.FromClock, clock.Net) && netlist.AreSame(path.ToClock, clock.Net))
        .MaxBy(path => path.Total);
}
