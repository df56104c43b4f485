using System.Globalization;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>Keeps the last table in docs/performance.md, and the picture beside it.</summary>
internal static class Docs
{
    private const string Begin = "<!-- table: written by the benchmarks with --docs -->";
    private const string End = "<!-- end of table -->";

    /// <summary>Writes both files.</summary>
    /// <exception cref="InvalidOperationException">The page has no place for the table.</exception>
    public static void Write(IReadOnlyList<Row> rows, BenchArguments arguments)
    {
        string folder = Path.Combine(Repository.Root, "docs");
        string page = Path.Combine(folder, "performance.md");
        string text = File.ReadAllText(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Bench.Require(begin >= 0 && end > begin, "docs/performance.md has no place for the table");
        string machine = string.Create(CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} cores{(arguments.Long ? ", `--long`" : "")}.");
        File.WriteAllText(page, $"{text[..begin]}{Begin}\n{machine}\n\n{Report.Table(rows).ReplaceLineEndings("\n")}{text[end..]}");
        File.WriteAllText(Path.Combine(folder, "performance.svg"), Picture.OfGrowth(rows).ReplaceLineEndings("\n"));
    }

    /// <summary>Kind of processor, as the kernel names it.</summary>
    private static string Processor()
    {
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "an unknown processor";
    }
}
