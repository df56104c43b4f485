using System.Globalization;

namespace Offload.Bitstream.Silicon;

/// <summary>
/// The instances of a flat netlist and what they take. The sum is exact. Where a LUT was made of logic of two instances, it counts
/// for the one whose wire gave it its name.
/// </summary>
internal sealed class ModuleTree
{
    private readonly SortedDictionary<string, ModuleTree> _children = new(StringComparer.Ordinal);

    private ModuleTree(string name) => Name = name;

    /// <summary>Name of the instance.</summary>
    internal string Name { get; }

    /// <summary>What it takes, with what is inside it.</summary>
    internal ModuleArea Total { get; private set; }

    /// <summary>What is inside it, the largest first.</summary>
    internal IEnumerable<ModuleTree> Children => _children.Values.OrderByDescending(child => child.Total.Luts);

    /// <summary>Makes the tree.</summary>
    /// <param name="areas">What each instance takes by itself.</param>
    /// <param name="top">Name of the top level.</param>
    internal static ModuleTree Of(IReadOnlyDictionary<string, ModuleArea> areas, string top)
    {
        ModuleTree root = new(top);
        foreach ((string path, ModuleArea area) in areas)
        {
            ModuleTree place = root;
            place.Total += area;
            foreach (string name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!place._children.TryGetValue(name, out ModuleTree? child))
                {
                    child = new ModuleTree(name);
                    place._children.Add(name, child);
                }

                child.Total += area;
                place = child;
            }
        }

        return root;
    }

    /// <summary>Writes it for people: whatever takes a share of the whole that is worth a line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="depth">Levels below the top.</param>
    /// <param name="least">Least share of the LUTs, flip-flops or block RAMs of the whole, 0 to 1.</param>
    internal void Write(TextWriter output, int depth, double least)
    {
        output.WriteLine($"  {"instance",-46}{"LUT",8}{"carry",8}{"flip-flop",11}{"block RAM",11}{"multiplier",12}");
        Write(output, 0, depth, least, Total);
    }

    private void Write(TextWriter output, int level, int depth, double least, ModuleArea whole)
    {
        string name = new string(' ', 2 * level) + Name;
        output.WriteLine($"  {name,-46}{Number(Total.Luts),8}{Number(Total.Carries),8}{Number(Total.Registers),11}{Number(Total.BlockRams),11}{Number(Total.Multipliers),12}");
        if (level == depth)
        {
            return;
        }

        foreach (ModuleTree child in Children.Where(child =>
            child.Total.Luts >= least * whole.Luts || child.Total.Registers >= least * whole.Registers || child.Total.BlockRams > least * whole.BlockRams))
        {
            child.Write(output, level + 1, depth, least, whole);
        }
    }

    private static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
