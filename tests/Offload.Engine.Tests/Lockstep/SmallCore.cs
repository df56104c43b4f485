using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Hdl;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>The virtual board's core with a small table, which a stream can fill; built when it is first asked for.</summary>
internal static class SmallCore
{
    /// <summary>Its entries: the fewest that the core's parameters allow.</summary>
    public const int Capacity = 64;

    private static readonly Lazy<NativeCore> Lazy = new(() => new NativeCore(Environment.GetEnvironmentVariable("OFFLOAD_SIM_LIBRARY_SMALL") ?? Build()));

    public static NativeCore Native => Lazy.Value;

    private static string Build()
    {
        string output = Path.Combine(Repository.Root, "artifacts", "small");
        string[] arguments = ["firmware-tools/build-virtual-board.sh", "--library-only", "--output", output, "--set", $"CONNECTIONS={Capacity}"];
        (int exitCode, string said) = Task.Run(() => Tool.RunAsync("bash", arguments, TimeSpan.FromMinutes(10))).GetAwaiter().GetResult();
        return exitCode == 0 ? Path.Combine(output, "liboffload_sim.so") : throw new InvalidOperationException(said);
    }
}
