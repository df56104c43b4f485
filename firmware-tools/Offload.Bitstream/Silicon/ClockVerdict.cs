namespace Offload.Bitstream.Silicon;

/// <summary>A clock of the board file beside what nextpnr reached.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Megahertz">Fastest that it may run, or null where nextpnr says nothing of it.</param>
/// <param name="HeldTo">What nextpnr held it to, MHz.</param>
internal readonly record struct ClockVerdict(BoardClock Clock, double? Megahertz, double? HeldTo)
{
    // nextpnr counts in picoseconds.
    private const double Rounding = 1e-3;

    /// <summary>Constraint, MHz.</summary>
    internal double Constraint => Clock.Hz / 1e6;

    /// <summary>Goal, MHz; the constraint where there is no other.</summary>
    internal double Goal => (Clock.GoalHz ?? Clock.Hz) / 1e6;

    /// <summary>How near it comes to its constraint: 1 or more where it meets it, 0 where nothing is known.</summary>
    internal double Ratio => Megahertz is { } reached ? reached / Constraint : 0;

    /// <summary>Whether nextpnr worked towards another frequency than the board file's.</summary>
    internal bool IsHeldToAnother => HeldTo is { } held && Math.Abs(held - Constraint) > Constraint * Rounding;

    /// <summary>Whether a board may run it.</summary>
    internal bool IsMet => Ratio >= 1 && !IsHeldToAnother;
}
