using Offload.Links;
using Offload.Programming;

namespace Offload.Boards;

/// <summary>An open board as its bus shows it: registers, a programmer, and the host port. What <see cref="OffloadBoard"/> stands on.</summary>
public abstract class BoardHardware : IAsyncDisposable
{
    /// <summary>Which board it is.</summary>
    public abstract BoardDescription Description { get; }

    /// <summary>Its registers. Every access fails with <see cref="OffloadError.NoBitstream"/> before a bitstream is loaded.</summary>
    public abstract RegisterLink Link { get; }

    /// <summary>What loads bitstreams into it.</summary>
    public abstract BoardProgrammer Programmer { get; }

    /// <summary>The kernel's interface behind the host port; null where no kernel is behind it, as in a bench.</summary>
    public abstract HostPort? HostPort { get; }

    /// <summary>Gives the board back to others.</summary>
    public abstract ValueTask DisposeAsync();
}
