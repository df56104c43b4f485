using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>What all measurements share: what was asked for, the cores that were built, and the place for progress.</summary>
internal sealed class Bench(BenchArguments arguments, TextWriter progress)
{
    private readonly Dictionary<CoreVariant, NativeCore> _cores = [];

    /// <summary>What the command line asks for.</summary>
    public BenchArguments Arguments => arguments;

    /// <summary>Tells what takes long.</summary>
    public void Say(string text) => progress.WriteLine("benchmarks: " + text);

    /// <summary>A core, built if need be.</summary>
    public NativeCore Core(CoreVariant variant)
    {
        if (!_cores.TryGetValue(variant, out NativeCore? core))
        {
            core = new NativeCore(Ensure(variant));
            _cores.Add(variant, core);
        }

        return core;
    }

    /// <summary>Path of a core's library, built if need be.</summary>
    public string Ensure(CoreVariant variant)
    {
        string library = Path.Combine(variant.Folder, "liboffload_sim.so");
        if (arguments.Build)
        {
            variant.Build(Say);
        }
        else if (!File.Exists(library))
        {
            throw new FileNotFoundException($"{library} is missing; leave out --no-build");
        }

        return library;
    }

    /// <summary>Ends a run whose figures would mean nothing.</summary>
    public static void Require(bool condition, string failure)
    {
        if (!condition)
        {
            throw new InvalidOperationException(failure + ": the figures would mean nothing");
        }
    }
}
