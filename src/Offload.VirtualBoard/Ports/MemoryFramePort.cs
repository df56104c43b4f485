using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Offload.VirtualBoard.Native;

namespace Offload.VirtualBoard.Ports;

/// <summary>A port without a kernel: a program gives and takes the frames. Thread-safe.</summary>
public sealed class MemoryFramePort : FramePort
{
    private readonly ConcurrentQueue<byte[]> _inward = new();
    private readonly Channel<byte[]> _outward;
    private readonly WakeEvent _wake = new();

    /// <summary>Makes a port.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="capacity">Frames from the board that wait to be taken; more are dropped, as at a cable that is not plugged in at 0.</param>
    public MemoryFramePort(string name, int capacity = 65536)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Name = name;
        Capacity = capacity;
        _outward = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleWriter = true });
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Frames from the board that wait to be taken, at most.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public override SafeHandle Descriptor => _wake.Descriptor;

    /// <summary>Sends a frame into the board.</summary>
    /// <param name="frame">The frame, without FCS; it is copied.</param>
    public void Send(ReadOnlySpan<byte> frame)
    {
        _inward.Enqueue(frame.ToArray());
        _wake.Set();
    }

    /// <summary>Takes the oldest frame that came out of the board.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>False where none waits.</returns>
    public bool TryReceive([NotNullWhen(true)] out byte[]? frame) => _outward.Reader.TryRead(out frame);

    /// <summary>Waits for the oldest frame that came, or will come, out of the board.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChannelClosedException">The board was closed.</exception>
    public ValueTask<byte[]> ReceiveAsync(CancellationToken cancellationToken = default) => _outward.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (!_inward.TryDequeue(out byte[]? frame))
        {
            // Cleared before the last look, so that a frame that comes in between wakes the board again.
            _wake.Clear();
            if (!_inward.TryDequeue(out frame))
            {
                return 0;
            }
        }

        int length = Math.Min(frame.Length, buffer.Length);
        frame.AsSpan(0, length).CopyTo(buffer);
        return length;
    }

    /// <inheritdoc/>
    public override bool Write(ReadOnlySpan<byte> frame) =>
        _outward.Reader.Count < Capacity && _outward.Writer.TryWrite(frame.ToArray());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _outward.Writer.TryComplete();
        _wake.Dispose();
    }
}
