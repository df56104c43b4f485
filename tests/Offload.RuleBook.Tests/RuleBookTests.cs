namespace Offload.RuleBook.Tests;

/// <summary>The page is made of rules and tags; a rule without a tag, and a tag without a rule, are found.</summary>
public sealed class RuleBookTests : IDisposable
{
    private const string TwoRules = """
        chapters:
          - title: Opening
            rules:
              P1: A SYN is answered. [3.10.7.2]
              P2: An ACK opens.
        deviations:
          - from: 3.4
            done: something else
            why: reasons
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("offload-rule-book-").FullName;

    public RuleBookTests() => Write("docs/tcp-rules.yaml", TwoRules);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Rules_are_shown_with_their_tests_and_proofs()
    {
        Write("tests/Offload.A/OpeningRules.cs", """
            [Fact, Trait("Rule", "P1")]
            public async Task A_SYN_is_answered(int a) => Other();

            [Theory, Trait("Rule", "P1"), Trait("Rule", "P2")]
            [InlineData(1)]
            public void It_opens(int a)
            """);
        Write("hdl/formal/x/x.v", "// Rules: P2\nmodule x;");
        Assert.Equal((RuleBookCommand.Success, ""), Run("generate"));
        string page = File.ReadAllText(Path.Combine(_root, "docs/tcp.md"));
        Assert.Contains("**P1.** A SYN is answered. [3.10.7.2]\n\n- [OpeningRules](../tests/Offload.A/OpeningRules.cs): A SYN is answered; It opens\n", page, StringComparison.Ordinal);
        Assert.Contains("- [hdl/formal/x/x.v](../hdl/formal/x/x.v)\n- [OpeningRules](../tests/Offload.A/OpeningRules.cs): It opens\n", page, StringComparison.Ordinal);
        Assert.Contains("| 3.4 | something else | reasons |", page, StringComparison.Ordinal);
        Assert.Contains("| `tcp_synack_retries` | 5 | 5 |", page, StringComparison.Ordinal);
        Assert.Equal((RuleBookCommand.Success, ""), Run("check"));
        File.AppendAllText(Path.Combine(_root, "docs/tcp.md"), "more");
        Assert.Equal(RuleBookCommand.Different, Run("check").Code);
    }

    [Fact]
    public void A_rule_that_nothing_names_is_found_and_a_range_names_none()
    {
        Write("tests/A.cs", """
            [Trait("Rule", "P1-P1, P2")]
            public sealed class Lockstep;
            [Trait("Rule", "P1")]
            public void Test() { }
            """);
        (int code, string error) = Run("generate");
        Assert.Equal(RuleBookCommand.WrongRules, code);
        Assert.Contains("rule P2 is named by no test", error, StringComparison.Ordinal);
        Assert.DoesNotContain("P1 is", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_root, "docs/tcp.md")));
    }

    [Theory]
    [InlineData("P1, P2, P3", "there is no rule P3")]
    [InlineData("P1, P2 and more", "is no list of rules")]
    [InlineData("", "is no list of rules")]
    public void A_tag_that_means_nothing_is_found(string tag, string message)
    {
        Write("tests/A.cs", $"[Trait(\"Rule\", \"{tag}\")]\npublic void Test() {{ }}");
        (int code, string error) = Run("check");
        Assert.Equal(RuleBookCommand.WrongRules, code);
        Assert.Contains("tests/A.cs: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chapters: [")]
    [InlineData("chapters:\n  - name: x")]
    [InlineData("chapters:\n  - title: x\n    rules:\n      P1: a\n      P1: b")]
    public void A_file_that_is_no_rule_book_is_named_with_its_line(string text)
    {
        Write("docs/tcp-rules.yaml", text);
        (int code, string error) = Run("check");
        Assert.Equal(RuleBookCommand.WrongRules, code);
        Assert.StartsWith("docs/tcp-rules.yaml:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_usage_has_its_own_code()
    {
        Assert.Equal(RuleBookCommand.WrongUsage, Run("make").Code);
        Assert.Equal(RuleBookCommand.WrongUsage, RuleBookCommand.Run([], TextWriter.Null, TextWriter.Null, _root));
        Assert.Equal(RuleBookCommand.WrongUsage, RuleBookCommand.Run(["check", "--root", _root + "/none"], TextWriter.Null, TextWriter.Null, _root));
    }

    private (int Code, string Error) Run(string command)
    {
        using var error = new StringWriter();
        return (RuleBookCommand.Run([command, "--root", _root], TextWriter.Null, error, _root), error.ToString());
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
