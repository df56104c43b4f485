using Microsoft.Extensions.Logging;
using Offload.Programming;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>How a virtual board is set up. A port without TAP and without <see cref="FramePort"/> has nothing plugged in.</summary>
public sealed class VirtualBoardOptions
{
    /// <summary>Stable id of the board. Default: <c>virtual</c>.</summary>
    public string Id { get; set; } = VirtualBoardProvider.Kind;

    /// <summary>Name of the TAP device at the net port, 1 to 15 characters; null: none.</summary>
    public string? NetTap { get; set; }

    /// <summary>Name of the TAP device at the host port, 1 to 15 characters; null: none.</summary>
    public string? HostTap { get; set; }

    /// <summary>Network namespace of the net port's TAP device: a name as <c>ip netns</c> has it, or a path; null: this process's own.</summary>
    public string? NetNamespace { get; set; }

    /// <summary>Network namespace of the host port's TAP device: a name as <c>ip netns</c> has it, or a path; null: this process's own.</summary>
    public string? HostNamespace { get; set; }

    /// <summary>Whether TAP devices are set up (IFF_UP) when they are made. Default: true.</summary>
    public bool BringUp { get; set; } = true;

    /// <summary>Frames that the kernel keeps for the board at each TAP device before it drops new ones.</summary>
    public int TapQueueLength { get; set; } = TapPort.DefaultQueueLength;

    /// <summary>What hangs on the net port instead of a TAP device. Used by one opening, which also disposes it.</summary>
    public FramePort? NetPort { get; set; }

    /// <summary>What hangs on the host port instead of a TAP device. Used by one opening, which also disposes it.</summary>
    public FramePort? HostPort { get; set; }

    /// <summary>Which bitstreams may run; null: what this machine's configuration says (<see cref="BitstreamTrust.FromConfiguration"/>).</summary>
    public BitstreamTrust? Trust { get; set; }

    /// <summary>Told of every frame that crosses a port, for captures; null: nobody.</summary>
    public IFrameObserver? Observer { get; set; }

    /// <summary>Where logs go; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }
}

/// <summary>Sees every frame that crosses a port of a virtual board, on the board's own thread: it must be quick and must not throw.</summary>
public interface IFrameObserver
{
    /// <summary>A frame crossed a port.</summary>
    /// <param name="port">Which port.</param>
    /// <param name="fromBoard">True: it left the board. False: it entered.</param>
    /// <param name="frame">The frame, without FCS; valid during the call.</param>
    /// <param name="microseconds">The core's timebase.</param>
    void OnFrame(BoardPort port, bool fromBoard, ReadOnlySpan<byte> frame, ulong microseconds);

    /// <summary>When a frame left the core, in its clocks; follows the frame's <see cref="OnFrame"/>. Does nothing unless it is overridden.</summary>
    /// <param name="port">Which port.</param>
    /// <param name="frame">The frame, without FCS; valid during the call.</param>
    /// <param name="left">When it left the core.</param>
    /// <param name="lastEntered">When the frame that has last entered the core completely at this port did so.</param>
    void OnLeft(BoardPort port, ReadOnlySpan<byte> frame, FrameTimes left, FrameTimes lastEntered)
    {
    }
}
