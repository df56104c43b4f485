namespace Offload.Benchmarks;

/// <summary>Which way a figure is better.</summary>
public enum Better
{
    /// <summary>The more the better: goal and floor are the least.</summary>
    Higher,

    /// <summary>The less the better: goal and floor are the most.</summary>
    Lower,
}

/// <summary>One line of the table: a figure, and what it was to be.</summary>
/// <param name="Name">Stable name, <c>group.figure</c>.</param>
/// <param name="Value">The figure; null where it could not be measured, and <see cref="Note"/> says why.</param>
/// <param name="Unit">What is counted.</param>
internal sealed record Row(string Name, double? Value, string Unit)
{
    /// <summary>Decimals that are shown and compared.</summary>
    public const int Decimals = 3;

    /// <summary>What it is to reach; null: nothing is asked for.</summary>
    public double? Goal { get; init; }

    /// <summary>What it must not miss, or the run fails; null: it is never judged, as times are.</summary>
    public double? Floor { get; init; }

    /// <summary>Which way it is better.</summary>
    public Better Better { get; init; }

    /// <summary>Why there is no figure, or what to know about it; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the goal is met; null where there is no goal or no figure.</summary>
    public bool? Met => Goal is double goal && Value is double value ? Reaches(value, goal) : null;

    /// <summary>Whether the run fails for it.</summary>
    public bool Fails => Floor is double floor && Value is double value && !Reaches(value, floor);

    /// <summary>A row without a figure.</summary>
    public static Row Skipped(string name, string unit, string why) => new(name, null, unit) { Note = why };

    private bool Reaches(double value, double wanted)
    {
        value = Math.Round(value, Decimals);
        wanted = Math.Round(wanted, Decimals);
        return Better == Better.Higher ? value >= wanted : value <= wanted;
    }
}
