using System.Diagnostics;
using System.Security.Cryptography;
using Offload.Boards;
using Offload.Registers;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard.Tests;

/// <summary>Frames, registers, interrupt and time of an open board.</summary>
public sealed class BoardTests
{
    private const uint InterruptLine = 0x1000;

    [Fact]
    public async Task Frames_cross_in_both_directions_whole_and_in_order()
    {
        await using Bench bench = await Bench.OpenAsync();
        byte[][] frames = [.. Enumerable.Range(0, 3000).Select(i => RandomNumberGenerator.GetBytes(60 + (i % 1463)))];
        foreach (byte[] frame in frames)
        {
            bench.Net.Send(frame);
            bench.Host.Send(frame);
        }

        foreach (byte[] frame in frames)
        {
            Assert.Equal(frame, await bench.Host.ReceiveAsync());
            Assert.Equal(frame, await bench.Net.ReceiveAsync());
        }

        Assert.False(bench.Net.TryReceive(out _));
        VirtualBoardStatistics statistics = bench.Board.Statistics;
        Assert.Equal((3000ul, 3000ul), (statistics.Net.Entered, statistics.Net.Left));
        Assert.Equal((3000ul, 3000ul), (statistics.Host.Entered, statistics.Host.Left));
    }

    [Fact]
    public async Task Frames_that_cannot_go_on_are_dropped_and_counted()
    {
        await using Bench bench = await Bench.OpenAsync(load: false);
        bench.Net.Send(new byte[60]);
        await Eventually.TrueAsync(() => bench.Board.Statistics.Net.DroppedUnloaded == 1, "dropped without a bitstream");
        await bench.Board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        bench.Net.Send(new byte[SimulatedCore.MaxFrameLength + 1]);
        bench.Net.Send(new byte[SimulatedCore.MaxFrameLength]);
        Assert.Equal(SimulatedCore.MaxFrameLength, (await bench.Host.ReceiveAsync()).Length);
        Assert.Equal(1ul, bench.Board.Statistics.Net.DroppedLength);
        Assert.False(bench.Host.TryReceive(out _));
    }

    [Fact]
    public async Task Frames_into_a_port_without_a_cable_are_dropped_and_counted()
    {
        MemoryFramePort net = new("net");
        await using VirtualBoardHardware board = await Bench.OpenAsync(new VirtualBoardOptions { NetPort = net });
        await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        Assert.Null(board.HostPort);
        net.Send(new byte[60]);
        await Eventually.TrueAsync(() => board.Statistics.Host.DroppedOutside == 1, "dropped at the host port");
    }

    [Fact]
    public async Task Register_bursts_are_read_and_written_and_errors_are_told()
    {
        await using Bench bench = await Bench.OpenAsync();
        uint[] written = [1, 2, 3, uint.MaxValue];
        uint[] read = new uint[4];
        await bench.Board.Link.WriteAsync(0x800, written);
        await bench.Board.Link.ReadAsync(0x800, read);
        Assert.Equal(written, read);

        OffloadException exception = await Assert.ThrowsAsync<OffloadException>(() => bench.ReadAsync(0x2000));
        Assert.Equal(OffloadError.LinkFault, exception.Code);
        Assert.Contains("DECERR", exception.Message, StringComparison.Ordinal);
        exception = await Assert.ThrowsAsync<OffloadException>(() => bench.WriteAsync(0, 1).AsTask());
        Assert.Contains("SLVERR", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => bench.ReadAsync(2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => bench.Board.Link.ReadAsync(0, read, new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public async Task Many_callers_and_frames_at_once_do_not_disturb_each_other()
    {
        await using Bench bench = await Bench.OpenAsync();
        using CancellationTokenSource stop = new();
        Task flood = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                bench.Net.Send(new byte[60]);
                if (i % 64 == 0)
                {
                    while (bench.Host.TryReceive(out _))
                    {
                    }

                    Thread.Sleep(1);
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
        {
            uint[] words = new uint[8];
            uint address = 0x400 + ((uint)caller * 32);
            for (int round = 0; round < 100; round++)
            {
                uint[] mine = [.. Enumerable.Range(0, 8).Select(i => (uint)((round * 8) + i))];
                await bench.Board.Link.WriteAsync(address, mine);
                await bench.Board.Link.ReadAsync(address, words);
                Assert.Equal(mine, words);
            }
        })));
        await stop.CancelAsync();
        await flood;
        await Eventually.TrueAsync(() => bench.Board.Statistics.Net.Entered > 0, "frames entered meanwhile");
    }

    [Fact]
    public async Task The_interrupt_is_waited_for_by_level()
    {
        await using Bench bench = await Bench.OpenAsync();
        Task waiting = bench.Board.Link.WaitForInterruptAsync().AsTask();
        await Task.Delay(20);
        Assert.False(waiting.IsCompleted);
        await bench.WriteAsync(InterruptLine, 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(bench.Board.Link.WaitForInterruptAsync().AsTask().IsCompletedSuccessfully);

        await bench.WriteAsync(InterruptLine, 0);
        using CancellationTokenSource cancellation = new();
        waiting = bench.Board.Link.WaitForInterruptAsync(cancellation.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Time_passes_as_it_does_outside()
    {
        await using Bench bench = await Bench.OpenAsync();
        TimeSpan slack = TimeSpan.FromMicroseconds(2);
        Stopwatch outer = Stopwatch.StartNew();
        uint before = await bench.ReadAsync(RegisterMap.Control.TimebaseLow.Address);
        Stopwatch inner = Stopwatch.StartNew();
        await Task.Delay(100);
        TimeSpan least = inner.Elapsed - slack;
        uint after = await bench.ReadAsync(RegisterMap.Control.TimebaseLow.Address);
        Assert.InRange(TimeSpan.FromMicroseconds(after - before), least, outer.Elapsed + slack);
    }

    [Fact]
    public async Task An_idle_board_runs_no_clocks_and_one_with_entries_does()
    {
        await using Bench bench = await Bench.OpenAsync();
        ulong before = await AtRestAsync();
        await bench.WriteAsync(RegisterMap.Control.EntriesInUse.Address, 1);
        await Eventually.TrueAsync(() => bench.Board.Statistics.ClocksRun > before + 10, "the sweep's clocks");
        await bench.WriteAsync(RegisterMap.Control.EntriesInUse.Address, 0);
        await AtRestAsync();

        // What was begun comes to its end first; 100 ms are 20 turns of a board that has entries.
        async Task<ulong> AtRestAsync()
        {
            ulong last = ulong.MaxValue;
            await Eventually.TrueAsync(
                async () =>
                {
                    ulong former = last;
                    last = bench.Board.Statistics.ClocksRun;
                    await Task.Delay(100);
                    return former == last && last == bench.Board.Statistics.ClocksRun;
                },
                "no clocks run");
            return last;
        }
    }

    [Fact]
    public async Task The_observer_sees_every_crossing()
    {
        MemoryFramePort net = new("net");
        MemoryFramePort host = new("host");
        Observer observer = new();
        await using VirtualBoardHardware board = await Bench.OpenAsync(
            new VirtualBoardOptions { NetPort = net, HostPort = host, Observer = observer });
        await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        net.Send([.. Enumerable.Repeat((byte)5, 77)]);
        await host.ReceiveAsync();
        Assert.Equal([(BoardPort.Net, false, 77), (BoardPort.Host, true, 77)], observer.Seen);
    }

    [Fact]
    public async Task A_board_is_opened_once_at_a_time()
    {
        VirtualBoardProvider provider = new(new VirtualBoardOptions { Id = "bench" });
        BoardDescription description = Assert.Single(await provider.DiscoverAsync());
        Assert.Equal(("bench", "virtual"), (description.Id, description.Kind));
        await using (await provider.OpenAsync(description))
        {
            Assert.Equal(OffloadError.BoardBusy, (await Assert.ThrowsAsync<OffloadException>(() => provider.OpenAsync(description).AsTask())).Code);
        }

        await using BoardHardware again = await provider.OpenAsync(description);
        await Assert.ThrowsAsync<BoardNotFoundException>(() => provider.OpenAsync(description with { Id = "other" }).AsTask());
    }

    [Fact]
    public async Task A_closed_board_ends_every_wait_and_access()
    {
        Bench bench = await Bench.OpenAsync();
        Task waiting = bench.Board.Link.WaitForInterruptAsync().AsTask();
        Task<byte[]> frame = bench.Host.ReceiveAsync().AsTask();
        await bench.DisposeAsync();
        await bench.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.ReadAsync(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.Board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack())).AsTask());
        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(() => frame);
    }

    [Fact]
    public async Task Opening_and_closing_leaks_neither_threads_nor_descriptors()
    {
        await CycleAsync();
        int descriptors = Descriptors();
        for (int i = 0; i < 20; i++)
        {
            await CycleAsync();
        }

        // The kernel takes a thread off its list only after a join of it has returned; what .NET itself holds open varies by a few.
        await Eventually.TrueAsync(() => !Threads().Contains("offload bench"), "the boards' threads end");
        await Eventually.TrueAsync(() => Descriptors() < descriptors + 10, "the boards' descriptors are closed");

        static async Task CycleAsync()
        {
            await using VirtualBoardHardware board = await Bench.OpenAsync(new VirtualBoardOptions { Id = "bench" });
            await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        }

        static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

        static List<string> Threads()
        {
            List<string> names = [];
            foreach (string task in Directory.GetDirectories("/proc/self/task"))
            {
                try
                {
                    names.Add(File.ReadAllText(Path.Combine(task, "comm")).TrimEnd());
                }
                catch (IOException)
                {
                    // It ended meanwhile (ENOENT, or ESRCH from an open file).
                }
            }

            return names;
        }
    }

    private sealed class Observer : IFrameObserver
    {
        internal List<(BoardPort Port, bool FromBoard, int Length)> Seen { get; } = [];

        public void OnFrame(BoardPort port, bool fromBoard, ReadOnlySpan<byte> frame, ulong microseconds) =>
            Seen.Add((port, fromBoard, frame.Length));
    }
}
