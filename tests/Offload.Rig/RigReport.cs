namespace Offload.Rig;

/// <summary>How a test ended.</summary>
internal enum RigOutcome
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>One test of a run.</summary>
internal sealed record RigResult(string Class, string Name, RigOutcome Outcome, TimeSpan Time, string Message);

/// <summary>A figure that was measured, and between what it has to lie.</summary>
internal sealed record RigFigure(string Name, string Unit, double Value, double Low, double High);

/// <summary>A figure that was measured often.</summary>
internal sealed record RigSamples(string Name, string Unit, IReadOnlyList<double> Values);

/// <summary>What a run of the suite found out.</summary>
internal sealed class RigReport
{
    /// <summary>Of this process.</summary>
    internal static RigReport Current { get; } = new();

    internal DateTime Started { get; } = DateTime.UtcNow;

    internal List<(string Name, string Value)> Board { get; } = [];

    internal List<RigResult> Results { get; } = [];

    internal List<RigFigure> Figures { get; } = [];

    internal List<RigSamples> Series { get; } = [];

    /// <summary>Keeps a figure, and fails the test where it is outside its limits.</summary>
    internal static void Measure(string name, string unit, double value, double low, double high)
    {
        lock (Current)
        {
            Current.Figures.Add(new RigFigure(name, unit, value, low, high));
        }

        Assert.InRange(value, low, high);
    }

    /// <summary>Keeps a figure that was measured often; limits are for its median.</summary>
    internal static void Sample(string name, string unit, IReadOnlyList<double> values, double low, double high)
    {
        lock (Current)
        {
            Current.Series.Add(new RigSamples(name, unit, values));
        }

        Measure(name + ", median", unit, values.Order().ElementAt(values.Count / 2), low, high);
    }

    internal int Count(RigOutcome outcome) => Results.Count(result => result.Outcome == outcome);
}
