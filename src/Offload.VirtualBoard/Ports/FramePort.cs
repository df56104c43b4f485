using System.Runtime.InteropServices;
using Offload.Boards;

namespace Offload.VirtualBoard.Ports;

/// <summary>
/// What hangs on one of the virtual board's ports: a TAP device, or, in a bench, whatever hands frames over. The board's own thread
/// calls <see cref="Read"/> and <see cref="Write"/>; neither may block.
/// </summary>
public abstract class FramePort : IDisposable
{
    /// <summary>Name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>A descriptor that poll() finds readable while <see cref="Read"/> has frames.</summary>
    public abstract SafeHandle Descriptor { get; }

    /// <summary>The kernel's interface behind the port, or null where there is none.</summary>
    public virtual HostPort? KernelInterface => null;

    /// <summary>Takes the next frame that goes into the board.</summary>
    /// <param name="buffer">Where to; longer frames are cut to it.</param>
    /// <returns>Its length in bytes; 0 where none waits.</returns>
    /// <exception cref="BoardGoneException">The port no longer exists.</exception>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Gives a frame that comes out of the board.</summary>
    /// <param name="frame">The frame, without FCS.</param>
    /// <returns>False where it was dropped, as on a cable that is not plugged in.</returns>
    /// <exception cref="BoardGoneException">The port no longer exists.</exception>
    public abstract bool Write(ReadOnlySpan<byte> frame);

    /// <summary>Closes the port.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the port.</summary>
    /// <param name="disposing">True where <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}
