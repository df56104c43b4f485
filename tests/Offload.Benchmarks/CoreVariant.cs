using System.Diagnostics;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>A Verilated core: the virtual board's, the same with other parameters, or one between the two halves of a MAC.</summary>
/// <param name="Name">Its folder below <c>artifacts/benchmarks</c>; the board's own lies where it always does.</param>
/// <param name="Script">What builds it, from the repository's root, and the arguments but <c>--output</c>.</param>
internal sealed record CoreVariant(string Name, string Script)
{
    private const string BoardScript = "firmware-tools/build-virtual-board.sh";

    /// <summary>As the virtual board has it: 512 bits, 2,048 entries.</summary>
    public static CoreVariant Board { get; } = new("", BoardScript);

    /// <summary>Where its library lies.</summary>
    public string Folder => Name.Length == 0
        ? Path.Combine(Repository.Root, "artifacts", "virtual")
        : Path.Combine(Repository.Root, "artifacts", "benchmarks", Name);

    /// <summary>The board's core at another width.</summary>
    public static CoreVariant Width(int bits) =>
        bits == Repository.BoardParameter("DATA_WIDTH") ? Board : new($"width{bits}", $"{BoardScript} --library-only --set DATA_WIDTH={bits}");

    /// <summary>The board's core with a table of another size.</summary>
    public static CoreVariant Table(int entries) =>
        entries == Repository.BoardParameter("CONNECTIONS") ? Board : new($"table{entries}", $"{BoardScript} --library-only --set CONNECTIONS={entries}");

    /// <summary>A core at 64 bits between GMII ports, in one clock domain.</summary>
    /// <param name="frameClocks">The core's FRAME_CLOCKS: 1, or 67 for the small one.</param>
    public static CoreVariant Gmii(int frameClocks) =>
        new($"gmii{frameClocks}", $"tests/Offload.Benchmarks/hdl/build.sh --frame-clocks {frameClocks}");

    /// <summary>Builds it where it is missing or stale; the script knows.</summary>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    public void Build(Action<string> say)
    {
        string[] words = [.. Script.Split(' '), "--output", Folder];
        say($"{string.Join(' ', words[..^1])} {Path.GetRelativePath(Repository.Root, Folder)}");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, words[0]), words[1..])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is string line)
        {
            say("  " + line);
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{words[0]} failed with {process.ExitCode}");
        }
    }
}
