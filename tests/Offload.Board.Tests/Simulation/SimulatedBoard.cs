using System.Threading.Channels;

namespace Offload.Board.Tests.Simulation;

/// <summary>The ports of a board.</summary>
internal enum Port
{
    Net = 0,
    Host = 1,
}

/// <summary>What is wrong with a frame that a PHY sends.</summary>
[Flags]
internal enum LineFault
{
    None = 0,

    /// <summary>A wrong frame check sequence.</summary>
    Check = 1,

    /// <summary>A symbol error in its middle.</summary>
    Symbol = 2,

    /// <summary>8 byte times of gap before it instead of 12.</summary>
    ShortGap = 4,
}

/// <summary>
/// A simulated board that runs, on a thread of its own, as fast as it can: about a thousand times slower than silicon. Every member may be
/// used from any thread.
/// </summary>
internal sealed class SimulatedBoard : IAsyncDisposable
{
    private const int MaxFrame = 16384;
    private const ulong Slice = 10_000;

    private static readonly Port[] Ports = [Port.Net, Port.Host];

    private readonly BoardLibrary _library;
    private readonly nint _sim;
    private readonly Lock _lock = new();
    private readonly Channel<byte[]>[] _frames = [Channel.CreateUnbounded<byte[]>(), Channel.CreateUnbounded<byte[]>()];
    private readonly Channel<byte[]> _bytes = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _ended = new();
    private volatile bool _ending;
    private int _asking; // who waits for a turn

    internal SimulatedBoard(string board, string link)
    {
        _library = BoardLibrary.Of(board, link);
        _sim = _library.Create();
        Assert.NotEqual(0, _sim);
        new Thread(Run) { IsBackground = true, Name = board }.Start();
    }

    /// <summary>Time on the board since it was powered.</summary>
    internal TimeSpan Time => TimeSpan.FromMicroseconds(Locked(() => _library.Time(_sim)) / 1000.0);

    /// <summary>Breaches of the link chip's rules at the pins so far.</summary>
    internal ulong LinkBreaches => Locked(() => _library.LinkBreaches(_sim));

    /// <summary>Bytes that came from the board over its link.</summary>
    internal ChannelReader<byte[]> LinkBytes => _bytes.Reader;

    /// <summary>Frames that a port's PHY had from the board.</summary>
    internal ChannelReader<byte[]> Frames(Port port) => _frames[(int)port].Reader;

    /// <summary>Has a port's PHY send a frame to the board.</summary>
    internal void Send(Port port, ReadOnlySpan<byte> frame, LineFault fault = LineFault.None)
    {
        using (Enter())
        {
            Assert.Equal(0, _library.Send(_sim, port, frame, fault));
        }
    }

    /// <summary>The next frame that a port's PHY has from the board.</summary>
    internal async Task<byte[]> ReceiveAsync(Port port)
    {
        using CancellationTokenSource late = new(Patience.Answer);
        return await Frames(port).ReadAsync(late.Token);
    }

    /// <summary>Frames at a port's PHY that were none.</summary>
    internal ulong BadFrames(Port port) => Locked(() => _library.BadFrames(_sim, port));

    /// <summary>Puts a cable into a port, or pulls it out.</summary>
    internal void Plug(Port port, bool isIn)
    {
        using (Enter())
        {
            _library.Plug(_sim, port, isIn);
        }
    }

    /// <summary>A register of a port's PHY.</summary>
    internal int PhyRegister(Port port, int number) => (int)Locked(() => _library.PhyRegister(_sim, port, number));

    /// <summary>Presses the reset button for a while.</summary>
    internal async Task ResetAsync()
    {
        Press(true);
        await PassAsync(TimeSpan.FromMicroseconds(5));
        Press(false);
        await PassAsync(TimeSpan.FromMicroseconds(50));
    }

    /// <summary>Lets time pass on the board.</summary>
    internal async Task PassAsync(TimeSpan time)
    {
        TimeSpan end = Time + time;
        while (Time < end)
        {
            await Task.Delay(1);
        }
    }

    /// <summary>Waits for something, so long on the board's clock at most.</summary>
    internal async Task UntilAsync(Func<bool> condition, TimeSpan within, string what)
    {
        TimeSpan end = Time + within;
        while (true)
        {
            // The clock first: time that passes on the board while this thread waits for a processor has its condition looked at after it.
            bool isLast = Time >= end;
            if (condition())
            {
                return;
            }

            Assert.False(isLast, what);
            await Task.Delay(1);
        }
    }

    /// <summary>Bytes to the board over its link.</summary>
    internal void LinkWrite(ReadOnlySpan<byte> bytes)
    {
        using (Enter())
        {
            ObjectDisposedException.ThrowIf(_ending, this);
            _library.LinkWrite(_sim, bytes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        await _ended.Task;
    }

    private void Press(bool down)
    {
        using (Enter())
        {
            _library.Press(_sim, down);
        }
    }

    private Lock.Scope Enter()
    {
        _ = Interlocked.Increment(ref _asking);
        Lock.Scope turn = _lock.EnterScope();
        _ = Interlocked.Decrement(ref _asking);
        return turn;
    }

    private ulong Locked(Func<ulong> read)
    {
        using (Enter())
        {
            return _ending ? 0 : read();
        }
    }

    private void Run()
    {
        byte[] buffer = new byte[MaxFrame];
        while (!_ending)
        {
            lock (_lock)
            {
                _library.Run(_sim, Slice);
                foreach (Port port in Ports)
                {
                    int length;
                    while ((length = _library.Receive(_sim, port, buffer)) > 0)
                    {
                        _ = _frames[(int)port].Writer.TryWrite(buffer[..length]);
                    }
                }

                int count = _library.LinkRead(_sim, buffer);
                if (count > 0)
                {
                    _ = _bytes.Writer.TryWrite(buffer[..count]);
                }
            }

            // The lock is not fair: whoever waits for it gets it here.
            while (Volatile.Read(ref _asking) != 0)
            {
                Thread.Yield();
            }
        }

        _bytes.Writer.Complete();
        lock (_lock)
        {
            _library.Destroy(_sim);
        }

        _ended.SetResult();
    }
}
