using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Boards;
using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>SYNs of random tuples, IPv4, as Linux sends them, so many a second: those that nobody takes in time are never sent.</summary>
/// <param name="destinationMac">Whom they are for.</param>
/// <param name="perSecond">How many a second.</param>
internal sealed class PacedFlood(ulong destinationMac, double perSecond)
{
    /// <summary>SYNs that may be late: a hundredth of a second.</summary>
    private readonly double _most = perSecond / 100;

    private readonly TupleFrames _frames = Net.FloodFrames(destinationMac);

    private readonly long _began = Stopwatch.GetTimestamp();
    private double _behind;
    private long _sent;

    /// <summary>SYNs that were taken.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>The next SYN, until the one after it is asked for; null where none is due.</summary>
    public byte[]? Next()
    {
        double late = (Stopwatch.GetElapsedTime(_began).TotalSeconds * perSecond) - _behind - _sent;
        if (late < 1)
        {
            return null;
        }

        _behind += Math.Max(0, late - _most);
        Volatile.Write(ref _sent, _sent + 1);
        return _frames.Syn(_frames.Next());
    }

    /// <summary>Whether a frame is none of the answers.</summary>
    public static bool IsForOthers(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64BigEndian(frame) >> 16 != Net.FloodMac;
}

/// <summary>
/// The board's port to the clients' kernel, at which a flood comes in as well. Clients' frames come first, and only a few SYNs at a time follow them: a board of
/// silicon has room for all, and they are not to wait behind the simulation of others.
/// </summary>
internal sealed class FloodedPort(TapPort clients) : FramePort
{
    private const int AtATime = 8;

    private readonly SafeFileHandle _readable = Kernel.Readable();
    private volatile PacedFlood? _flood;
    private int _given;

    /// <summary>The flood; null: none yet.</summary>
    public PacedFlood? Flood
    {
        get => _flood;
        set => _flood = value;
    }

    /// <inheritdoc/>
    public override string Name => clients.Name;

    /// <inheritdoc/>
    public override SafeHandle Descriptor => _readable;

    /// <inheritdoc/>
    public override HostPort? KernelInterface => clients.KernelInterface;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int length = clients.Read(buffer);
        if (length > 0 || _given == AtATime || _flood?.Next() is not { } syn)
        {
            _given = length > 0 ? _given : 0;
            return length;
        }

        _given++;
        syn.CopyTo(buffer);
        return syn.Length;
    }

    /// <inheritdoc/>
    public override bool Write(ReadOnlySpan<byte> frame) => !PacedFlood.IsForOthers(frame) || clients.Write(frame);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        clients.Dispose();
        _readable.Dispose();
    }
}
