using System.Globalization;
using Offload.Engine.Tests.Model;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>
/// The Verilated core and the model, event by event: 300,000 random ones, ten million with OFFLOAD_TEST_FULL=1. OFFLOAD_LOCKSTEP_SEED, an even number,
/// is added to every seed: other streams than those that each run sees.
/// </summary>
[Trait("Rule", "P1-P11, A1-A7, C1, C2, F1-F10, F12, S1-S5, O1-O8, I1-I3, K1, K3, K4")]
public sealed class LockstepTests(ITestOutputHelper output)
{
    private const int Steps = 2000;

    public static TheoryData<int> Seeds() => SeedsFrom(1);

    /// <summary>Every other seed, from the first on: two halves run beside each other.</summary>
    internal static TheoryData<int> SeedsFrom(int first)
    {
        int count = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 5000 : 150;
        return [.. Enumerable.Range(0, count / 2).Select(i => first + MoreSeeds + (2 * i))];
    }

    internal static int MoreSeeds => int.Parse(Environment.GetEnvironmentVariable("OFFLOAD_LOCKSTEP_SEED") ?? "0", CultureInfo.InvariantCulture);

    internal static void Agree(int seed, BuiltCore? core = null)
    {
        string? report = LockstepReport.Check(seed, LockstepSelfTests.Flows(seed / 2), Steps, settings => new CoreTarget(settings, readAnswersEvery: 16, core));
        Assert.True(report is null, report);
    }

    internal static void AgreeWhereFull(int seed)
    {
        string? report = LockstepReport.Check(seed, 0, Steps, settings => new CoreTarget(settings, readAnswersEvery: 16), full: true);
        Assert.True(report is null, report);
    }

    public static TheoryData<string> Faults() => LockstepSelfTests.Faults();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Core_and_model_agree(int seed) => Agree(seed);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wrong_model_is_told_from_the_core(string fault)
    {
        Fault wrong = Enum.Parse<Fault>(fault);
        for (int seed = 100; seed < 120; seed++)
        {
            // Two models part where the fault shows; there, and only there, the core is asked. Where it hangs on the order in which things meet, which
            // is the engine's own, the core may not come across it, and the next seed is tried.
            int flows = LockstepSelfTests.Flows(seed);
            bool full = LockstepSelfTests.IsOfFullTable(fault);
            if (LockstepReport.Check(seed, flows, 2000, settings => new ModelTarget(settings, wrong), patience: TimeSpan.Zero, full: full) is null)
            {
                continue;
            }

            string? report = LockstepReport.Check(seed, flows, 2000, settings => new CoreTarget(settings), wrong, TimeSpan.Zero, full: full);
            if (report is null)
            {
                continue;
            }

            // The core agrees with the right model on the same steps, or the difference would say nothing.
            output.WriteLine(report);
            Assert.Null(LockstepReport.Check(seed, flows, 2000, settings => new CoreTarget(settings), full: full));
            return;
        }

        Assert.Fail($"{fault} was not seen.");
    }
}

/// <summary>The other half of the seeds.</summary>
[Trait("Rule", "P1-P11, A1-A7, C1, C2, F1-F10, F12, S1-S5, O1-O8, I1-I3, K1, K3, K4")]
public sealed class LockstepOtherHalf
{
    public static TheoryData<int> Seeds() => LockstepTests.SeedsFrom(2);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Core_and_model_agree(int seed) => LockstepTests.Agree(seed);
}

/// <summary>
/// The same with a table of 64 entries, the fewest that the core allows, which fills up and stays nearly full: 40,000 events, a million with
/// OFFLOAD_TEST_FULL=1. Near the end of the table each frame waits for the one before; how early room is made is the engine's choice, by whom is not.
/// </summary>
[Trait("Rule", "K2")]
public sealed class LockstepFullTable
{
    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1 + LockstepTests.MoreSeeds, Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 500 : 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Core_and_model_agree(int seed) => LockstepTests.AgreeWhereFull(seed);
}

/// <summary>The core of boards with gigabit ports: 40,000 events, a million with OFFLOAD_TEST_FULL=1.</summary>
[Trait("Rule", "P1-P11, A1-A7, C1, C2, F1-F10, F12, S1-S5, O1-O8, I1-I3, K1, K3, K4")]
public sealed class LockstepGigabit
{
    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1 + LockstepTests.MoreSeeds, Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 500 : 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Core_and_model_agree(int seed) => LockstepTests.Agree(seed, BuiltCore.Gigabit);
}
