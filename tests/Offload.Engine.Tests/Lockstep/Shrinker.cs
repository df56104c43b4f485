using System.Diagnostics;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Finds a short stream that still shows a difference: delta debugging (Zeller, Hildebrandt 2002), then each step by itself.</summary>
internal static class Shrinker
{
    /// <summary>Removes steps as long as <paramref name="fails"/> says that the rest still differs, within a time.</summary>
    public static List<Step> Shrink(IReadOnlyList<Step> steps, Func<IReadOnlyList<Step>, bool> fails, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        List<Step> current = [.. steps];
        int chunk = Math.Max(1, current.Count / 2);
        while (clock.Elapsed < patience)
        {
            bool removed = false;
            for (int at = 0; at < current.Count && clock.Elapsed < patience;)
            {
                List<Step> shorter = [.. current.Take(at), .. current.Skip(at + chunk)];
                if (shorter.Count > 0 && fails(shorter))
                {
                    current = shorter;
                    removed = true;
                }
                else
                {
                    at += chunk;
                }
            }

            if (chunk > 1)
            {
                chunk = (chunk + 1) / 2;
            }
            else if (!removed)
            {
                break;
            }
        }

        return current;
    }
}
