using Offload.Engine.Tests.Harness;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Hdl;

/// <summary>The short proofs, <c>hdl/formal/*</c>; with OFFLOAD_TEST_FULL=1 all of them, and their mutants.</summary>
public sealed class ProofTests(ITestOutputHelper output)
{
    /// <summary>Proofs that take minutes: only with OFFLOAD_TEST_FULL=1.</summary>
    private static readonly HashSet<string> Long = ["egress", "table"];

    [Fact]
    public async Task The_proofs_hold()
    {
        bool full = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1";
        IEnumerable<string> names = Directory.GetDirectories(Path.Combine(Repository.Root, "hdl", "formal"))
            .Where(folder => File.Exists(Path.Combine(folder, "run.sh")))
            .Select(folder => Path.GetFileName(folder)).Where(name => full || !Long.Contains(name)).Order(StringComparer.Ordinal);
        string[] arguments = ["hdl/formal/run.sh", .. names, .. full ? new[] { "--mutants" } : []];
        Assert.Contains("transition", arguments);
        (int exitCode, string said) = await Tool.RunAsync("bash", arguments, TimeSpan.FromMinutes(full ? 50 : 35));
        output.WriteLine(said);
        Assert.True(exitCode == 0, said);
    }
}
