namespace Offload.Benchmarks;

/// <summary>An argument that nobody knows, or that lacks its value.</summary>
internal sealed class ArgumentsException(string message) : Exception(message);

/// <summary>What the command line asks for.</summary>
internal sealed record BenchArguments
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: dotnet run -c Release --project tests/Offload.Benchmarks -- [--only PREFIX]... [--json] [--long] [--docs] [--no-build] [--list] [--help]

          --only PREFIX  only rows whose names begin with PREFIX; may be given more than once
          --json         one object a line instead of a table: name, value, unit, goal, floor, and a note where there is one
          --long         10,000,000 opens and closes in the churn.* rows instead of 200,000, and in the web.* rows 1,000,000 requests over connections
                         that stay and 100,000 over new ones instead of 20,000 and 2,000; a quarter of an hour in all
          --docs         also writes docs/performance.md's table and docs/performance.svg; only without --only
          --no-build     takes the cores in artifacts/ as they are instead of building those that are missing or stale
          --list         names of the rows
          --help         this

        A row has a goal, a floor, both or neither. Clock counts are exact: one that misses its floor makes the exit code 1. Times are
        shown and never judged. 2: an argument is wrong. 3: something could not be measured; its rows say why. What takes long says so on
        standard error.
        """;

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool Json { get; init; }

    public bool Long { get; init; }

    public bool Docs { get; init; }

    public bool Build { get; init; } = true;

    public bool List { get; init; }

    public bool Help { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentsException">It is wrong; the message says what.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> words)
    {
        var read = new BenchArguments();
        for (int i = 0; i < words.Count; i++)
        {
            read = words[i] switch
            {
                "--only" when i + 1 < words.Count && !words[i + 1].StartsWith('-') => read with { Only = [.. read.Only, words[++i]] },
                "--only" => throw new ArgumentsException("--only needs the beginning of a row's name; --list shows the names"),
                "--json" => read with { Json = true },
                "--long" => read with { Long = true },
                "--docs" => read with { Docs = true },
                "--no-build" => read with { Build = false },
                "--list" => read with { List = true },
                "--help" or "-h" => read with { Help = true },
                _ => throw new ArgumentsException($"unknown argument '{words[i]}'"),
            };
        }

        return read.Docs && read.Only.Count > 0
            ? throw new ArgumentsException("--docs writes the whole table and cannot be used with --only")
            : read;
    }

    /// <summary>Whether a row is asked for.</summary>
    public bool Wants(string name) => Only.Count == 0 || Only.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Looks whether every prefix has a row.</summary>
    /// <exception cref="ArgumentsException">One has none.</exception>
    public void Check(IReadOnlyCollection<string> names)
    {
        foreach (string prefix in Only)
        {
            if (!names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                throw new ArgumentsException($"no row's name begins with '{prefix}'; --list shows the names");
            }
        }
    }
}
