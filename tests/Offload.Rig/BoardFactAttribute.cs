namespace Offload.Rig;

/// <summary>What a test needs of the rig besides a board.</summary>
[Flags]
public enum Needs
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A bus between this process and the board.</summary>
    Bus = 1,

    /// <summary>Somebody who makes the board's bus fail.</summary>
    Faults = 2,

    /// <summary>Interrupts, rather than polling.</summary>
    Interrupts = 4,

    /// <summary>The board's GPIO lines and sensors.</summary>
    Pins = 8,

    /// <summary>A PCI function.</summary>
    Pcie = 16,

    /// <summary>A board at USB that is loaded through its JTAG, and a container for it.</summary>
    Loading = 32,
}

/// <summary>A test of the rig. It is skipped, with the reason, where the configured board lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BoardFactAttribute : FactAttribute
{
    /// <summary>Looks whether the configured board has what the test needs.</summary>
    public BoardFactAttribute(Needs needs = Needs.None)
    {
        Needs = needs;
        if (Missing(needs, RigConfiguration.Current) is { } reason)
        {
            Skip = reason;
        }
    }

    /// <summary>What it needs.</summary>
    public Needs Needs { get; }

    internal static string? Missing(Needs needs, RigConfiguration rig)
    {
        if (needs.HasFlag(Needs.Bus) && rig.Board == RigConfiguration.Virtual)
        {
            return "needs a board behind a bus, and the virtual board is in process: ./test.sh --guest";
        }

        if (needs.HasFlag(Needs.Faults) && rig.Faults is null)
        {
            return "needs a rig that makes its bus fail: ./test.sh --guest";
        }

        if (needs.HasFlag(Needs.Pcie) && rig.Board is not (RigConfiguration.Pcie or RigConfiguration.Sysfs))
        {
            return "needs a board that is a PCI function: ./test.sh --guest";
        }

        if (needs.HasFlag(Needs.Pins) && rig.Pins is null)
        {
            return "needs a rig with the board's GPIO lines and sensors: ./test.sh --guest";
        }

        if (needs.HasFlag(Needs.Loading) && (rig.Loads is null || rig.Container is null))
        {
            return "needs a board at USB that is loaded through its JTAG: ./test.sh --guest";
        }

        return needs.HasFlag(Needs.Interrupts) && rig.Board == RigConfiguration.Sysfs ? "needs interrupts, which sysfs does not have" : null;
    }
}
