using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Pcie;

/// <summary>Waits for the function's MSI, an eventfd, and for the kernel to ask for the device back. Thread-safe.</summary>
/// <remarks>The eventfd counts while nobody waits, so a storm of interrupts costs this process nothing by itself.</remarks>
internal sealed unsafe class PcieInterrupts : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SafeFileHandle _message;
    private readonly SafeFileHandle _wantedBack;
    private readonly SafeFileHandle _wake = Libc.NewEvent();
    private readonly Thread _thread;
    private TaskCompletionSource? _waiter;
    private OffloadException? _gone;
    private volatile bool _stopping;

    /// <summary>Starts to wait.</summary>
    /// <param name="message">Signalled by each MSI. Stays the caller's.</param>
    /// <param name="wantedBack">Signalled when the device is to be taken away. Stays the caller's.</param>
    internal PcieInterrupts(SafeFileHandle message, SafeFileHandle wantedBack)
    {
        _message = message;
        _wantedBack = wantedBack;
        _thread = new Thread(Run) { IsBackground = true, Name = "Offload PCIe interrupts" };
        _thread.Start();
    }

    /// <summary>Set once the kernel has asked for the device back.</summary>
    internal OffloadException? Gone
    {
        get
        {
            lock (_lock)
            {
                return _gone;
            }
        }
    }

    /// <summary>Done by the next interrupt, or by one that nobody has waited for.</summary>
    internal Task NextAsync()
    {
        Task next;
        lock (_lock)
        {
            if (_gone is not null)
            {
                return Task.FromException(_gone);
            }

            next = (_waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        Libc.Signal(_wake);
        return next;
    }

    public void Dispose()
    {
        _stopping = true;
        Libc.Signal(_wake);
        _thread.Join();
        End(new BoardGoneException("the board was closed; open it again"));
        _wake.Dispose();
    }

    private void Run()
    {
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[3];
        while (!_stopping)
        {
            bool armed;
            lock (_lock)
            {
                armed = _waiter is not null;
            }

            descriptors[0] = new() { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
            descriptors[1] = new() { Descriptor = (int)_wantedBack.DangerousGetHandle(), Events = Libc.PollIn };
            descriptors[2] = new() { Descriptor = (int)_message.DangerousGetHandle(), Events = Libc.PollIn };
            if (Libc.Poll(descriptors, armed ? 3u : 2u, -1) <= 0)
            {
                continue; // a signal
            }

            if (descriptors[0].Returned != 0)
            {
                _ = Libc.Collect(_wake);
            }

            if (descriptors[1].Returned != 0)
            {
                End(new BoardGoneException("the kernel takes the board away: it was unplugged, or its driver is changed; open it again when it is back"));
                return;
            }

            if (armed && descriptors[2].Returned != 0 && Libc.Collect(_message) != 0)
            {
                Exchange()?.TrySetResult();
            }
        }
    }

    private TaskCompletionSource? Exchange()
    {
        lock (_lock)
        {
            TaskCompletionSource? waiter = _waiter;
            _waiter = null;
            return waiter;
        }
    }

    private void End(BoardGoneException reason)
    {
        lock (_lock)
        {
            _gone ??= reason;
        }

        if (Exchange() is { } waiter)
        {
            _ = waiter.TrySetException(reason);
            _ = waiter.Task.Exception; // looked at, also where nobody waits any more
        }
    }
}
