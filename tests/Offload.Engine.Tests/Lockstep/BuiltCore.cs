using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Hdl;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>The virtual board's core with other parameters; built when it is first asked for.</summary>
/// <param name="name">Of its folder below artifacts; OFFLOAD_SIM_LIBRARY_NAME names a library to use instead.</param>
/// <param name="parameters">NAME=VALUE, each.</param>
internal sealed class BuiltCore(string name, params string[] parameters)
{
    /// <summary>Entries of <see cref="Small"/>: the fewest that the core's parameters allow.</summary>
    public const int SmallCapacity = 64;

    private NativeCore? _native;

    /// <summary>A small table, which a stream can fill.</summary>
    public static BuiltCore Small { get; } = new("small", $"CONNECTIONS={SmallCapacity}");

    /// <summary>As boards with gigabit ports have it: words for beats, and one event in the pipeline at a time.</summary>
    public static BuiltCore Gigabit { get; } = new("gigabit", "DATA_WIDTH=64", "FRAME_CLOCKS=66");

    public NativeCore Native
    {
        get
        {
            lock (this)
            {
                return _native ??= new NativeCore(Environment.GetEnvironmentVariable("OFFLOAD_SIM_LIBRARY_" + name.ToUpperInvariant()) ?? Build());
            }
        }
    }

    private string Build()
    {
        string output = Path.Combine(Repository.Root, "artifacts", name);
        string[] arguments = ["firmware-tools/build-virtual-board.sh", "--library-only", "--output", output, .. parameters.SelectMany(value => new[] { "--set", value })];
        (int exitCode, string said) = Task.Run(() => Tool.RunAsync("bash", arguments, TimeSpan.FromMinutes(10))).GetAwaiter().GetResult();
        return exitCode == 0 ? Path.Combine(output, "liboffload_sim.so") : throw new InvalidOperationException(said);
    }
}
