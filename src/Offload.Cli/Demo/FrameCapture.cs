using Offload.VirtualBoard;
using Offload.VirtualBoard.Simulation;

namespace Offload.Cli.Demo;

/// <summary>Writes every frame that crosses a port of the board into a capture, an interface a port.</summary>
internal sealed class FrameCapture : IDisposable
{
    private readonly PcapngWriter _writer;
    private ulong _nanosecondsAtReset;

    /// <summary>Starts a capture file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal FrameCapture(string path)
    {
        // A large buffer: the board's own thread writes, and is not to wait for the disk.
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 22);
        _writer = new PcapngWriter(stream, "net port", "host port");
    }

    /// <summary>Frames so far.</summary>
    internal long Frames => _writer.Frames;

    /// <summary>A frame crosses a port; see <see cref="IFrameObserver.OnFrame"/>.</summary>
    internal void OnFrame(BoardPort port, bool fromBoard, ReadOnlySpan<byte> frame, ulong microseconds)
    {
        // The first frame ties the board's time to the calendar.
        if (_nanosecondsAtReset == 0)
        {
            var now = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
            _nanosecondsAtReset = now - (microseconds * 1000);
        }

        _writer.Frame((int)port, _nanosecondsAtReset + (microseconds * 1000), frame, outgoing: fromBoard);
    }

    public void Dispose() => _writer.Dispose();
}
