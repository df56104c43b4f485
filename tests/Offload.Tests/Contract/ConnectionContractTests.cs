using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Registers;
using Offload.Timers;

namespace Offload.Tests.Contract;

/// <content>Opening, closing, owners, timers and keys.</content>
public abstract partial class BoardContractTests
{
    [Fact]
    [Trait("Rule", "A1")]
    [Trait("Rule", "A2")]
    public async Task An_open_that_is_answered_is_established()
    {
        await using BoardUnderTest test = await OpenAsync();
        await using ConnectionSubscription events = await test.Board.Connections.SubscribeAsync();
        ConnectionOpenOptions options = test.OpenTo(80) with { Window = 1234 };
        Task<ConnectionRow> open = test.Board.Connections.OpenAsync(options).AsTask();
        await test.AnswerOpenAsync(options, accept: true);
        ConnectionRow row = await open.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(
            (TcpState.Established, Owner.Engine, Origin.Open, options.NextHopMac!.Value, (ushort)1234),
            (row.State, row.Owner, row.Origin, row.RemoteMac, row.OurWindow));
        Assert.Equal(ConnectionKey.FromEndPoints(new IPEndPoint(options.LocalAddress!, options.LocalPort!.Value), options.RemoteEndPoint), row.Key);
        Assert.Equal((await test.Board.GetStatusAsync()).Epoch, row.Epoch);
        Assert.True((await events.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Established);
        Assert.Equal(row, await test.Board.Connections.GetAsync(row.Key));
        Assert.True(BoardIsn.IsComputable(row));

        OffloadException twice = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.OpenAsync(options));
        Assert.Equal(OffloadError.ConnectionExists, twice.Code);
    }

    [Fact]
    [Trait("Rule", "A4")]
    public async Task An_open_that_is_refused_says_so_as_a_socket_would()
    {
        await using BoardUnderTest test = await OpenAsync();
        for (int round = 0; round < 2; round++)
        {
            ConnectionOpenOptions options = test.OpenTo(80 + round);
            Task<ConnectionRow> open = test.Board.Connections.OpenAsync(options).AsTask();
            await test.AnswerOpenAsync(options, accept: false);
            OffloadException refused = await Assert.ThrowsAsync<OffloadException>(() => open.WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal(OffloadError.ConnectionRefused, refused.Code);
            Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);
        }

        Assert.Equal(0, (await test.Board.GetStatusAsync()).EntriesInUse);
    }

    [Fact]
    [Trait("Rule", "F10")]
    public async Task A_cancelled_open_is_aborted()
    {
        await using BoardUnderTest test = await OpenAsync();
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await test.Board.Connections.OpenAsync(test.OpenTo(80), soon.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while ((await test.Board.GetStatusAsync(late.Token)).EntriesInUse > 0)
        {
            await Task.Delay(5, late.Token);
        }
    }

    [Fact]
    public async Task Opens_with_the_same_options_share_a_slot_and_give_it_back()
    {
        await using BoardUnderTest test = await OpenAsync();
        HashSet<int> slots = [];
        for (int port = 80; port < 83; port++)
        {
            slots.Add((await EstablishOpenAsync(test, test.OpenTo(port))).Listener);
        }

        int other = (await EstablishOpenAsync(test, test.OpenTo(90) with { Window = 1000 })).Listener;
        Assert.DoesNotContain(other, Assert.Single(slots) is var shared ? [shared] : Array.Empty<int>());

        // As many listeners as slots are left, and no more.
        int left = (await test.Board.GetIdentityAsync()).Listeners - 2;
        for (int i = 0; i < left; i++)
        {
            Assert.DoesNotContain((await test.Board.Listeners.AddAsync(test.ListenerOn(Port + i))).Slot, slots.Append(other));
        }

        Assert.Equal(
            OffloadError.ListenersExhausted,
            (await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.OpenAsync(test.OpenTo(91) with { Window = 1001 }))).Code);
        ConnectionSnapshot table = await test.Board.Connections.SnapshotAsync();
        ConnectionRow last = table.Rows.ToArray().First(row => row.Listener == other);
        await using ConnectionSubscription events = await test.Board.Connections.SubscribeAsync();
        await test.Board.Connections.AbortAsync(last.Key, last.CreatedMicroseconds);
        Assert.True((await events.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Closed);
        Assert.Equal(other, (await test.Board.Listeners.AddAsync(test.ListenerOn(Port + left))).Slot);
    }

    [Fact]
    public async Task Opens_that_cannot_be_are_refused()
    {
        await using BoardUnderTest test = await OpenAsync();
        ConnectionOpenOptions good = test.OpenTo(80);
        foreach (ConnectionOpenOptions bad in new[]
        {
            good with { RemoteEndPoint = new IPEndPoint(IPAddress.Any, 80) },
            good with { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("224.0.0.1"), 80) },
            good with { RemoteEndPoint = new IPEndPoint(IPAddress.Broadcast, 80) },
            good with { RemoteEndPoint = new IPEndPoint(good.RemoteEndPoint.Address, 0) },
            good with { LocalAddress = IPAddress.IPv6Loopback },
            good with { LocalPort = 0 },
            good with { LocalPort = 65536 },
            good with { Mss = 63 },
            good with { Window = -1 },
            good with { WindowScale = 15 },
            good with { Vlan = 4095 },
            good with { Mode = (ListenerMode)2 },
            good with { LocalMac = new MacAddress(0x010000000001) },
            good with { NextHopMac = default(MacAddress) },
            good with { ResolveTimeout = TimeSpan.FromSeconds(-1) },
            good with { ResolveTimeout = TimeSpan.FromSeconds(61) },
        })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Board.Connections.OpenAsync(bad));
        }

        Assert.Equal(
            OffloadError.NoRoute,
            (await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.OpenAsync(good with { NextHopMac = null }))).Code);
        Assert.Equal(0, (await test.Board.GetStatusAsync()).EntriesInUse);
    }

    [Fact]
    [Trait("Rule", "F1")]
    public async Task Close_sends_a_fin_once_and_then_names_the_state()
    {
        await using BoardUnderTest test = await OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(Port));
        ConnectionKey key = await test.EstablishAsync(listener, 20000);
        ulong created = (await test.Board.Connections.GetAsync(key))!.Value.CreatedMicroseconds;
        Assert.Equal(TcpState.FinWait1, (await test.Board.Connections.CloseAsync(key, created)).State);
        OffloadException again = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.CloseAsync(key, created));
        Assert.Equal(OffloadError.CommandUnsupported, again.Code);
        Assert.Contains("FIN-WAIT-1", again.Message, StringComparison.Ordinal);
        Assert.Contains("Engine", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parked_connection_goes_to_the_host_and_comes_back()
    {
        await using BoardUnderTest test = await OpenAsync();
        BoardConnections connections = test.Board.Connections;
        ConnectionRow row = await EstablishOpenAsync(test, test.OpenTo(80) with { Mode = ListenerMode.Adopt });
        Assert.Equal(Owner.Parked, row.Owner);
        foreach (Func<Task> early in new Func<Task>[]
        {
            async () => await connections.HoldAsync(row.Key, row.CreatedMicroseconds),
            async () => await connections.TakeAsync(row.Key, row.CreatedMicroseconds, default),
            async () => await connections.CloseAsync(row.Key, row.CreatedMicroseconds),
        })
        {
            OffloadException wrong = await Assert.ThrowsAsync<OffloadException>(early);
            Assert.Equal(OffloadError.CommandUnsupported, wrong.Code);
            Assert.Contains("Parked", wrong.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Owner.Host, (await connections.ReleaseAsync(row.Key, row.CreatedMicroseconds)).Owner);
        Assert.Equal(Owner.Held, (await connections.HoldAsync(row.Key, row.CreatedMicroseconds)).Owner);
        ConnectionTake numbers = new() { SndNxt = 100, RcvNxt = 200, Window = 300, PeerClosed = true };
        ConnectionRow taken = await connections.TakeAsync(row.Key, row.CreatedMicroseconds, numbers);
        Assert.Equal(
            (Owner.Engine, Origin.Take, TcpState.CloseWait, 100u, 100u, 200u, (ushort)300),
            (taken.Owner, taken.Origin, taken.State, taken.SndNxt, taken.SndUna, taken.RcvNxt, taken.OurWindow));
        IsnConfiguration isn = await test.Board.Isn.GetAsync();
        Assert.False(BoardIsn.IsComputable(taken));
        Assert.Equal(OffloadError.NotComputable, Assert.Throws<OffloadException>(() => test.Board.Isn.Compute(isn, taken)).Code);

        ConnectionRow other = await EstablishOpenAsync(test, test.OpenTo(81) with { Mode = ListenerMode.Adopt });
        await connections.ReleaseAsync(other.Key, other.CreatedMicroseconds, forget: true);
        Assert.Null(await connections.GetAsync(other.Key));
    }

    [Fact]
    public async Task Timers_are_set_in_ticks_that_are_rounded_up()
    {
        await using BoardUnderTest test = await OpenAsync();
        BoardTimers timers = test.Board.Timers;
        foreach (TimerInfo timer in TimerInfo.All.Reverse())
        {
            Assert.Equal(timer.Default, await timers.GetAsync(timer));
            await timers.SetAsync(timer, timer.Maximum);
            Assert.Equal(timer.Maximum, await timers.GetAsync(timer));
        }

        await timers.SetAsync("tcp_fin_timeout", TimeSpan.FromMilliseconds(2));
        Assert.Equal(TimeSpan.FromMilliseconds(2.048), await timers.GetTimeAsync("tcp_fin_timeout"));
        Assert.Equal(2u, await test.Board.Registers.ReadAsync("tcp.fin_timeout.ticks"));
        await timers.SetAsync("time_wait", TimeSpan.FromTicks(1));
        Assert.Equal(1u, await test.Board.Registers.ReadAsync("tcp.time_wait.ticks"));
        await timers.SetAsync("time_wait", TimeSpan.FromMilliseconds(1.024));
        Assert.Equal(1u, await test.Board.Registers.ReadAsync("tcp.time_wait.ticks"));
        await timers.SetAsync("tcp_syn_retries", 3);
        Assert.Equal(3, await timers.GetCountAsync("tcp_syn_retries"));
        await timers.SetAsync("watch_idle", TimeSpan.Zero);
        await timers.SetResetBucketAsync(new TokenBucket(9, 4));
        Assert.Equal(new TokenBucket(9, 4), await timers.GetResetBucketAsync());

        foreach (Func<Task> wrong in new Func<Task>[]
        {
            async () => await timers.SetAsync("tcp_syn_retries", 16),
            async () => await timers.SetAsync("tcp_syn_retries", TimeSpan.FromSeconds(1)),
            async () => await timers.SetAsync("tcp_fin_timeout", 3),
            async () => await timers.SetAsync("tcp_fin_timeout", TimeSpan.Zero),
            async () => await timers.SetAsync("tcp_fin_timeout", TimeSpan.FromDays(9999)),
            async () => await timers.SetAsync("tcp_fin_timeout", TimeSpan.FromSeconds(-1)),
            async () => await timers.SetAsync("tcp_invalid_ratelimit", TimeSpan.FromMilliseconds(5)),
            async () => await timers.SetAsync("rto_max", TimeSpan.FromSeconds(1)),
            async () => await timers.SetResetBucketAsync(new TokenBucket(256, 0)),
            async () => await timers.SetResetBucketAsync(new TokenBucket(0, 16)),
        })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(wrong);
        }

        OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await timers.GetCountAsync("tcp_none"));
        Assert.Contains("tcp_synack_retries", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "K3")]
    public async Task Cookies_are_set_and_a_new_key_waits_for_the_next_period()
    {
        await using BoardUnderTest test = await OpenAsync();
        CookieConfiguration cookies = await test.Board.Isn.GetCookiesAsync();
        Assert.True(cookies is { HalfOpenThreshold: CookieConfiguration.NoThreshold, Bucket.Depth: 0, IsKeySet: true, IsKeyWaiting: false });
        await test.Board.Isn.SetCookieThresholdAsync(100);
        await test.Board.Isn.SetCookieBucketAsync(new TokenBucket(20, 10));
        cookies = await test.Board.Isn.GetCookiesAsync();
        Assert.Equal((100, new TokenBucket(20, 10)), (cookies.HalfOpenThreshold, cookies.Bucket));
        Assert.InRange(cookies.NextPeriodIn, TimeSpan.Zero, CookieConfiguration.PeriodLength);

        ulong generation = (await test.Board.Isn.GetAsync()).KeyGeneration;
        Assert.Equal(new KeyRotation(IsnKeys.Isn, null), await test.Board.Isn.RotateAsync(IsnKeys.Isn));
        Assert.NotEqual(generation, (await test.Board.Isn.GetAsync()).KeyGeneration);
        KeyRotation rotation = await test.Board.Isn.RotateAsync(IsnKeys.Cookie);
        Assert.InRange(rotation.CookieKeyTakesEffectIn!.Value, TimeSpan.FromTicks(1), CookieConfiguration.PeriodLength);
        Assert.True((await test.Board.GetStatusAsync()).CookieKeyWaits);

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Board.Isn.SetCookieThresholdAsync(131072));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Board.Isn.SetCookieBucketAsync(new TokenBucket(-1, 0)));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Board.Isn.RotateAsync(0));
    }

    [Fact]
    public async Task This_sessions_connections_are_no_orphans()
    {
        await using BoardUnderTest test = await OpenAsync();
        await EstablishOpenAsync(test, test.OpenTo(80));
        Assert.Empty(await test.Board.Connections.GetOrphansAsync());
        Assert.Equal(0, await test.Board.Connections.AbortOrphansAsync());
        Assert.Equal(1, (await test.Board.GetStatusAsync()).EntriesInUse);
    }

    private static async Task<ConnectionRow> EstablishOpenAsync(BoardUnderTest test, ConnectionOpenOptions options)
    {
        Task<ConnectionRow> open = test.Board.Connections.OpenAsync(options).AsTask();
        await test.AnswerOpenAsync(options, accept: true);
        return await open.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
