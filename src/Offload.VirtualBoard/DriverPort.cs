using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>Moves frames between one port and the core, on the board's thread.</summary>
internal sealed class DriverPort
{
    /// <summary>
    /// Frames that are moved before the core runs, at most. They enter without a gap, a frame every clock or two, as no line has them; so they are fewer than
    /// the core's queue holds (a port's 64, less a reserve of 24): beside a sweep and the other port's frames some would be dropped there, and at a TAP device they can wait.
    /// </summary>
    private const int Batch = 32;

    private readonly BoardPort _id;
    private readonly FramePort _port;
    private readonly IFrameObserver? _observer;

    // One byte more than a frame may have, so that longer ones show.
    private readonly byte[] _inward = new byte[SimulatedCore.MaxFrameLength + 1];
    private readonly byte[] _outward = new byte[SimulatedCore.MaxFrameLength];
    private int _waiting;
    private ulong _entered;
    private ulong _left;
    private ulong _droppedUnloaded;
    private ulong _droppedLength;
    private ulong _droppedOutside;

    internal DriverPort(BoardPort id, FramePort port, IFrameObserver? observer)
    {
        _id = id;
        _port = port;
        _observer = observer;
    }

    internal FramePort Port => _port;

    /// <summary>May be read from any thread; each number is right by itself.</summary>
    internal VirtualPortStatistics Statistics => new(
        Volatile.Read(ref _entered),
        Volatile.Read(ref _left),
        Volatile.Read(ref _droppedUnloaded),
        Volatile.Read(ref _droppedLength),
        Volatile.Read(ref _droppedOutside));

    /// <summary>Gives waiting frames to the core.</summary>
    /// <returns>True where more may wait.</returns>
    internal bool TakeIn(SimulatedCore core, ulong microseconds)
    {
        for (int i = 0; i < Batch; i++)
        {
            if (_waiting == 0 && (_waiting = _port.Read(_inward)) == 0)
            {
                return false;
            }

            if (_waiting > SimulatedCore.MaxFrameLength)
            {
                _droppedLength++;
                _waiting = 0;
                continue;
            }

            ReadOnlySpan<byte> frame = _inward.AsSpan(0, _waiting);
            if (!core.Send(_id, frame))
            {
                return true;
            }

            _entered++;
            _observer?.OnFrame(_id, fromBoard: false, frame, microseconds);
            _waiting = 0;
        }

        return true;
    }

    /// <summary>Throws waiting frames away: there is no core.</summary>
    internal void Discard()
    {
        _droppedUnloaded += _waiting == 0 ? 0u : 1u;
        _waiting = 0;
        while (_port.Read(_inward) != 0)
        {
            _droppedUnloaded++;
        }
    }

    /// <summary>Gives what left the core to the port.</summary>
    /// <returns>Whether any frame had left.</returns>
    internal bool GiveOut(SimulatedCore core, ulong microseconds)
    {
        bool any = false;
        for (int length; (length = core.Receive(_id, _outward, out FrameTimes times)) != 0; any = true)
        {
            ReadOnlySpan<byte> frame = _outward.AsSpan(0, length);
            _observer?.OnFrame(_id, fromBoard: true, frame, microseconds);
            _observer?.OnLeft(_id, frame, times, core.LastReceived(_id));
            if (_port.Write(frame))
            {
                _left++;
            }
            else
            {
                _droppedOutside++;
            }
        }

        return any;
    }
}
