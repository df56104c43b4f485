using System.Globalization;
using System.Text.RegularExpressions;

namespace Offload.RuleBook;

/// <summary>A test, proof or bench that shows a rule.</summary>
/// <param name="Rule">The rule's number.</param>
/// <param name="File">Where it is, relative to the repository.</param>
/// <param name="Name">The test's name; empty for a proof, a bench or a whole class.</param>
/// <param name="InRange">The tag is one that names rules by ranges.</param>
internal sealed record Evidence(string Rule, string File, string Name, bool InRange);

/// <summary>Finds the tags.</summary>
internal static partial class EvidenceFinder
{
    private static readonly string[] ProofFolders = ["hdl/formal", "tests/hdl"];
    private static readonly string[] ProofFiles = [".v", ".vh", ".sv", ".sh", ".cpp", ".txt"];

    /// <summary>All tags below a repository's root, ordered by file.</summary>
    /// <exception cref="FormatException">A tag is no list of rules; the message names the file.</exception>
    public static IReadOnlyList<Evidence> Find(string root)
    {
        IEnumerable<Evidence> tests = Files(root, "tests").Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => OfTests(file, File.ReadAllText(Path.Combine(root, file))));
        IEnumerable<Evidence> proofs = ProofFolders.SelectMany(folder => Files(root, folder)).Where(file => ProofFiles.Contains(Path.GetExtension(file)))
            .SelectMany(file => OfProof(file, File.ReadAllText(Path.Combine(root, file))));
        return [.. tests.Concat(proofs).Distinct().OrderBy(item => item.File, StringComparer.Ordinal)];
    }

    /// <summary>The tags of a C# file.</summary>
    public static IEnumerable<Evidence> OfTests(string file, string text)
    {
        foreach (Match trait in TraitTag().Matches(text))
        {
            Match declared = Declaration().Match(text, trait.Index);
            string name = declared.Groups[1].Success ? "" : declared.Groups[2].Value.Replace('_', ' ');
            foreach (Evidence item in Parse(trait.Groups[1].Value, file, name))
            {
                yield return item;
            }
        }
    }

    /// <summary>The tags of a proof's or bench's file.</summary>
    public static IEnumerable<Evidence> OfProof(string file, string text) =>
        CommentTag().Matches(text).SelectMany(comment => Parse(comment.Groups[1].Value, file, ""));

    private static IEnumerable<Evidence> Parse(string list, string file, string name)
    {
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries))
        {
            Match match = RuleOrRange().Match(part);
            if (!match.Success)
            {
                throw new FormatException($"{file}: '{list}' is no list of rules such as \"P1, S1-S4\"");
            }

            int first = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            int last = match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : first;
            for (int i = first; i <= last; i++)
            {
                yield return new Evidence($"{match.Groups[1].Value}{i}", file, name, list.Contains('-', StringComparison.Ordinal));
            }
        }
    }

    private static IEnumerable<string> Files(string root, string folder) => !Directory.Exists(Path.Combine(root, folder))
        ? []
        : Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/RuleBook", StringComparison.Ordinal) && !file.Contains("Offload.RuleBook", StringComparison.Ordinal));

    [GeneratedRegex("""Trait\("Rule", "([^"]*)"\)""")]
    private static partial Regex TraitTag();

    [GeneratedRegex(@"(?:public|internal)[^\n]*?(?:\bclass (\w+)|(\w+)\()")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\s*(?://|#) Rules: (.*?)\s*$", RegexOptions.Multiline)]
    private static partial Regex CommentTag();

    [GeneratedRegex(@"^([A-Z])(\d+)(?:-\1(\d+))?$")]
    private static partial Regex RuleOrRange();
}
