using System.Runtime.InteropServices;
using Offload.Registers;
using Offload.VirtualBoard.Native;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

internal sealed unsafe partial class BoardDriver
{
    /// <summary>Clocks between two looks at frames and requests.</summary>
    private const uint ChunkClocks = 4096;

    /// <summary>Chunks without any frame after which a core that stays busy is looked after at leisure: it hangs.</summary>
    private const int HungChunks = 256;

    /// <summary>How often the core runs while its table has entries, so that its timer sweep comes around. Milliseconds.</summary>
    private const int SweepTick = 5;

    /// <summary>How often it runs while an interrupt waits for its coalescing time. Milliseconds.</summary>
    private const int CoalesceTick = 1;

    private const int Forever = -1;

    private int _chunksWithoutFrame;

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                int timeout;
                lock (_gate)
                {
                    timeout = Work();
                    ServeRequests();
                }

                if (timeout != 0 && !_stopping)
                {
                    Sleep(timeout);
                }
            }
        }
        catch (BoardGoneException exception)
        {
            Fail(exception);
        }
        catch (Exception exception)
        {
            Fail(new BoardGoneException($"the virtual board has stopped: {exception.Message}; open it again", exception));
        }

        lock (_gate)
        {
            _ended = true;
            ServeRequests();
        }
    }

    private void Fail(BoardGoneException exception)
    {
        VirtualBoardLog.Gone(_logger, exception.Message, exception);
        lock (_gate)
        {
            _failure = exception;
            EndWaiters(exception);
        }
    }

    /// <summary>Moves what there is to move, and runs the core.</summary>
    /// <returns>How long there is nothing to do, in milliseconds: 0 for not at all, <see cref="Forever"/> until something comes.</returns>
    private int Work()
    {
        if (_core is not { } core)
        {
            _net.Discard();
            _host.Discard();
            return Forever;
        }

        ulong now = Microseconds;
        core.SetTime(now);
        bool more = _net.TakeIn(core, now) | _host.TakeIn(core, now);
        bool running = core.Run(ChunkClocks) == ChunkClocks;
        bool moved = _net.GiveOut(core, now) | _host.GiveOut(core, now) | more;
        LookAtInterrupt(core);
        if (moved || !running)
        {
            _chunksWithoutFrame = 0;
        }
        else
        {
            _chunksWithoutFrame++;
        }

        if (more || running)
        {
            return _chunksWithoutFrame < HungChunks ? 0 : SweepTick;
        }

        return NextTick(core);
    }

    /// <summary>When a core that has no work may have some again by the passing of time alone.</summary>
    private static int NextTick(SimulatedCore core)
    {
        Span<uint> interrupt = stackalloc uint[2];
        if (!core.Interrupt
            && core.TryRead(RegisterMap.Control.InterruptEnable.Address, interrupt) == AxiResponse.Okay
            && (interrupt[0] & interrupt[1]) != 0)
        {
            return CoalesceTick;
        }

        Span<uint> entries = stackalloc uint[1];
        return core.TryRead(RegisterMap.Control.EntriesInUse.Address, entries) == AxiResponse.Okay && entries[0] != 0
            ? SweepTick
            : Forever;
    }

    /// <summary>Waits for frames, for whoever sets the wake event, or for time to pass.</summary>
    private void Sleep(int timeout)
    {
        const int Count = 3;
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[Count];
        descriptors[0] = new Libc.PollDescriptor { Descriptor = (int)_wake.Descriptor.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[1] = new Libc.PollDescriptor { Descriptor = (int)_net.Port.Descriptor.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[2] = new Libc.PollDescriptor { Descriptor = (int)_host.Port.Descriptor.DangerousGetHandle(), Events = Libc.PollIn };
        int ready = Libc.Poll(descriptors, Count, timeout);
        if (ready < 0 && Marshal.GetLastPInvokeError() is int error && error != Libc.ErrorInterrupted)
        {
            throw new BoardGoneException($"the virtual board cannot wait for frames: {Marshal.GetPInvokeErrorMessage(error)}; open it again");
        }

        if (ready <= 0)
        {
            return;
        }

        if (descriptors[0].Returned != 0)
        {
            _wake.Clear();
        }

        ThrowIfLost(_net, descriptors[1].Returned);
        ThrowIfLost(_host, descriptors[2].Returned);
    }

    private static void ThrowIfLost(DriverPort port, short returned)
    {
        if ((returned & (Libc.PollError | Libc.PollHangUp | Libc.PollInvalid)) != 0)
        {
            throw new BoardGoneException($"the board's device {port.Port.Name} no longer exists; open the board again");
        }
    }
}
