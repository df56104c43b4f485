using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Harness;

/// <summary>Where an event of the pipeline comes from, numbered as the register sources number it.</summary>
internal enum EventKind
{
    Net,
    Host,
    Timer,
    Command,
    TableRead,
    Flush,
    Evict,
    Drained,
}

/// <summary>An event that left the pipeline.</summary>
/// <param name="Kind">Where it came from.</param>
/// <param name="Flow">The connection whose entry it found; null where it found none.</param>
/// <param name="Again">A RELEASE has to drain once more.</param>
/// <param name="Parked">The frame has a slot now.</param>
/// <param name="Freed">The entry is free now.</param>
/// <param name="RcvNxt">RCV.NXT of the entry afterwards.</param>
internal sealed record Happening(EventKind Kind, Flow? Flow, bool Again = false, bool Parked = false, bool Freed = false, uint RcvNxt = 0);
