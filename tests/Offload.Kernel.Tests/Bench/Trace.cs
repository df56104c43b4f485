using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Relay;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Simulation;

namespace Offload.Kernel.Tests.Bench;

/// <summary>What crossed the board's ports: TCP segments, with the head of each frame.</summary>
internal sealed class Trace : IFrameObserver
{
    // Ethernet, IPv6 and a TCP header with all its options: 14 + 40 + 60.
    private const int HeadLength = 114;
    private const int Capacity = 100_000;

    private readonly List<TracedFrame> _frames = [];
    private readonly Lock _lock = new();

    /// <summary>Whether frames to and from a guest of the cable are not noted.</summary>
    internal bool PassesOverGuests { get; set; }

    /// <inheritdoc/>
    public void OnFrame(BoardPort port, bool fromBoard, ReadOnlySpan<byte> frame, ulong microseconds)
    {
        if (PassesOverGuests && CableGuest.IsOurs(frame))
        {
            return;
        }

        if (!WireSegment.TryRead(frame, out WireSegment segment))
        {
            return;
        }

        lock (_lock)
        {
            if (_frames.Count < Capacity)
            {
                _frames.Add(new TracedFrame(port, fromBoard, segment, frame[..Math.Min(frame.Length, HeadLength)].ToArray(), microseconds));
            }
        }
    }

    /// <summary>Forgets what was seen.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _frames.Clear();
        }
    }

    /// <summary>Segments of a connection that entered at the net port: what the client's side sent.</summary>
    internal IReadOnlyList<TracedFrame> FromClient(ConnectionKey key) =>
        Where(frame => frame.Port == BoardPort.Net && !frame.FromBoard && frame.Segment.FromReceiver == key);

    /// <summary>Segments of a connection that left at the net port: what the engine or the host's kernel sent.</summary>
    internal IReadOnlyList<TracedFrame> ToClient(ConnectionKey key) =>
        Where(frame => frame.Port == BoardPort.Net && frame.FromBoard && frame.Segment.FromSender == key);

    /// <summary>Segments of a connection that the host's kernel got or sent.</summary>
    internal IReadOnlyList<TracedFrame> AtHost(ConnectionKey key) =>
        Where(frame => frame.Port == BoardPort.Host && (frame.FromBoard ? frame.Segment.FromReceiver : frame.Segment.FromSender) == key);

    /// <summary>The same as <see cref="ToClient"/> less what the host's kernel sent: each is judged by the independent checker.</summary>
    /// <exception cref="FrameFaultException">The engine sent what it may not.</exception>
    internal IReadOnlyList<SentSegment> FromEngine(ConnectionKey key)
    {
        List<WireSegment> passed = [.. AtHost(key).Where(frame => !frame.FromBoard).Select(frame => frame.Segment)];
        return [.. ToClient(key).Where(frame => !passed.Remove(frame.Segment)).Select(frame => FrameChecker.Check(frame.Head))];
    }

    private List<TracedFrame> Where(Func<TracedFrame, bool> condition)
    {
        lock (_lock)
        {
            return [.. _frames.Where(condition)];
        }
    }
}

/// <summary>A frame as it was seen.</summary>
/// <param name="Port">At which port.</param>
/// <param name="FromBoard">Whether it left the board.</param>
/// <param name="Segment">The TCP segment in it.</param>
/// <param name="Head">Its first bytes; a frame without data is there as a whole.</param>
/// <param name="Microseconds">The core's timebase.</param>
internal sealed record TracedFrame(BoardPort Port, bool FromBoard, WireSegment Segment, byte[] Head, ulong Microseconds);
