using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Connections;
using Offload.Counters;
using Offload.Isn;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Tests.Contract;

/// <summary>What every open board does, whoever holds it and whatever is behind it.</summary>
public abstract partial class BoardContractTests
{
    private const int Port = 47788;

    /// <summary>Opens a board with a fresh core that runs.</summary>
    protected abstract ValueTask<BoardUnderTest> OpenAsync();

    [Fact]
    public async Task Identity_is_that_of_this_map_and_the_engine_is_on()
    {
        await using BoardUnderTest test = await OpenAsync();
        BoardIdentity identity = await test.Board.GetIdentityAsync();
        BoardStatus status = await test.Board.GetStatusAsync();
        Assert.Equal(RegisterMap.Hash, identity.MapHash);
        Assert.True(identity.Connections >= 64 && identity.Listeners >= 2);
        Assert.True(status is { Enabled: true, TestEnabled: false, IsnKeySet: true, PlacementKeySet: true, CookieKeySet: true, HostAlive: true, EntriesInUse: 0, HalfOpen: 0, ParkedFrames: 0 });
        Assert.NotEqual(0, status.Epoch);
        Assert.NotEqual(0u, status.TimebaseMicroseconds);
        Assert.True((await test.Board.GetPartAsync()).IsLoaded);
    }

    [Fact]
    public async Task A_snapshot_has_every_connection_once_and_can_be_used_again()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        HashSet<ConnectionKey> keys = [];
        for (int i = 0; i < 20; i++)
        {
            keys.Add(await test.EstablishAsync(listener, 20000 + i));
        }

        ConnectionSnapshot snapshot = new();
        for (int round = 0; round < 2; round++)
        {
            await test.Board.Connections.SnapshotAsync(snapshot);
            Assert.Equal(keys, [.. snapshot.Rows.ToArray().Select(row => row.Key)]);
            Assert.Equal(20, snapshot.Count);
            foreach (ref readonly ConnectionRow row in snapshot)
            {
                Assert.Equal(TcpState.Established, row.State);
                Assert.Equal(Owner.Engine, row.Owner);
                Assert.Equal(listener.Slot, row.Listener);
                Assert.InRange(row.Index, 0, 1 << 16);
            }
        }

        await test.Board.Connections.FlushAsync();
        await test.Board.Connections.SnapshotAsync(snapshot);
        Assert.Equal(0, snapshot.Count);
    }

    [Fact]
    public async Task One_connection_is_found_by_its_key_alone()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        ConnectionKey key = await test.EstablishAsync(listener, 20000);
        ConnectionRow? row = await test.Board.Connections.GetAsync(key);
        Assert.Equal(key, row?.Key);
        Assert.Null(await test.Board.Connections.GetAsync(key with { RemotePort = 20001 }));
        Assert.Null(await test.Board.Connections.GetAsync(key with { Vlan = 5 }));
    }

    [Fact]
    [Trait("Rule", "F10")]
    public async Task Abort_needs_key_and_creation_time()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        ConnectionKey key = await test.EstablishAsync(listener, 20000);
        ulong created = (await test.Board.Connections.GetAsync(key))!.Value.CreatedMicroseconds;

        OffloadException other = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.AbortAsync(key, created + 1));
        Assert.Equal(OffloadError.CommandGone, other.Code);
        Assert.NotNull(await test.Board.Connections.GetAsync(key));

        await test.Board.Connections.AbortAsync(key, created);
        OffloadException gone = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.AbortAsync(key, created));
        Assert.Equal(OffloadError.CommandGone, gone.Code);
    }

    [Fact]
    public async Task Every_subscriber_gets_every_event_from_its_beginning_on()
    {
        await using BoardUnderTest test = await OpenAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        await using ConnectionSubscription one = await test.Board.Connections.SubscribeAsync();
        ConnectionKey first = await test.EstablishAsync(listener, 20000);
        Assert.Equal(first, (await one.ReadAsync(limit.Token)).Connection.Key);

        await using ConnectionSubscription other = await test.Board.Connections.SubscribeAsync();
        ConnectionKey second = await test.EstablishAsync(listener, 20001);
        foreach (ConnectionSubscription subscription in new[] { one, other })
        {
            ConnectionEvent item = await subscription.ReadAsync(limit.Token);
            Assert.Equal(second, item.Connection.Key);
            Assert.True(item is { Kind: ConnectionEventKind.Connection, Established: true, PeerClosed: false, Closed: false, LostEvents: 0 });
            Assert.Equal(await test.Board.Connections.GetAsync(second), item.Connection with { Index = -1 });
        }
    }

    [Fact]
    public async Task A_cancelled_wait_for_an_event_loses_nothing()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        await using ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync();
        using (CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await subscription.ReadAsync(soon.Token));
        }

        ConnectionKey key = await test.EstablishAsync(listener, 20000);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Assert.Equal(key, (await subscription.ReadAsync(limit.Token)).Connection.Key);
    }

    [Fact]
    public async Task Watching_ends_with_its_token()
    {
        await using BoardUnderTest test = await OpenAsync();
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ConnectionEvent item in test.Board.Connections.WatchAsync(cancellationToken: soon.Token))
            {
                Assert.Fail($"an event of nothing: {item}");
            }
        });
    }

    [Fact]
    public async Task Listeners_are_added_listed_and_removed()
    {
        await using BoardUnderTest test = await OpenAsync();
        ListenerOptions options = test.ListenerOn(Port) with
        {
            Mss = 1400,
            Window = 1000,
            WindowScale = 3,
            Sack = false,
            ResetData = true,
            ResetUnknown = true,
            Action = ListenerAction.Reset,
            Mode = ListenerMode.Adopt,
            Backlog = 7,
            HostLost = HostLost.Drop,
        };
        Listener added = await test.Board.Listeners.AddAsync(options);
        Listener other = await test.Board.Listeners.AddAsync(test.ListenerOn(Port + 1));
        Assert.Equal(
            (options.EndPoint, 1400, 1000, 3, false, true, true, ListenerAction.Reset, ListenerMode.Adopt, null, true, true),
            (added.EndPoint, added.Mss, added.Window, added.WindowScale, added.Sack, added.ResetData, added.ResetUnknown, added.Action, added.Mode,
                added.Vlan, added.Timestamps, added.WindowScaling));
        Assert.False(added.Mac.IsEmpty);
        Assert.Equal((7, HostLost.Drop), (added.Backlog, added.HostLost));
        Assert.Equal((1460, ListenerOptions.DefaultBacklog, HostLost.Pass), (other.Mss, other.Backlog, other.HostLost));
        Assert.Equal([added, other], await test.Board.Listeners.ListAsync());

        Assert.True(await test.Board.Listeners.RemoveAsync(added));
        Assert.False(await test.Board.Listeners.RemoveAsync(added));
        Assert.Equal([other], await test.Board.Listeners.ListAsync());
        Listener again = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        Assert.Equal(Port, again.EndPoint.Port);
    }

    [Fact]
    public async Task An_end_point_is_taken_once()
    {
        await using BoardUnderTest test = await OpenAsync();
        await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        OffloadException taken = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Listeners.AddAsync(test.ListenerOn(Port)));
        Assert.Equal(OffloadError.AddressInUse, taken.Code);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(taken.InnerException).SocketErrorCode);
        Assert.Single(await test.Board.Listeners.ListAsync());
    }

    [Fact]
    public async Task Listeners_that_cannot_be_are_refused()
    {
        await using BoardUnderTest test = await OpenAsync();
        ListenerOptions good = test.ListenerOn(Port);
        ListenerOptions[] bad =
        [
            good with { EndPoint = new IPEndPoint(IPAddress.Any, Port) },
            good with { EndPoint = new IPEndPoint(IPAddress.IPv6Any, Port) },
            good with { EndPoint = new IPEndPoint(IPAddress.Parse("224.0.0.1"), Port) },
            good with { EndPoint = new IPEndPoint(IPAddress.Broadcast, Port) },
            good with { EndPoint = new IPEndPoint(IPAddress.Parse("ff02::1"), Port) },
            good with { EndPoint = new IPEndPoint(IPAddress.Parse("::ffff:224.0.0.1"), Port) },
            good with { EndPoint = new IPEndPoint(good.EndPoint.Address, 0) },
            good with { Mss = 63 },
            good with { Mss = 65536 },
            good with { Window = 65536 },
            good with { WindowScale = 15 },
            good with { WindowScale = -1 },
            good with { Vlan = 4095 },
            good with { Action = (ListenerAction)3 },
            good with { Mac = new MacAddress(0x010000000001) },
            good with { Mode = (ListenerMode)2 },
            good with { HostLost = (HostLost)3 },
            good with { Backlog = 0 },
            good with { Backlog = 65536 },
        ];
        foreach (ListenerOptions options in bad)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Board.Listeners.AddAsync(options));
        }

        Assert.Empty(await test.Board.Listeners.ListAsync());
    }

    [Fact]
    public async Task A_slot_that_connections_use_is_not_given_to_another_listener()
    {
        await using BoardUnderTest test = await OpenAsync();
        int slots = (await test.Board.GetIdentityAsync()).Listeners;
        Listener used = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        await test.EstablishAsync(used, 20000);
        await test.Board.Listeners.RemoveAsync(used);
        for (int i = 1; i < slots; i++)
        {
            Assert.NotEqual(used.Slot, (await test.Board.Listeners.AddAsync(test.ListenerOn(Port + i))).Slot);
        }

        OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Listeners.AddAsync(test.ListenerOn(Port)));
        Assert.Equal(OffloadError.ListenersExhausted, none.Code);

        await test.Board.Connections.FlushAsync(used.Slot);
        Assert.Equal(used.Slot, (await test.Board.Listeners.AddAsync(test.ListenerOn(Port))).Slot);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Isn_modes_are_set_and_read_back()
    {
        await using BoardUnderTest test = await OpenAsync();
        IsnConfiguration isn = await test.Board.Isn.GetAsync();
        Assert.True(isn is { Mode: IsnMode.Rfc6528, TestEnabled: false, IsKeySet: true });

        await test.Board.Isn.SetModeAsync(IsnMode.Fixed, 1739326486);
        isn = await test.Board.Isn.GetAsync();
        Assert.True(isn is { Mode: IsnMode.Fixed, FixedValue: 1739326486, TestEnabled: true, EffectiveMode: IsnMode.Fixed });

        await test.Board.Isn.SetModeAsync(IsnMode.Counter);
        isn = await test.Board.Isn.GetAsync();
        Assert.True(isn is { Mode: IsnMode.Counter, TestEnabled: false });

        await Assert.ThrowsAsync<ArgumentException>(async () => await test.Board.Isn.SetModeAsync(IsnMode.Fixed));
        await Assert.ThrowsAsync<ArgumentException>(async () => await test.Board.Isn.SetModeAsync(IsnMode.Rfc6528, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await test.Board.Isn.SetModeAsync((IsnMode)4));
        await test.Board.Isn.SetModeAsync(IsnMode.Cookie);
        Assert.Equal(IsnMode.Cookie, (await test.Board.Isn.GetAsync()).EffectiveMode);
    }

    [Fact]
    [Trait("Rule", "I1")]
    [Trait("Rule", "I2")]
    public async Task Whoever_sets_the_key_can_compute_what_the_core_makes()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        byte[] key = [.. Enumerable.Range(1, 16).Select(value => (byte)(value * 7))];
        await test.Board.Isn.SetKeyAsync(key);
        IsnConfiguration isn = await test.Board.Isn.GetAsync();
        ConnectionKey tuple = await test.EstablishAsync(listener, 20000);
        ConnectionRow row = (await test.Board.Connections.GetAsync(tuple))!.Value;
        Assert.Equal(row.Iss, test.Board.Isn.Compute(isn, row).Iss);
        if (row.Timestamps)
        {
            Assert.Equal(row.TsOffset, test.Board.Isn.Compute(isn, row).TimestampOffset);
        }

        await test.Board.Isn.RotateKeyAsync();
        OffloadException old = Assert.Throws<OffloadException>(() => test.Board.Isn.Compute(isn, row));
        Assert.Equal(OffloadError.KeyNotHeld, old.Code);
        Assert.NotEqual(row.Iss, test.Board.Isn.Compute(await test.Board.Isn.GetAsync(), row).Iss);
        await Assert.ThrowsAsync<ArgumentException>(async () => await test.Board.Isn.SetKeyAsync(new byte[15]));
    }

    [Fact]
    public async Task Registers_are_read_and_written_by_name()
    {
        await using BoardUnderTest test = await OpenAsync();
        BoardRegisters registers = test.Board.Registers;
        Assert.Equal(0x4F46464Cu, await registers.ReadAsync("identity.magic"));
        await registers.WriteAsync("tcp.synack_retries.count", 7);
        Assert.Equal(7u, await registers.ReadAsync("tcp.synack_retries"));
        await registers.WriteAsync("control.reply_header.dscp", 46);
        Assert.Equal(64u, await registers.ReadAsync("control.reply_header.hop_limit"));
        Assert.Equal(46u, await registers.ReadAsync("control.reply_header.dscp"));
        Assert.Equal(8, (await registers.ReadAllAsync(RegisterMap.Identity.MapHash.Info)).Words.Count);

        foreach (Func<Task> wrong in new Func<Task>[]
        {
            async () => await registers.ReadAsync("tcp.none"),
            async () => await registers.ReadAsync("tcp.synack_retries.none"),
            async () => await registers.WriteAsync("tcp.synack_retries.count", 16),
            async () => await registers.WriteAsync("identity.magic", 1),
            async () => await registers.ReadAsync("isn.key"),
            async () => await registers.ReadAsync(2),
            async () => await registers.ReadAsync(0, new uint[257]),
        })
        {
            Assert.Equal(OffloadError.InvalidArgument, (await Assert.ThrowsAsync<OffloadException>(wrong)).Code);
        }

        Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(async () => await registers.ReadAsync(0xFFFC))).Code);
        Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(async () => await registers.WriteAsync(0, new uint[1]))).Code);
    }

    [Theory]
    [InlineData("event.pop")]
    [InlineData("isn.key")]
    [InlineData("isn.key_commit.isn")]
    [InlineData("isn.placement_key")]
    [InlineData("isn.cookie_key")]
    [InlineData("control.heartbeat.beat")]
    [InlineData("control.heartbeat_timeout")]
    [InlineData("control.reset.soft_reset")]
    [InlineData("listener.action.commit")]
    public async Task What_belongs_to_the_holder_is_not_written(string name)
    {
        await using BoardUnderTest test = await OpenAsync();
        Assert.Equal(
            OffloadError.Unsupported, (await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Registers.WriteAsync(name, 1))).Code);
    }

    [Fact]
    [Trait("Rule", "I3")]
    public async Task A_dump_has_no_secret_and_no_action()
    {
        await using BoardUnderTest test = await OpenAsync();
        IReadOnlyList<RegisterValue> dump = await test.Board.Registers.DumpAsync();
        Assert.Contains(dump, value => value.Register.Name == "control.status");
        Assert.DoesNotContain(dump, value => value.Register.IsSecret || value.Register.Access == RegisterAccess.Pulse
            || value.Register.ReadEffect != RegisterReadEffect.None || value.Register.IsWindow);
        Assert.All(dump, value => Assert.Equal(value.Register.Words, value.Words.Count));
    }

    [Fact]
    public async Task Counters_are_read_as_one()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        CounterSnapshot before = await test.Board.Counters.SnapshotAsync();
        await test.EstablishAsync(listener, 20000);
        CounterSnapshot after = await test.Board.Counters.SnapshotAsync();
        Assert.Equal(RegisterMap.CounterCount, after.Count);
        Assert.Equal(before[CounterId.Established] + 1, after[CounterId.Established]);
    }

    [Fact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        ConnectionKey[] keys = new ConnectionKey[10];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = await test.EstablishAsync(listener, 20000 + i);
        }

        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            ConnectionSnapshot snapshot = new();
            for (int round = 0; round < 10; round++)
            {
                ConnectionKey key = keys[(worker + round) % keys.Length];
                Assert.Equal(key, (await test.Board.Connections.GetAsync(key))!.Value.Key);
                await test.Board.Connections.SnapshotAsync(snapshot);
                Assert.Equal(keys.Length, snapshot.Count);
                Assert.Equal(10ul, (await test.Board.Counters.SnapshotAsync())[CounterId.Established]);
            }
        })));
    }

    [Fact]
    public async Task A_cancelled_call_leaves_the_board_usable()
    {
        await using BoardUnderTest test = await OpenAsync();
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        for (int i = 0; i < 20; i++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await test.Board.Counters.SnapshotAsync(cancelled.Token));
        }

        Assert.NotNull(await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task After_dispose_nothing_works_and_disposing_again_does_nothing()
    {
        BoardUnderTest test = await OpenAsync();
        OffloadBoard board = test.Board;
        ConnectionSubscription subscription = await board.Connections.SubscribeAsync();
        Task<ConnectionEvent> waiting = subscription.ReadAsync().AsTask();
        await board.DisposeAsync();
        await board.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await board.Counters.SnapshotAsync());
        Exception ended = await Assert.ThrowsAnyAsync<Exception>(async () => await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(ended is BoardGoneException or ObjectDisposedException, ended.ToString());
        await test.DisposeAsync();
    }
}
