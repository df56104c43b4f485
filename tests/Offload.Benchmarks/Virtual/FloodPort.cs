using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Engine.Tests.Frames;
using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>SYNs of random tuples, IPv4, as Linux sends them, as many at a time as the other end answers.</summary>
internal sealed class Flood(ulong destinationMac)
{
    /// <summary>SYNs on their way, at most.</summary>
    private const int Window = 1024;

    private readonly TupleFrames _frames = Net.FloodFrames(destinationMac);

    private long _sent, _answered, _behind, _moved = Stopwatch.GetTimestamp();

    /// <summary>SYN,ACKs that came back.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>The next SYN; null where enough are on their way.</summary>
    public byte[]? Next()
    {
        if (_sent - _answered - _behind >= Window)
        {
            // What was not answered for so long never will be.
            if (Stopwatch.GetElapsedTime(_moved).TotalMilliseconds < 20)
            {
                return null;
            }

            _behind = _sent - _answered;
            _moved = Stopwatch.GetTimestamp();
        }

        _sent++;
        return _frames.Syn(_frames.Next());
    }

    /// <summary>A frame that came back.</summary>
    public void Take(ReadOnlySpan<byte> frame)
    {
        if (frame.Length >= 54 && frame[12] == 8 && frame[13] == 0 && frame[23] == 6 && frame[47] == (byte)(TcpFlags.Syn | TcpFlags.Ack))
        {
            Volatile.Write(ref _answered, _answered + 1);
            _moved = Stopwatch.GetTimestamp();
        }
    }
}

/// <summary>A flood at a port of the virtual board.</summary>
internal sealed class FloodPort : FramePort
{
    private readonly SafeFileHandle _readable = Kernel.Readable();
    private volatile Flood? _flood;

    /// <summary>The flood; null: none yet.</summary>
    public Flood? Flood
    {
        get => _flood;
        set => _flood = value;
    }

    /// <inheritdoc/>
    public override string Name => "flood";

    /// <inheritdoc/>
    public override SafeHandle Descriptor => _readable;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        byte[]? frame = _flood?.Next();
        frame?.CopyTo(buffer);
        return frame?.Length ?? 0;
    }

    /// <inheritdoc/>
    public override bool Write(ReadOnlySpan<byte> frame)
    {
        _flood?.Take(frame);
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _readable.Dispose();
}
