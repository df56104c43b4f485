using Offload.Engine.Tests.Harness;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Hdl;

/// <summary>The benches of single modules, <c>tests/hdl/*/run.sh</c>; with OFFLOAD_TEST_FULL=1 their mutants too.</summary>
public sealed class BenchTests(ITestOutputHelper output)
{
    public static TheoryData<string> Benches() => [.. Names()];

    private static IEnumerable<string> Names() =>
        Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "hdl"))
            .Where(folder => File.Exists(Path.Combine(folder, "run.sh")))
            .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    [Fact]
    public void The_benches_of_the_parts_are_there() => Assert.Superset(
        new HashSet<string> { "ingress", "hash", "egress", "table", "park", "control", "stages", "pcie" }, Names().ToHashSet());

    [Theory]
    [MemberData(nameof(Benches))]
    public async Task A_module_holds_in_its_bench(string bench)
    {
        bool full = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1";
        (int exitCode, string said) = await Tool.RunAsync("bash", full ? [$"tests/hdl/{bench}/run.sh", "--mutants"] : [$"tests/hdl/{bench}/run.sh"], TimeSpan.FromMinutes(full ? 30 : 20));
        output.WriteLine(said);
        Assert.True(exitCode == 0, said);
    }
}
