namespace Offload.RuleBook;

/// <summary>The command line: makes docs/tcp.md, or checks that it is what it should be.</summary>
internal static class RuleBookCommand
{
    public const int Success = 0;
    public const int Different = 1;
    public const int WrongUsage = 2;
    public const int WrongRules = 3;

    private const string Page = "docs/tcp.md";
    private const string Help = """
        Makes docs/tcp.md from docs/tcp-rules.yaml and from the tags of tests ([Trait("Rule", "P1, S2")]), proofs and
        benches (a comment that begins with "Rules: P1, S2").

        Usage: offload-rule-book generate|check [--root DIRECTORY]

          generate           Write docs/tcp.md.
          check              Write nothing; say whether the page is what would be written.
          --root DIRECTORY   The repository. By default the first folder, from the current one upwards, that holds
                             docs/tcp-rules.yaml.

        Exit codes:
          0  Done; with check: the page is as it should be.
          1  With check: the page is missing or differs.
          2  Wrong usage, or no repository.
          3  A rule is shown by no test or proof, or a tag names a rule that there is not.
        """;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, string currentFolder)
    {
        if (arguments.Any(argument => argument is "-h" or "--help"))
        {
            output.WriteLine(Help);
            return Success;
        }

        bool hasRoot = arguments is [_, "--root", _];
        if (arguments is not (["generate" or "check"] or [_, "--root", _]) || arguments[0] is not ("generate" or "check"))
        {
            error.WriteLine("offload-rule-book: say generate or check; see --help");
            return WrongUsage;
        }

        string? root = hasRoot ? arguments[2] : FindRoot(currentFolder);
        if (root is null || !File.Exists(Path.Combine(root, Rules.Source)))
        {
            error.WriteLine($"offload-rule-book: no {Rules.Source} in {root ?? currentFolder}{(root is null ? " or above" : "")}; name the repository with --root");
            return WrongUsage;
        }

        Rules rules;
        IReadOnlyList<Evidence> evidence;
        try
        {
            rules = Rules.Read(root);
            evidence = EvidenceFinder.Find(root);
        }
        catch (FormatException exception)
        {
            error.WriteLine(exception.Message);
            return WrongRules;
        }

        List<string> faults = [.. Faults(rules, evidence)];
        faults.ForEach(error.WriteLine);
        if (faults.Count > 0)
        {
            return WrongRules;
        }

        return Finish(arguments[0] == "check", Path.Combine(root, Page), MarkdownPage.Of(rules, evidence), output, error);
    }

    private static int Finish(bool isCheck, string path, string text, TextWriter output, TextWriter error)
    {
        bool isSame = File.Exists(path) && File.ReadAllText(path) == text;
        if (!isSame && isCheck)
        {
            error.WriteLine($"{Page}: differs from the rules and tags. Run: {MarkdownPage.Command}");
            return Different;
        }

        if (!isSame)
        {
            File.WriteAllText(path, text);
        }

        output.WriteLine($"{Page} {(isSame ? "is up to date" : "written")}");
        return Success;
    }

    /// <summary>
    /// Rules that nothing shows, and tags that mean nothing. A range, as the lock-step has it, shows a rule among others; each has to be named by
    /// itself somewhere.
    /// </summary>
    private static IEnumerable<string> Faults(Rules rules, IReadOnlyList<Evidence> evidence)
    {
        HashSet<string> known = [.. rules.All.Select(rule => rule.Id)];
        foreach (Evidence item in evidence.Where(item => !known.Contains(item.Rule)))
        {
            yield return $"{item.File}: there is no rule {item.Rule} in {Rules.Source}";
        }

        HashSet<string> shown = [.. evidence.Where(item => !item.InRange).Select(item => item.Rule)];
        foreach (Rule rule in rules.All.Where(rule => !shown.Contains(rule.Id)))
        {
            yield return $"{Rules.Source}: rule {rule.Id} is named by no test and no proof; tag one with it, or take the rule out";
        }
    }

    private static string? FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Rules.Source)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
