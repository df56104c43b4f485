using Offload.Registers;

namespace Offload.Counters;

/// <summary>All counters of the core, taken at one instant, 64 bits each. They count from the core's reset.</summary>
public sealed class CounterSnapshot
{
    private readonly ulong[] _values;

    internal CounterSnapshot(ulong[] values) => _values = values;

    /// <summary>How many counters there are.</summary>
    public int Count => _values.Length;

    /// <summary>One counter.</summary>
    /// <param name="counter">Which one.</param>
    public ulong this[CounterId counter] => _values[(int)counter];

    /// <summary>All of them, in the order of <see cref="CounterId"/>.</summary>
    public ReadOnlySpan<ulong> Values => _values;
}
