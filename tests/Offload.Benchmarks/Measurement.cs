namespace Offload.Benchmarks;

/// <summary>What gives one row or a few that come from the same run.</summary>
/// <param name="Names">Names of the rows, in order.</param>
/// <param name="Run">Measures them.</param>
internal sealed record Measurement(IReadOnlyList<string> Names, Func<Bench, IEnumerable<Row>> Run)
{
    /// <summary>A measurement of one row.</summary>
    public Measurement(string name, Func<Bench, Row> run)
        : this([name], bench => [run(bench)])
    {
    }
}
