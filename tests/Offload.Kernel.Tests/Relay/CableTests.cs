using System.Diagnostics;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.VirtualBoard.Ports;

namespace Offload.Kernel.Tests.Relay;

/// <summary>The relay itself: without it being right, what is tested through it means nothing. Needs no rights.</summary>
public sealed class CableTests
{
    private static readonly CableFaults Bad = new(0.2, 0.1, 0.25, TimeSpan.FromMilliseconds(20), TimeSpan.Zero);

    [Fact]
    public void Without_impairment_it_is_the_port_itself()
    {
        using MemoryFramePort port = new("inner");
        using CablePort relay = new(port);
        port.Send(Frame(1));
        port.Send(Frame(2));
        Assert.Equal([1, 2], ReadAll(relay));
        Assert.True(relay.Write(Frame(3)));
        Assert.Equal([3], Received(port));

        using MemoryFramePort full = new("full", capacity: 0);
        using CablePort unplugged = new(full);
        Assert.False(unplugged.Write(Frame(4)));
    }

    [Fact]
    public void A_picked_segment_is_lost_so_often_and_no_other()
    {
        using MemoryFramePort port = new("inner");
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToClient && segment.Sequence == 2, most: 2);
        using CablePort relay = new(port) { Impairment = loss };
        foreach (uint number in new uint[] { 1, 2, 2, 3 })
        {
            Assert.True(relay.Write(Frame(number)));
        }

        Assert.Equal([1, 3], Received(port));
        Assert.Equal(2, loss.Lost);
        port.Send(Frame(2));
        Assert.Equal([2], ReadAll(relay));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_late_frame_comes_when_it_is_due_and_wakes_who_waits(bool toBoard)
    {
        using MemoryFramePort port = new("inner");
        // Longer than a busy machine takes to come to look that nothing is there yet.
        CableFaults faults = new(0, 0, 0, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        using CablePort relay = new(port) { Impairment = new BadCable(1, faults) };
        long started = Stopwatch.GetTimestamp();
        if (toBoard)
        {
            port.Send(Frame(1));
            Assert.True(IsReadable(relay, 60_000));
        }
        else
        {
            Assert.True(relay.Write(Frame(1)));
        }

        Assert.Empty(ReadAll(relay));
        Assert.Empty(Received(port));
        Assert.False(IsReadable(relay, 0));
        Assert.True(IsReadable(relay, 60_000));
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(999));
        Assert.Equal(toBoard ? new uint[] { 1 } : [], ReadAll(relay));
        Assert.Equal(toBoard ? [] : new uint[] { 1 }, Received(port));
        // Nothing is held any more, so nobody is woken.
        Assert.False(IsReadable(relay, 0));
    }

    [Fact]
    public async Task Kept_frames_come_in_order_when_they_are_released_and_before_all_others()
    {
        using MemoryFramePort port = new("inner");
        ScriptedCable cable = new();
        cable.Write(5, (_, segment) => segment.Sequence < 5 ? Impairment.UntilReleased : TimeSpan.Zero);
        using CablePort relay = new(port) { Impairment = cable };
        foreach (uint number in new uint[] { 1, 2, 5 })
        {
            port.Send(Frame(number));
        }

        Assert.Equal([5], ReadAll(relay));
        // The other direction's client port.
        cable.Write(80, (_, segment) => segment.Sequence < 5 ? Impairment.UntilReleased : TimeSpan.Zero);
        Assert.True(relay.Write(Frame(3)));
        Assert.Equal(3, relay.Kept);
        Assert.False(IsReadable(relay, 100));
        Assert.Empty(Received(port));

        Task released = relay.ReleaseAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(relay.ReleaseAsync);
        port.Send(Frame(6));
        Assert.True(IsReadable(relay, 60_000));
        Assert.Equal([1, 2, 6], ReadAll(relay));
        Assert.Equal([3], Received(port));
        await released.WaitAsync(Scene.Patience);
        Assert.Equal(0, relay.Kept);
        Assert.False(IsReadable(relay, 0));
    }

    [Fact]
    public void A_bad_cable_is_as_bad_as_it_says()
    {
        const int Count = 20_000;
        (BadCable cable, List<List<double>> fates) = Judge(seed: 7, Count);
        int lost = fates.Count(fate => fate.Count == 0);
        int doubled = fates.Count(fate => fate.Count == 2);
        int held = fates.Sum(fate => fate.Count(delay => delay > 0));
        Assert.InRange(lost / (double)Count, 0.19, 0.21);
        Assert.InRange(doubled / (double)(Count - lost), 0.09, 0.11);
        Assert.InRange(held / (double)(Count - lost + doubled), 0.24, 0.26);
        Assert.Equal((lost, doubled, held), cable.Done);
        Assert.Equal((lost, 0), (cable.LostOf(5), cable.LostOf(6)));
        Assert.InRange(fates.SelectMany(fate => fate).Max(), 0.019, 0.02);
    }

    [Fact]
    public void A_seed_replays_whatever_else_is_on_the_cable()
    {
        Assert.Equal(Judge(seed: 7, 500).Fates, Judge(seed: 7, 500).Fates);
        Assert.NotEqual(Judge(seed: 7, 500).Fates, Judge(seed: 8, 500).Fates);

        // Another flow in between changes nothing for the first.
        BadCable cable = new(7, Bad);
        List<List<double>> fates = [];
        for (uint i = 0; i < 500; i++)
        {
            Fate(cable, RelayDirection.ToBoard, Frame(i, clientPort: 9));
            Fate(cable, RelayDirection.ToClient, Frame(i, clientPort: 9));
            fates.Add(Fate(cable, RelayDirection.ToBoard, Frame(i)));
        }

        Assert.Equal(Judge(seed: 7, 500).Fates, fates);
    }

    [Fact]
    public void What_is_not_tcp_stays_whole()
    {
        BadCable cable = new(1, Bad with { Loss = 1 });
        byte[] arp = new byte[60];
        arp[12] = 8;
        arp[13] = 6;
        Assert.Equal([0.0], Fate(cable, RelayDirection.ToBoard, arp));
        Assert.Empty(Fate(cable, RelayDirection.ToBoard, Frame(1)));
    }

    [Fact]
    public void Held_frames_are_overtaken_and_none_stays_behind()
    {
        const int Count = 300;
        using MemoryFramePort port = new("inner");
        BadCable cable = new(3, Bad);
        using CablePort relay = new(port) { Impairment = cable };
        List<uint> arrived = [];
        for (uint i = 0; i < Count; i++)
        {
            port.Send(Frame(i));
            arrived.AddRange(ReadAll(relay));
        }

        while (IsReadable(relay, 100))
        {
            arrived.AddRange(ReadAll(relay));
        }

        (int lost, int duplicated, int held) = cable.Done;
        Assert.True(lost > 0 && duplicated > 0 && held > 0);
        Assert.Equal(Count - lost + duplicated, arrived.Count);
        Assert.Equal(Count - lost, arrived.Distinct().Count());
        Assert.NotEqual(arrived.Order(), arrived);
    }

    private static (BadCable Cable, List<List<double>> Fates) Judge(ulong seed, int count)
    {
        BadCable cable = new(seed, Bad);
        return (cable, [.. Enumerable.Range(0, count).Select(i => Fate(cable, RelayDirection.ToBoard, Frame((uint)i)))]);
    }

    private static List<double> Fate(BadCable cable, RelayDirection direction, byte[] frame)
    {
        List<TimeSpan> deliveries = [];
        cable.Judge(direction, frame, deliveries);
        return [.. deliveries.Select(delay => delay.TotalSeconds)];
    }

    private static byte[] Frame(uint number, ushort clientPort = 5) => new TcpFrame
    {
        Source = TcpFrame.V4(0xC0000201),
        Destination = TcpFrame.V4(0xC0000202),
        SourcePort = clientPort,
        DestinationPort = 80,
        Flags = TcpFlags.Ack,
        Seq = number,
    }.ToBytes();

    private static List<uint> ReadAll(CablePort relay)
    {
        List<uint> numbers = [];
        byte[] buffer = new byte[2000];
        for (int length; (length = relay.Read(buffer)) != 0;)
        {
            numbers.Add(NumberOf(buffer.AsSpan(0, length)));
        }

        return numbers;
    }

    private static List<uint> Received(MemoryFramePort port)
    {
        List<uint> numbers = [];
        while (port.TryReceive(out byte[]? frame))
        {
            numbers.Add(NumberOf(frame));
        }

        return numbers;
    }

    private static uint NumberOf(ReadOnlySpan<byte> frame)
    {
        Assert.True(WireSegment.TryRead(frame, out WireSegment segment));
        return segment.Sequence;
    }

    private static unsafe bool IsReadable(CablePort relay, int milliseconds)
    {
        KernelCalls.PollDescriptor descriptor = new()
        {
            Descriptor = (int)relay.Descriptor.DangerousGetHandle(),
            Events = KernelCalls.PollIn,
        };
        return KernelCalls.Poll(&descriptor, 1, milliseconds) == 1;
    }
}
