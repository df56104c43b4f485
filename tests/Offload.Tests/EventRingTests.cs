using Offload.Connections;

namespace Offload.Tests;

/// <summary>Each subscriber's own account of lost events.</summary>
public sealed class EventRingTests
{
    [Fact]
    public async Task A_slow_subscriber_loses_the_newest_and_is_told_how_many_and_where()
    {
        EventHub hub = new(1);
        await using EventRing slow = hub.Subscribe(2);
        await using EventRing quick = hub.Subscribe(100);
        for (uint i = 0; i < 5; i++)
        {
            hub.Publish([i]);
        }

        Assert.Equal((0u, new EventItem(true, 0)), await ReadAsync(slow));
        hub.Publish([5]);
        Assert.Equal((1u, new EventItem(true, 0)), await ReadAsync(slow));
        Assert.Equal((5u, new EventItem(true, 3)), await ReadAsync(slow));
        for (uint i = 0; i < 6; i++)
        {
            Assert.Equal((i, new EventItem(true, 0)), await ReadAsync(quick));
        }

        Assert.Equal(3, hub.LostBySubscribers);
        Assert.Equal(6, hub.Events);
    }

    [Fact]
    public async Task A_loss_that_no_event_follows_is_told_by_itself()
    {
        EventHub hub = new(1);
        await using EventRing ring = hub.Subscribe(1);
        hub.Publish([0]);
        hub.Publish([1]);
        hub.Lost(4);
        Assert.Equal((0u, new EventItem(true, 0)), await ReadAsync(ring));
        Assert.Equal(new EventItem(false, 5), (await ReadAsync(ring)).Item);
    }

    [Fact]
    public async Task A_waiting_reader_is_woken_by_an_event_by_a_loss_and_by_the_end()
    {
        EventHub hub = new(1);
        await using EventRing ring = hub.Subscribe(4);
        Task<(uint Word, EventItem Item)> waiting = ReadAsync(ring);
        Assert.False(waiting.IsCompleted);
        hub.Publish([7]);
        Assert.Equal(7u, (await waiting).Word);

        waiting = ReadAsync(ring);
        hub.Lost(2);
        Assert.Equal(new EventItem(false, 2), (await waiting).Item);

        waiting = ReadAsync(ring);
        hub.Complete(new BoardGoneException("gone"));
        await Assert.ThrowsAsync<BoardGoneException>(() => waiting);
        Assert.Throws<BoardGoneException>(() => hub.Subscribe(1));
    }

    [Fact]
    public async Task Events_and_losses_always_add_up()
    {
        EventHub hub = new(1);
        await using EventRing ring = hub.Subscribe(16);
        const int Total = 200_000;
        Task writer = Task.Run(() =>
        {
            for (uint i = 0; i < Total; i++)
            {
                hub.Publish([i]);
            }

            hub.Complete(new BoardGoneException("end"));
        });
        ulong seen = 0;
        while (seen < Total)
        {
            (uint word, EventItem item) = await ReadAsync(ring);
            seen += item.Lost;
            if (item.HasEvent)
            {
                Assert.Equal(seen, word);
                seen++;
            }
        }

        Assert.Equal((ulong)Total, seen);
        await writer;
    }

    [Fact]
    public async Task Passing_events_on_allocates_nothing()
    {
        EventHub hub = new(27);
        await using EventRing ring = hub.Subscribe(8);
        uint[] words = new uint[27];
        for (int i = 0; i < 100; i++)
        {
            await PassAsync();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            ValueTask<EventItem> item = PassAsync();
            Assert.True(item.IsCompletedSuccessfully);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);

        ValueTask<EventItem> PassAsync()
        {
            hub.Publish(words);
            return ring.ReadAsync(words, CancellationToken.None);
        }
    }

    private static async Task<(uint Word, EventItem Item)> ReadAsync(EventRing ring)
    {
        uint[] word = new uint[1];
        EventItem item = await ring.ReadAsync(word, CancellationToken.None);
        return (word[0], item);
    }
}
