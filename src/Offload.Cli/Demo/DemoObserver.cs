using Offload.VirtualBoard;
using Offload.VirtualBoard.Simulation;

namespace Offload.Cli.Demo;

/// <summary>Looks at the board's ports: for the capture, if one is wanted, and for the clocks of a handshake.</summary>
internal sealed class DemoObserver(FrameCapture? capture) : IFrameObserver
{
    /// <summary>What was measured at the net port.</summary>
    internal HandshakeClocks Clocks { get; } = new();

    /// <inheritdoc/>
    public void OnFrame(BoardPort port, bool fromBoard, ReadOnlySpan<byte> frame, ulong microseconds)
    {
        capture?.OnFrame(port, fromBoard, frame, microseconds);
        if (port == BoardPort.Net && !fromBoard)
        {
            Clocks.Entered(frame);
        }
    }

    /// <inheritdoc/>
    public void OnLeft(BoardPort port, ReadOnlySpan<byte> frame, FrameTimes left, FrameTimes lastEntered)
    {
        if (port == BoardPort.Net)
        {
            Clocks.Left(frame, left, lastEntered);
        }
    }
}
