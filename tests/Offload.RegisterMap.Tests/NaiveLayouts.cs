using System.Text.RegularExpressions;

namespace Offload.RegisterMap.Tests;

/// <summary>
/// Places of layout fields, found by reading the YAML line by line and adding widths: a second opinion that shares nothing
/// with the generator.
/// </summary>
internal static partial class NaiveLayouts
{
    /// <summary>Path ("key.local_port"), lowest bit and width of every field that holds a value.</summary>
    public static IReadOnlyList<(string Path, int Lsb, int Width)> Of(string layout)
    {
        List<(string, int, int)> places = [];
        Collect(layout, "", 0, places);
        return places;
    }

    /// <summary>Bits of a vector, one at a time.</summary>
    public static UInt128 Bits(ReadOnlySpan<uint> words, int lsb, int width)
    {
        UInt128 value = 0;
        for (var i = 0; i < width; i++)
        {
            if ((words[(lsb + i) / 32] & (1u << ((lsb + i) % 32))) != 0)
            {
                value |= UInt128.One << i;
            }
        }

        return value;
    }

    private static int Collect(string layout, string prefix, int lsb, List<(string Path, int Lsb, int Width)> places)
    {
        var first = lsb;
        foreach (var line in Lines(layout))
        {
            var name = NamePattern().Match(line).Groups[1].Value;
            if (WidthPattern().Match(line) is { Success: true } width)
            {
                var bits = int.Parse(width.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                places.Add((prefix + name, lsb, bits));
                lsb += bits;
            }
            else
            {
                lsb += Collect(LayoutPattern().Match(line).Groups[1].Value, $"{prefix}{name}.", lsb, places);
            }
        }

        return lsb - first;
    }

    private static IEnumerable<string> Lines(string layout) =>
        Directory.EnumerateFiles(Repository.SourceFolder, "*.yaml")
            .Select(path => File.ReadAllText(path))
            .Where(text => text.Contains("\nlayouts:", StringComparison.Ordinal))
            .SelectMany(text => text[text.IndexOf("\nlayouts:", StringComparison.Ordinal)..].Split('\n'))
            .SkipWhile(line => line != $"  - name: {layout}")
            .Skip(1)
            .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Where(line => line.Contains("{name:", StringComparison.Ordinal));

    [GeneratedRegex(@"\{name: (\w+)")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@", width: (\d+)")]
    private static partial Regex WidthPattern();

    [GeneratedRegex(@", layout: (\w+)")]
    private static partial Regex LayoutPattern();
}
