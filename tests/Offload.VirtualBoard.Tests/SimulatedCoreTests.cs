using System.Security.Cryptography;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard.Tests;

/// <summary>The shim around the real, Verilated core, with the engine disabled: a cable with registers.</summary>
public sealed class SimulatedCoreTests
{
    private const uint Enough = 1_000_000;

    [SkippableFact]
    public void Frames_of_every_length_cross_whole_and_in_order()
    {
        using SimulatedCore core = Open();
        foreach ((BoardPort from, BoardPort to) in new[] { (BoardPort.Net, BoardPort.Host), (BoardPort.Host, BoardPort.Net) })
        {
            for (int length = 14; length <= 1522; length += length < 200 ? 1 : 61)
            {
                byte[] frame = Frame(length);
                Assert.True(core.Send(from, frame));
                Assert.InRange(core.Run(Enough), 1u, Enough - 1);
                Assert.Equal(frame, core.Receive(to));
                Assert.Null(core.Receive(from));
            }
        }
    }

    [SkippableFact]
    public void A_slow_consumer_gets_the_same_frames_later()
    {
        using SimulatedCore core = Open();
        byte[][] frames = [.. Enumerable.Range(0, 20).Select(i => Frame(300 + i))];
        core.SetReady(BoardPort.Host, 0);
        foreach (byte[] frame in frames)
        {
            Assert.True(core.Send(BoardPort.Net, frame));
        }

        Assert.Equal(2000u, core.Run(2000));
        Assert.Null(core.Receive(BoardPort.Host));
        core.SetReady(BoardPort.Host, 0x8000_0000_0000_0001);
        Assert.InRange(core.Run(Enough), 20u * 5 * 16, Enough - 1);
        foreach (byte[] frame in frames)
        {
            Assert.Equal(frame, core.Receive(BoardPort.Host));
        }
    }

    [SkippableFact]
    public void Clocks_of_frames_are_those_of_their_beats()
    {
        using SimulatedCore core = Open();
        Span<byte> buffer = new byte[SimulatedCore.MaxFrameLength];
        ulong before = core.Clock;
        Assert.True(core.Send(BoardPort.Net, Frame(640)));
        core.Run(Enough);
        Assert.Equal(640, core.Receive(BoardPort.Host, buffer, out FrameTimes left));
        FrameTimes entered = core.LastReceived(BoardPort.Net);
        Assert.InRange(entered.FirstClock, before, before + 1);
        Assert.Equal(9ul, entered.LastClock - entered.FirstClock);
        Assert.True(left.FirstClock > entered.FirstClock);
        Assert.InRange(left.LastClock, left.FirstClock + 9, core.Clock);
        Assert.Equal(default, core.LastReceived(BoardPort.Host));
    }

    [SkippableFact]
    public void An_idle_core_stops_at_once()
    {
        using SimulatedCore core = Open();
        Assert.InRange(core.Run(Enough), 1u, 16u);
    }

    [SkippableFact]
    public void A_full_queue_refuses_and_takes_again()
    {
        using SimulatedCore core = Open();
        byte[] frame = Frame(1500);
        int queued = 0;
        while (core.Send(BoardPort.Net, frame))
        {
            queued++;
        }

        Assert.InRange(queued, 400, 800);
        core.Run(Enough);
        int received = 0;
        while (core.Receive(BoardPort.Host) is not null)
        {
            received++;
        }

        Assert.Equal(queued, received);
        Assert.True(core.Send(BoardPort.Net, frame));
        Assert.Throws<ArgumentException>(() => core.Send(BoardPort.Net, []));
        Assert.Throws<ArgumentException>(() => core.Send(BoardPort.Net, new byte[SimulatedCore.MaxFrameLength + 1]));
    }

    [SkippableFact]
    public void A_buffer_that_is_too_small_loses_nothing()
    {
        using SimulatedCore core = Open();
        byte[] frame = Frame(100);
        core.Send(BoardPort.Net, frame);
        core.Run(Enough);
        Assert.Throws<ArgumentException>(() => core.Receive(BoardPort.Host, new byte[99], out _));
        Assert.Equal(frame, core.Receive(BoardPort.Host));
    }

    [SkippableFact]
    public void Registers_answer_as_the_map_says()
    {
        using SimulatedCore core = Open();
        Assert.Equal(0x4F46464Cu, core.Read(RegisterMap.Identity.Magic.Address));
        Assert.Equal(AxiResponse.DecodeError, core.TryRead(0xFFFC, new uint[1]));
        Assert.Equal(AxiResponse.SlaveError, core.TryWrite(RegisterMap.Identity.Magic.Address, [1]));
        core.Write(RegisterMap.Control.SweepPeriod.Address, 12345);
        Assert.Equal(12345u, core.Read(RegisterMap.Control.SweepPeriod.Address));
        Assert.False(core.Interrupt);
    }

    [SkippableFact]
    public void Time_never_goes_back()
    {
        using SimulatedCore core = Open();
        core.SetTime(1_000_000);
        core.SetTime(5);
        Assert.Equal(1_000_000u, core.Read(RegisterMap.Control.TimebaseLow.Address));
    }

    [SkippableFact]
    public void Two_cores_share_nothing()
    {
        using SimulatedCore one = Open();
        using SimulatedCore two = Open();
        one.Write(RegisterMap.Control.SweepPeriod.Address, 1);
        two.Write(RegisterMap.Control.SweepPeriod.Address, 2);
        Assert.Equal(1u, one.Read(RegisterMap.Control.SweepPeriod.Address));
        one.Dispose();
        Assert.Equal(2u, two.Read(RegisterMap.Control.SweepPeriod.Address));
        Assert.Throws<ObjectDisposedException>(() => one.Clock);
    }

    [SkippableFact]
    public async Task The_built_bitstream_loads_and_is_a_cable_until_it_is_enabled()
    {
        string path = Path.ChangeExtension(Library().Replace("liboffload_sim", "offload-virtual", StringComparison.Ordinal), ".obit");
        Skip.IfNot(File.Exists(path), $"{path} is not there; run firmware-tools/build-virtual-board.sh");
        await using Bench bench = await Bench.OpenAsync(load: false);
        await bench.Board.Programmer.LoadAsync(BitstreamFile.Open(path));
        Assert.Equal(2048u, await bench.ReadAsync(RegisterMap.Identity.Connections.Address));
        await Eventually.TrueAsync(
            () => (bench.ReadAsync(RegisterMap.Control.Status.Address).GetAwaiter().GetResult() & 1) == 1, "ready after its memories are filled");
        byte[] frame = Frame(1000);
        bench.Net.Send(frame);
        Assert.Equal(frame, await bench.Host.ReceiveAsync());
        bench.Host.Send(frame);
        Assert.Equal(frame, await bench.Net.ReceiveAsync());
    }

    private static SimulatedCore Open()
    {
        SimulatedCore core = SimulatedCore.Open(Library());
        core.Run(Enough);
        return core;
    }

    private static string Library()
    {
        string? path = Environment.GetEnvironmentVariable("OFFLOAD_SIM_LIBRARY");
        for (string? folder = AppContext.BaseDirectory; path is null && folder is not null; folder = Path.GetDirectoryName(folder))
        {
            path = File.Exists(Path.Combine(folder, "Offload.sln"))
                ? Path.Combine(folder, "artifacts", "virtual", "liboffload_sim.so")
                : null;
        }

        Skip.IfNot(File.Exists(path), "the core is not built; run firmware-tools/build-virtual-board.sh");
        return path!;
    }

    /// <summary>A frame that is not IP, of an experimental EtherType.</summary>
    private static byte[] Frame(int length)
    {
        byte[] frame = RandomNumberGenerator.GetBytes(length);
        frame[0] &= 0xFE;
        frame[12] = 0x88;
        frame[13] = 0xB5;
        return frame;
    }
}
