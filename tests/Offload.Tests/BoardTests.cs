using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.Tests.Fakes;

namespace Offload.Tests;

/// <summary>Finding, opening, loading and closing; what only a holder does.</summary>
public sealed class BoardTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_absent_or_ambiguous_board_is_an_error_that_lists_what_is_there()
    {
        OffloadBoardOptions options = Options(new FakeBoard(new FakeCore(), "fake:0", null), new FakeBoard(new FakeCore(), "fake:1", null));
        BoardNotFoundException absent = await Assert.ThrowsAsync<BoardNotFoundException>(async () => await OffloadBoard.OpenAsync("fake:2", options));
        Assert.Contains("fake:0", absent.Message, StringComparison.Ordinal);
        Assert.Contains("fake:1", absent.Message, StringComparison.Ordinal);
        OffloadException several = await Assert.ThrowsAsync<OffloadException>(async () => await OffloadBoard.OpenAsync(null, options));
        Assert.Equal(OffloadError.BoardAmbiguous, several.Code);
        Assert.Contains("fake:1", several.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BoardNotFoundException>(async () => await OffloadBoard.OpenAsync(null, Options()));
    }

    [Fact]
    public async Task A_served_board_is_listed_once_with_its_socket_and_only_its_owner_reaches_it()
    {
        OffloadBoardOptions options = Options(new FakeBoard(new FakeCore(), "fake:0", null));
        Assert.False(Assert.Single(await OffloadBoard.DiscoverAsync(options)).IsServed);
        await using (OffloadBoard holder = await OffloadBoard.OpenAsync(null, options))
        {
            BoardDescription served = Assert.Single(await OffloadBoard.DiscoverAsync(options));
            Assert.True(served.IsServed);
            Assert.Equal(Environment.ProcessId, served.HolderProcessId);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(served.SocketPath!));
            await using OffloadBoard client = await OffloadBoard.ConnectAsync(served.SocketPath!, new OffloadBoardOptions());
            Assert.Equal("fake:0", client.Description.Id);
        }

        Assert.False(Assert.Single(await OffloadBoard.DiscoverAsync(options)).IsServed);
    }

    [Fact]
    public async Task A_holder_that_does_not_answer_is_told_from_a_free_board()
    {
        using Socket silent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(_directory.Path, "fake%3a0.sock");
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();

        // By its id and as the only board, whether its hardware is seen or not; and by its socket.
        foreach (OffloadBoardOptions options in new[] { Options(), Options(new FakeBoard(new FakeCore(), "fake:0", null)) })
        {
            options.HelloTimeout = TimeSpan.FromMilliseconds(200);
            foreach (string? id in new[] { "fake:0", null })
            {
                await RefusedAsync(OffloadBoard.OpenAsync(id, options));
            }

            await RefusedAsync(OffloadBoard.ConnectAsync(path, options));
        }

        // It is listed as one that somebody has.
        OffloadBoardOptions seen = Options(new FakeBoard(new FakeCore(), "fake:0", null));
        seen.HelloTimeout = TimeSpan.FromMilliseconds(200);
        BoardDescription listed = Assert.Single(await OffloadBoard.DiscoverAsync(seen));
        Assert.Equal((path, true, 0), (listed.SocketPath, listed.IsServed, listed.HolderProcessId));

        // Another board is as free as before.
        OffloadBoardOptions other = Options(new FakeBoard(new FakeCore(), "fake:1", null));
        other.HelloTimeout = TimeSpan.FromMilliseconds(200);
        await using OffloadBoard board = await OffloadBoard.OpenAsync("fake:1", other);

        async Task RefusedAsync(ValueTask<OffloadBoard> opening)
        {
            OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await opening);
            Assert.Equal(OffloadError.BoardBusy, error.Code);
            Assert.Contains($"`fuser {path}`", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_socket_of_a_process_that_ended_is_removed()
    {
        string stale = Path.Combine(_directory.Path, "gone.sock");
        using (Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(stale + ".x"));
            File.Move(stale + ".x", stale);
        }

        Assert.True(File.Exists(stale));
        Assert.Empty(await OffloadBoard.DiscoverAsync(Options()));
        Assert.False(File.Exists(stale));
    }

    [Fact]
    public async Task A_folder_that_others_can_enter_is_refused()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0x1ED);
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(
            async () => await OffloadBoard.OpenAsync(null, Options(new FakeBoard(new FakeCore(), "fake:0", null))));
        Assert.Equal(OffloadError.PermissionDenied, refused.Code);
    }

    [Theory]
    [InlineData("identity.magic", "identity.magic")]
    [InlineData("identity.map_hash", "identity.map_hash")]
    public async Task Another_core_is_refused_and_named(string register, string named)
    {
        FakeCore core = new();
        core[RegisterMap.Find(register)!.Address] ^= 1;
        FakeBoard board = new(core, "fake:0", null);
        RegisterMapMismatchException refused = await Assert.ThrowsAsync<RegisterMapMismatchException>(
            async () => await OffloadBoard.OpenAsync(null, Options(board)));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.True(board.IsDisposed);

        OffloadBoardOptions options = Options(board);
        options.OpenUnusableCore = true;
        await using OffloadBoard opened = await OffloadBoard.OpenAsync(null, options);
        await Assert.ThrowsAsync<RegisterMapMismatchException>(async () => await opened.GetStatusAsync());
        await opened.LoadBitstreamAsync(Samples.Bitstream(_directory.Path, "1.0.0"));
        Assert.True((await opened.GetStatusAsync()).Enabled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_a_load_every_access_says_so_and_after_it_the_core_runs(bool throughSocket)
    {
        FakeCore core = new() { IsLoaded = false };
        OffloadBoardOptions options = Options(new FakeBoard(core, "fake:0", null));
        await using OffloadBoard holder = await OffloadBoard.OpenAsync(null, options);
        await using OffloadBoard board = throughSocket ? await OffloadBoard.OpenAsync(null, options) : holder;
        foreach (Func<Task> access in new Func<Task>[]
        {
            async () => await board.GetIdentityAsync(), async () => await board.Counters.SnapshotAsync(), async () => await board.Isn.GetAsync(),
            async () => await board.Connections.SnapshotAsync(), async () => await board.Listeners.ListAsync(), async () => await board.Registers.ReadAsync(0),
        })
        {
            OffloadException none = await Assert.ThrowsAsync<OffloadException>(access);
            Assert.Equal(OffloadError.NoBitstream, none.Code);
            Assert.Contains("no bitstream loaded", none.Message, StringComparison.Ordinal);
        }

        BitstreamRejectedException rejected = await Assert.ThrowsAsync<BitstreamRejectedException>(
            async () => await board.LoadBitstreamAsync(Samples.Bitstream(_directory.Path, "0.0.13")));
        Assert.Equal(BitstreamRejection.WrongKey, rejected.Reason);
        await Assert.ThrowsAnyAsync<IOException>(async () => await board.LoadBitstreamAsync(Path.Combine(_directory.Path, "none.obit")));
        using (CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await board.LoadBitstreamAsync(Samples.Bitstream(_directory.Path, "0.0.99"), null, soon.Token));
        }

        Assert.False((await board.GetPartAsync()).IsLoaded);
        Progress progress = new();
        await board.LoadBitstreamAsync(Samples.Bitstream(_directory.Path, "1.2.3"), progress);
        Assert.Equal([LoadStage.Verifying, LoadStage.Done], progress.Stages);
        Assert.Equal("1.2.3", (await board.GetPartAsync()).LoadedVersion);
        Assert.True((await board.GetStatusAsync()).Enabled);
    }

    [Fact]
    public async Task Listeners_survive_a_load_and_keys_and_epoch_are_new()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(7788));
        (byte[] isn, byte[] placement) = (test.Core.IsnKey, test.Core.PlacementKey);
        IsnConfiguration before = await test.Board.Isn.GetAsync();
        using TemporaryDirectory directory = new();
        await test.Board.LoadBitstreamAsync(Samples.Bitstream(directory.Path, "1.0.0"));
        Assert.Equal([listener], await test.Board.Listeners.ListAsync());
        Assert.True(new ListenerLayout(test.Core.Slot(listener.Slot)).Enabled);
        Assert.NotEqual(isn, test.Core.IsnKey);
        Assert.NotEqual(placement, test.Core.PlacementKey);
        Assert.NotEqual(before.KeyGeneration, (await test.Board.Isn.GetAsync()).KeyGeneration);
        await using ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync();
        ConnectionKey key = await test.EstablishAsync(listener, 1);
        Assert.Equal(key, (await subscription.ReadAsync()).Connection.Key);
    }

    [Fact]
    public async Task Closing_makes_the_board_a_cable()
    {
        FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
        await test.Board.Isn.SetModeAsync(IsnMode.Fixed, 1);
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(7788));
        Assert.True(new ListenerLayout(test.Core.Slot(listener.Slot)).Enabled);
        await test.DisposeAsync();
        Assert.False(new ListenerLayout(test.Core.Slot(listener.Slot)).Enabled);
        Assert.Equal(0u, test.Core[RegisterMap.Control.Control.Address] & 3);
        Assert.Equal(0u, test.Core[RegisterMap.Control.InterruptEnable.Address]);
    }

    [Fact]
    public async Task Closing_ends_while_events_come_without_end()
    {
        FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
        using CancellationTokenSource stop = new();
        Task flood = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                test.Core.Raise(Samples.Event(Samples.Entry(Samples.Key(1), 1), 1));
            }
        });
        await Task.Delay(50);
        await test.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await flood;
    }

    [Fact]
    public async Task A_next_session_has_another_epoch_another_key_and_no_listener_of_the_last()
    {
        FakeCore core = new();
        await using (OffloadBoard first = await OffloadBoard.OpenAsync(null, Options(new FakeBoard(core, "fake:0", null))))
        {
            Assert.Equal(1, (await first.GetStatusAsync()).Epoch);
        }

        // As a process leaves it that was killed: enabled, a listener, a test mode.
        core[RegisterMap.Control.Control.Address] |= 3;
        core[RegisterMap.Isn.Mode.Address] = (uint)IsnMode.Fixed;
        core.Slot(2)[0] = 1;
        byte[] key = core.IsnKey;
        await using OffloadBoard second = await OffloadBoard.OpenAsync(null, Options(new FakeBoard(core, "fake:0", null)));
        Assert.True(await second.GetStatusAsync() is { Epoch: 2, Enabled: true, TestEnabled: false });
        Assert.Equal(IsnMode.Rfc6528, (await second.Isn.GetAsync()).Mode);
        Assert.NotEqual(key, core.IsnKey);
        Assert.Equal(1, core.PlacementCommits);
        Assert.False(new ListenerLayout(core.Slot(2)).Enabled);
    }

    [Fact]
    public async Task A_core_that_hangs_is_a_link_fault_and_no_hang()
    {
        FakeCore core = new();
        OffloadBoardOptions options = Options(new FakeBoard(core, "fake:0", null));
        options.CommandTimeout = TimeSpan.FromMilliseconds(50);
        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, options);
        core.IsStuck = true;
        foreach (Func<Task> call in new Func<Task>[]
        {
            async () => await board.Counters.SnapshotAsync(), async () => await board.Connections.SnapshotAsync(),
            async () => await board.Connections.GetAsync(Samples.Key(1)),
        })
        {
            Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(call)).Code);
        }

        core.IsStuck = false;
        Assert.NotNull(await board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task A_board_that_goes_ends_the_subscriptions()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        await using ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync();
        test.Core.Unplug();
        await Assert.ThrowsAsync<BoardGoneException>(async () => await subscription.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAsync<BoardGoneException>(async () => await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task A_client_of_a_holder_that_ended_is_told_so()
    {
        OffloadBoardOptions options = Options(new FakeBoard(new FakeCore(), "fake:0", null));
        OffloadBoard holder = await OffloadBoard.OpenAsync(null, options);
        await using OffloadBoard client = await OffloadBoard.OpenAsync(null, options);
        await holder.DisposeAsync();
        await Assert.ThrowsAsync<BoardGoneException>(async () => await client.Counters.SnapshotAsync());

        // Another session under the same name is not the one that was opened.
        await using OffloadBoard next = await OffloadBoard.OpenAsync(null, Options(new FakeBoard(new FakeCore(), "fake:0", null)));
        await Assert.ThrowsAsync<BoardGoneException>(async () => await client.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task A_holder_knows_when_a_client_has_changed_the_key()
    {
        OffloadBoardOptions options = Options(new FakeBoard(new FakeCore(), "fake:0", null));
        await using OffloadBoard holder = await OffloadBoard.OpenAsync(null, options);
        await using OffloadBoard client = await OffloadBoard.OpenAsync(null, options);
        Assert.Equal(
            OffloadError.KeyNotHeld, (await Assert.ThrowsAsync<OffloadException>(async () => client.Isn.Compute(await client.Isn.GetAsync(), Samples.Key(1), 0))).Code);
        holder.Isn.Compute(await holder.Isn.GetAsync(), Samples.Key(1), 0);
        await client.Isn.RotateKeyAsync();
        Assert.Equal(
            OffloadError.KeyNotHeld, (await Assert.ThrowsAsync<OffloadException>(async () => holder.Isn.Compute(await holder.Isn.GetAsync(), Samples.Key(1), 0))).Code);
        client.Isn.Compute(await client.Isn.GetAsync(), Samples.Key(1), 0);
    }

    [Fact]
    [Trait("Rule", "I3")]
    public async Task No_key_is_in_a_log_an_error_a_text_or_a_register()
    {
        Recorder recorder = new();
        FakeCore core = new();
        OffloadBoardOptions options = Options(new FakeBoard(core, "fake:0", null));
        options.LoggerFactory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(recorder));
        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, options);
        byte[] key = [.. Enumerable.Range(0xA0, 16).Select(value => (byte)value)];
        await board.Isn.SetKeyAsync(key);
        Assert.Equal(key, core.IsnKey);
        core.ReadAddresses.Clear();
        IReadOnlyList<RegisterValue> dump = await board.Registers.DumpAsync();
        string everything = string.Join('\n', recorder.Lines) + board.Isn + await board.Isn.GetAsync() + string.Join(' ', dump.SelectMany(value => value.Words).Select(word => word.ToString("x8", null)));
        Assert.Contains("1301", everything, StringComparison.Ordinal);
        foreach (string part in new[] { "a0a1a2a3", "A0A1A2A3", "a3a2a1a0", "160, 161", "160,161", Convert.ToBase64String(key)[..8] })
        {
            Assert.DoesNotContain(part, everything, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(core.ReadAddresses, address => RegisterMap.All.Any(register => register.IsSecret && address >= register.Address && address < register.Address + (4 * register.Words)));
    }

    [Fact]
    public async Task Rows_are_decoded_without_allocation()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(7788));
        for (int i = 0; i < 20; i++)
        {
            await test.EstablishAsync(listener, i + 1);
        }

        ConnectionSnapshot snapshot = await test.Board.Connections.SnapshotAsync();
        snapshot.Decode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            snapshot.Decode();
        }

        // One for each row, or for each decoding, would be more; the runtime's own (a method that is compiled anew) is less.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(20, snapshot.Count);
    }

    [Fact]
    public async Task A_service_provider_gives_one_board_and_closes_it()
    {
        FakeBoard hardware = new(new FakeCore { IsLoaded = false }, "fake:0", null);
        ServiceCollection services = new();
        services.AddSingleton<BoardProvider>(new FakeProvider(hardware));
        services.AddOffload(options =>
        {
            options.RuntimeDirectory = _directory.Path;
            options.BitstreamPath = Samples.Bitstream(_directory.Path, "1.0.0");
        });
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            OffloadBoardSource source = provider.GetRequiredService<OffloadBoardSource>();
            OffloadBoard board = await source.GetAsync();
            Assert.Same(board, await source.GetAsync());
            Assert.True((await board.GetStatusAsync()).Enabled);
        }

        Assert.True(hardware.IsDisposed);
    }

    [Fact]
    public async Task A_listener_holds_its_port_at_the_kernel_and_gives_it_back()
    {
        HostPort host = new("lo", null, new MacAddress(0x020000000009));
        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, Options(new FakeBoard(new FakeCore(), "fake:0", host)));
        int port = FreePort();
        Listener listener = await board.Listeners.AddAsync(new IPEndPoint(IPAddress.Loopback, port));
        Assert.Equal(host.MacAddress, listener.Mac);
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            Assert.Equal(
                SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => other.Bind(new IPEndPoint(IPAddress.Loopback, port))).SocketErrorCode);
        }

        await board.Listeners.RemoveAsync(listener);
        using Socket after = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        after.Bind(new IPEndPoint(IPAddress.Loopback, port));
        after.Listen();
        OffloadException taken = await Assert.ThrowsAsync<OffloadException>(
            async () => await board.Listeners.AddAsync(new IPEndPoint(IPAddress.Loopback, port)));
        Assert.Equal(OffloadError.AddressInUse, taken.Code);
        Assert.IsType<SocketException>(taken.InnerException);

        OffloadException foreign = await Assert.ThrowsAsync<OffloadException>(
            async () => await board.Listeners.AddAsync(new IPEndPoint(IPAddress.Parse("203.0.113.7"), port)));
        Assert.Equal(OffloadError.AddressNotAvailable, foreign.Code);
        Assert.Empty(await board.Listeners.ListAsync());
    }

    /// <summary>A port that nobody has, and that the kernel gives to nobody who asks for any: below net.ipv4.ip_local_port_range.</summary>
    private static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 32_000);
            using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another.
            }
        }
    }

    private OffloadBoardOptions Options(params FakeBoard[] boards)
    {
        OffloadBoardOptions options = new() { RuntimeDirectory = _directory.Path };
        options.Providers.Add(new FakeProvider(boards));
        return options;
    }

    private sealed class Progress : IProgress<LoadProgress>
    {
        public List<LoadStage> Stages { get; } = [];

        public void Report(LoadProgress value) => Stages.Add(value.Stage);
    }
}
