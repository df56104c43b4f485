using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Offload.VirtualBoard.Native;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>
/// Drives the core in real time. One thread moves frames and runs clocks, and sleeps in poll() while nothing is under way
/// (BoardDriver.Loop.cs). Register accesses take place on the caller's thread where the core is free, else on the board's.
/// </summary>
internal sealed partial class BoardDriver : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DriverPort _net;
    private readonly DriverPort _host;
    private readonly ILogger _logger;
    private readonly WakeEvent _wake = new();
    private readonly ConcurrentQueue<(LinkRequest Request, TaskCompletionSource Done)> _requests = new();

    // With a lock of their own, taken after the gate where both are: the gate of a board that has no rest is free for too short a time to get it.
    private readonly Lock _waitersGate = new();
    private readonly List<TaskCompletionSource> _interruptWaiters = [];
    private volatile bool _interrupt;
    private Thread? _thread;
    private SimulatedCore? _core;
    private long _started;
    private BoardGoneException? _failure;
    private volatile bool _closed;
    private volatile bool _stopping;
    private volatile bool _ended;

    internal BoardDriver(FramePort net, FramePort host, IFrameObserver? observer, ILogger logger)
    {
        _net = new DriverPort(BoardPort.Net, net, observer);
        _host = new DriverPort(BoardPort.Host, host, observer);
        _logger = logger;
    }

    /// <summary>Whether there is a core.</summary>
    internal bool IsLoaded => Volatile.Read(ref _core) is not null;

    /// <summary>What happened to frames so far.</summary>
    internal VirtualBoardStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new VirtualBoardStatistics(_net.Statistics, _host.Statistics, _core?.Clock ?? 0);
            }
        }
    }

    /// <summary>Time since the core was started.</summary>
    private ulong Microseconds => (ulong)Stopwatch.GetElapsedTime(_started).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Starts the board's thread.</summary>
    internal void Start(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "offload " + name };
        _thread.Start();
    }

    /// <summary>Puts a core in the place of the present one, which ends. Its time starts now.</summary>
    internal void Replace(SimulatedCore core)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            SimulatedCore? former = _core;
            _core = core;
            _interrupt = false;
            _started = Stopwatch.GetTimestamp();
            former?.Dispose();
        }

        _wake.Set();
    }

    /// <summary>Ends the core, as a part does that is being configured: the board has no registers until there is another.</summary>
    internal void Remove()
    {
        lock (_gate)
        {
            SimulatedCore? former = _core;
            _core = null;
            _interrupt = false;
            former?.Dispose();
        }

        _wake.Set();
    }

    /// <summary>Does a burst, at once where the core is free, else in turn on the board's thread.</summary>
    internal ValueTask AccessAsync(in LinkRequest request)
    {
        if (_gate.TryEnter())
        {
            try
            {
                Access(request);
            }
            finally
            {
                _gate.Exit();
            }

            if (request.MakesWork)
            {
                _wake.Set();
            }

            return ValueTask.CompletedTask;
        }

        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue((request, done));
        _wake.Set();
        if (_ended)
        {
            // The thread may not have seen it any more.
            lock (_gate)
            {
                ServeRequests();
            }
        }

        return new ValueTask(done.Task);
    }

    /// <summary>Waits until the interrupt line is high; returns at once while it is.</summary>
    internal async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waitersGate)
        {
            _ = Usable();
            if (_interrupt)
            {
                return;
            }

            _interruptWaiters.Add(waiter);
        }

        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        await using (registration.ConfigureAwait(false))
        {
            try
            {
                await waiter.Task.ConfigureAwait(false);
            }
            finally
            {
                lock (_waitersGate)
                {
                    _interruptWaiters.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Throws where the board is closed or gone.</summary>
    internal void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(VirtualBoardHardware));
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new BoardGoneException(failure.Message, failure);
        }
    }

    /// <summary>Stops the thread and ends the core.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread?.Join();
        lock (_gate)
        {
            _closed = true;
            _core?.Dispose();
            _core = null;
            ServeRequests();
            EndWaiters(new ObjectDisposedException(nameof(VirtualBoardHardware)));
        }

        _wake.Dispose();
    }

    // What follows is called with the gate held.

    private SimulatedCore Usable()
    {
        ThrowIfUnusable();
        return _core ?? throw new OffloadException(
            OffloadError.NoBitstream, "no bitstream loaded; load one with `offload load FILE`");
    }

    private void Access(in LinkRequest request)
    {
        SimulatedCore core = Usable();
        core.SetTime(Microseconds);
        request.Perform(core);
        LookAtInterrupt(core);
    }

    private void ServeRequests()
    {
        while (_requests.TryDequeue(out (LinkRequest Request, TaskCompletionSource Done) next))
        {
            try
            {
                Access(next.Request);
                next.Done.SetResult();
            }
            catch (Exception exception)
            {
                next.Done.SetException(exception);
            }
        }
    }

    private void LookAtInterrupt(SimulatedCore core)
    {
        // First the level, then who waits for it: who comes later sees it.
        _interrupt = core.Interrupt;
        if (_interrupt)
        {
            lock (_waitersGate)
            {
                foreach (TaskCompletionSource waiter in _interruptWaiters)
                {
                    waiter.TrySetResult();
                }
            }
        }
    }

    private void EndWaiters(Exception exception)
    {
        lock (_waitersGate)
        {
            foreach (TaskCompletionSource waiter in _interruptWaiters)
            {
                waiter.TrySetException(exception);
            }
        }
    }
}
