using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>One burst of register accesses.</summary>
/// <param name="Address">Byte address of the first register.</param>
/// <param name="Destination">Where words that are read go; empty for a write.</param>
/// <param name="Source">Words that are written; empty for a read.</param>
internal readonly record struct LinkRequest(uint Address, Memory<uint> Destination, ReadOnlyMemory<uint> Source)
{
    /// <summary>Whether the core may have work afterwards. Reading has no side effect in any register.</summary>
    internal bool MakesWork => !Source.IsEmpty || Work is not null;

    /// <summary>What is done instead of a burst; null: the burst.</summary>
    internal Action<SimulatedCore>? Work { get; }

    /// <summary>Several accesses with nothing else in between.</summary>
    internal LinkRequest(Action<SimulatedCore> work)
        : this(0, default, default) => Work = work;

    /// <summary>Does it.</summary>
    /// <exception cref="OffloadException">The core refused (<see cref="OffloadError.LinkFault"/>).</exception>
    internal void Perform(SimulatedCore core)
    {
        if (Work is not null)
        {
            Work(core);
        }
        else if (!Source.IsEmpty)
        {
            core.Write(Address, Source.Span);
        }
        else
        {
            core.Read(Address, Destination.Span);
        }
    }
}
