using System.Globalization;

namespace Offload.Kernel.Tests.Bench;

/// <summary>What chance makes in a test. A long run (<c>OFFLOAD_TEST_FULL=1</c>) has another each time; what is run with every change always has the same,
/// so that it fails for what was changed. <c>OFFLOAD_TEST_SEED</c> replays one.</summary>
internal static class TestSeed
{
    private const ulong OfShortRuns = 20_261_121;

    internal static ulong Get() => Environment.GetEnvironmentVariable("OFFLOAD_TEST_SEED") is { Length: > 0 } text
        ? ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? (ulong)Random.Shared.NextInt64() : OfShortRuns;
}
