using Offload.Engine.Tests.Model;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>The lock-step against models in the core's place: it finds what is wrong, and nothing where nothing is.</summary>
public sealed class LockstepSelfTests(ITestOutputHelper output)
{
    public static TheoryData<string> Faults() => [.. Enum.GetNames<Fault>().Where(name => name != nameof(Fault.None))];

    [Fact]
    public void Two_equal_models_never_part()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Assert.Null(LockstepReport.Check(seed, Flows(seed), 1000, settings => new ModelTarget(settings), parkSlots: Slots(seed)));
            Assert.Null(LockstepReport.Check(seed, Flows(seed), 1000, settings => new ModelTarget(settings), full: true));
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wrong_engine_is_found_within_40000_events(string fault)
    {
        for (int seed = 100; seed < 120; seed++)
        {
            string? report = LockstepReport.Check(
                seed, Flows(seed), 2000, settings => new ModelTarget(settings, Enum.Parse<Fault>(fault)), patience: TimeSpan.FromSeconds(2),
                parkSlots: IsOfFullTable(fault) ? null : Slots(seed), full: IsOfFullTable(fault));
            if (report is not null)
            {
                output.WriteLine(report);
                return;
            }
        }

        Assert.Fail($"{fault} was not seen.");
    }

    [Fact]
    public void The_stream_is_shrunk_to_what_shows_the_fault()
    {
        string report = LockstepReport.Check(100, 8, 1000, settings => new ModelTarget(settings, Fault.AcceptsAnyAck), patience: TimeSpan.FromMinutes(10))!;
        Assert.Equal(2, report.Split('\n').Count(line => line.Contains("new ", StringComparison.Ordinal)));
        Assert.Contains("new SegmentStep { ", report, StringComparison.Ordinal);
    }

    /// <summary>The fault shows where the table gets full only.</summary>
    internal static bool IsOfFullTable(string fault) => fault.StartsWith("Full", StringComparison.Ordinal);

    /// <summary>Few slots get full; with many, frames and commands may meet.</summary>
    private static int Slots(int seed) => new[] { 0, 32, 4, 8, 32, 32 }[seed % 6];

    /// <summary>Every other seed plays with few connections, so that a table that holds but nine of one place has room.</summary>
    internal static int Flows(int seed) => seed % 2 == 0 ? World.Usual : 8;
}
