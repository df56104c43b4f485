using System.Globalization;
using System.Text;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Runs a seed, and tells of a difference with the shortest stream that shows it.</summary>
internal static class LockstepReport
{
    /// <summary>Null where model and engine agree; else the seed, the difference, and the steps to paste into a test.</summary>
    public static string? Check(
        int seed, int flows, int steps, Func<Settings, Target> create, Fault fault = Fault.None, TimeSpan? patience = null, int? parkSlots = null, bool full = false)
    {
        var generator = new Generator(seed, full ? World.Flows.Count : flows, parkSlots, full);
        return Check(full ? $"seed {seed}, full table" : $"seed {seed}, flows {flows}", generator.Make(steps), generator.Settings, generator.Start, create, fault, patience);
    }

    /// <summary>The same for a stream made elsewhere.</summary>
    public static string? Check(
        string name, IReadOnlyList<Step> stream, Settings settings, ulong start, Func<Settings, Target> create, Fault fault = Fault.None, TimeSpan? patience = null)
    {
        Difference? Try(IReadOnlyList<Step> some)
        {
            using Target target = create(settings);
            return Runner.Run(some, settings, start, target, fault);
        }

        if (Try(stream) is not Difference first)
        {
            return null;
        }

        List<Step> shorter = Shrinker.Shrink([.. stream.Take(first.Step + 1)], some => Try(some) is not null, patience ?? TimeSpan.FromSeconds(60));
        Difference last = Try(shorter) ?? first;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{name}, start {start}: step {first.Step} of {stream.Count}; {shorter.Count} steps show it:");
        foreach (Step step in shorter)
        {
            text.AppendLine("    " + step.ToCode());
        }

        return text.Append(last.Text).ToString();
    }
}
