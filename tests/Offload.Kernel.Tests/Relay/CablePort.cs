using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Boards;
using Offload.Kernel.Tests.Bench;
using Offload.VirtualBoard.Ports;

namespace Offload.Kernel.Tests.Relay;

/// <summary>
/// A cable between a port and the board on which frames can be lost, doubled, delayed and overtaken. Without an <see cref="Impairment"/> it is the
/// port itself. It has no thread: it works when the board reads or writes, and a timer behind its descriptor wakes the board when a frame is due.
/// </summary>
internal sealed unsafe class CablePort : FramePort
{
    private readonly FramePort _port;
    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _timer;
    private readonly PriorityQueue<byte[], (long Due, long Order)> _toBoard = new();
    private readonly PriorityQueue<byte[], (long Due, long Order)> _toClient = new();
    private readonly List<TimeSpan> _deliveries = [];
    private readonly List<(RelayDirection Direction, byte[] Frame)> _kept = [];
    private volatile int _keptCount;
    private TaskCompletionSource? _releasing;
    private volatile Impairment? _impairment;
    private volatile CableGuest? _guest;
    private long _order;
    private long _armed;

    /// <summary>Lays a cable to a port, which it owns from then on.</summary>
    internal CablePort(FramePort port)
    {
        _port = port;
        _epoll = Checked(KernelCalls.EpollCreate(KernelCalls.EpollCloseOnExec));
        _timer = Checked(KernelCalls.TimerCreate(KernelCalls.MonotonicClock, KernelCalls.CloseOnExec | KernelCalls.NonBlocking));
        KernelCalls.EpollEvent readable = new() { Events = KernelCalls.EpollIn };
        if (KernelCalls.EpollControl(_epoll, KernelCalls.EpollAdd, port.Descriptor, &readable) != 0
            || KernelCalls.EpollControl(_epoll, KernelCalls.EpollAdd, _timer, &readable) != 0)
        {
            throw Failed();
        }
    }

    /// <summary>What happens to frames; null: nothing. May be changed from any thread. Frames that are held back arrive all the same.</summary>
    internal Impairment? Impairment
    {
        get => _impairment;
        set => _impairment = value;
    }

    /// <summary>Frames that are kept until <see cref="ReleaseAsync"/>, because their delay is <see cref="Impairment.UntilReleased"/>.</summary>
    internal int Kept => _keptCount;

    /// <summary>Lets all kept frames arrive, in the order in which they came, before anything that comes later.</summary>
    internal Task ReleaseAsync()
    {
        TaskCompletionSource releasing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _releasing, releasing, null) is not null)
        {
            throw new InvalidOperationException("frames are being released already");
        }

        Wake();
        return releasing.Task;
    }

    /// <summary>Who else sends and receives at this end of the cable; null: nobody. May be changed from any thread.</summary>
    internal CableGuest? Guest
    {
        get => _guest;
        set
        {
            _guest = value;
            Wake();
        }
    }

    /// <inheritdoc/>
    public override string Name => _port.Name;

    /// <inheritdoc/>
    public override SafeHandle Descriptor => _epoll;

    /// <inheritdoc/>
    public override HostPort? KernelInterface => _port.KernelInterface;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            ReleaseKept();
            ReleaseToClient();
            if (Due(_toBoard))
            {
                byte[] frame = _toBoard.Dequeue();
                frame.CopyTo(buffer);
                return frame.Length;
            }

            int length = _port.Read(buffer);
            if (length == 0)
            {
                Arm();
                if (Volatile.Read(ref _releasing) is not null)
                {
                    // It was asked for after the look at the head, and the timer may have been stopped since.
                    continue;
                }

                // The guest's frames fill up what the port leaves of the board's time.
                return _guest?.Next(buffer) ?? 0;
            }

            if (_impairment is not { } impairment)
            {
                return length;
            }

            Hold(_toBoard, RelayDirection.ToBoard, buffer[..length], impairment);
        }
    }

    /// <inheritdoc/>
    public override bool Write(ReadOnlySpan<byte> frame)
    {
        if (_guest is { } guest && guest.Take(frame))
        {
            return true;
        }

        if (_impairment is not { } impairment)
        {
            return _port.Write(frame);
        }

        // To the board, what is lost on the cable has been sent.
        Hold(_toClient, RelayDirection.ToClient, frame, impairment);
        ReleaseToClient();
        Arm();
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _epoll.Dispose();
        _timer.Dispose();
        _port.Dispose();
    }

    private static bool Due(PriorityQueue<byte[], (long Due, long Order)> held) =>
        held.TryPeek(out _, out (long Due, long Order) first) && first.Due <= Stopwatch.GetTimestamp();

    private void Hold(PriorityQueue<byte[], (long Due, long Order)> held, RelayDirection direction, ReadOnlySpan<byte> frame, Impairment impairment)
    {
        _deliveries.Clear();
        impairment.Judge(direction, frame, _deliveries);
        long now = Stopwatch.GetTimestamp();
        foreach (TimeSpan delay in _deliveries)
        {
            if (delay == Impairment.UntilReleased)
            {
                _kept.Add((direction, frame.ToArray()));
                _keptCount = _kept.Count;
                continue;
            }

            held.Enqueue(frame.ToArray(), (now + (long)(delay.TotalSeconds * Stopwatch.Frequency), _order++));
        }
    }

    private void ReleaseKept()
    {
        if (Interlocked.Exchange(ref _releasing, null) is not { } releasing)
        {
            return;
        }

        foreach ((RelayDirection direction, byte[] frame) in _kept)
        {
            // Due since ever, so that nothing overtakes them.
            (direction == RelayDirection.ToBoard ? _toBoard : _toClient).Enqueue(frame, (0, _order++));
        }

        _kept.Clear();
        _keptCount = 0;
        ReleaseToClient();
        releasing.SetResult();
    }

    private void ReleaseToClient()
    {
        while (Due(_toClient))
        {
            _port.Write(_toClient.Dequeue());
        }
    }

    /// <summary>Sets the timer to the moment at which the next held frame is due, or stops it.</summary>
    private void Arm()
    {
        long due = long.MaxValue;
        if (_toBoard.TryPeek(out _, out (long Due, long Order) first))
        {
            due = first.Due;
        }

        if (_toClient.TryPeek(out _, out first))
        {
            due = Math.Min(due, first.Due);
        }

        if (due == long.MaxValue && _armed == 0)
        {
            return;
        }

        _armed = due == long.MaxValue ? 0 : due;
        long nanoseconds = _armed == 0
            ? 0
            : Math.Max(1, (long)((due - Stopwatch.GetTimestamp()) * (1e9 / Stopwatch.Frequency)));
        // Setting it also takes back what has expired.
        SetTimer(nanoseconds);
    }

    /// <summary>The board may be asleep.</summary>
    private void Wake()
    {
        Volatile.Write(ref _armed, 1);
        SetTimer(1);
    }

    private void SetTimer(long nanoseconds)
    {
        KernelCalls.TimerSpecification specification = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        if (KernelCalls.TimerSet(_timer, 0, &specification, null) != 0)
        {
            throw Failed();
        }
    }

    private static SafeFileHandle Checked(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed();

    private static IOException Failed() => new($"the relay: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
