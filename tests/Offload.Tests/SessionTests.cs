using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.Tests.Fakes;

namespace Offload.Tests;

/// <summary>What a session does by itself: signs of life, keys, the epoch, and following what it opened.</summary>
public sealed class SessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_host_is_alive_until_the_session_ends()
    {
        FakeCore core = new();
        await using (OffloadBoard board = await OffloadBoard.OpenAsync(null, Options(core, TimeSpan.FromMilliseconds(150))))
        {
            Assert.Equal(147u, core[RegisterMap.Control.HeartbeatTimeout.Address]);
            await UntilAsync(() => core.Beats > 6);
        }

        int last = core.Beats;
        await Task.Delay(200);
        Assert.Equal(last, core.Beats);

        await using (await OffloadBoard.OpenAsync(null, Options(core, TimeSpan.Zero)))
        {
            Assert.Equal(0u, core[RegisterMap.Control.HeartbeatTimeout.Address]);
            last = core.Beats;
            await Task.Delay(200);
            Assert.Equal(last, core.Beats);
        }

        foreach (TimeSpan bad in new[] { TimeSpan.FromMilliseconds(99), TimeSpan.FromSeconds(1074), TimeSpan.FromSeconds(-1) })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await OffloadBoard.OpenAsync(null, Options(new FakeCore(), bad)));
        }
    }

    [Fact]
    [Trait("Rule", "I3")]
    public async Task Every_session_has_a_cookie_key_that_nobody_sees()
    {
        FakeCore core = new();
        Recorder recorder = new();
        for (int session = 1; session < 3; session++)
        {
            OffloadBoardOptions options = Options(core, TimeSpan.Zero);
            options.LoggerFactory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(recorder));
            await using OffloadBoard board = await OffloadBoard.OpenAsync(null, options);
            Assert.Equal(session, core.CookieKeys.Count);
        }

        await using (OffloadBoard board = await OffloadBoard.OpenAsync(null, Options(core, TimeSpan.Zero)))
        {
            await board.Isn.RotateAsync(IsnKeys.Cookie);
            recorder.Lines.Add(board.Isn + " " + await board.Isn.GetCookiesAsync());
        }

        Assert.Equal(4, core.CookieKeys.Count);
        Assert.Equal(4, core.CookieKeys.Select(Convert.ToHexString).Distinct().Count());
        string everything = string.Join('\n', recorder.Lines);
        Assert.All(core.CookieKeys, key =>
        {
            Assert.Contains(key, part => part != 0);
            Assert.DoesNotContain(Convert.ToHexString(key)[..8], everything, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Connections_of_an_earlier_session_are_orphans_to_be_aborted()
    {
        FakeCore core = new();
        await using (await OffloadBoard.OpenAsync(null, Options(core)))
        {
            for (int i = 0; i < 3; i++)
            {
                uint[] entry = Samples.Entry(Samples.Key(1000 + i), created: 5);
                EntryLayout.Fields.First(field => field.Name == "epoch").Set(entry, 1);
                EntryLayout.Fields.First(field => field.Name == "owner").Set(entry, i == 2 ? (uint)Owner.Host : (uint)Owner.Engine);
                core.Put(i, entry);
            }
        }

        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, Options(core));
        uint[] own = Samples.Entry(Samples.Key(2000), created: 5);
        EntryLayout.Fields.First(field => field.Name == "epoch").Set(own, 2);
        core.Put(9, own);
        Assert.Equal([1000, 1001, 1002], (await board.Connections.GetOrphansAsync()).Select(row => (int)row.Key.RemotePort).Order());
        Assert.Equal(2, await board.Connections.AbortOrphansAsync());
        Assert.Equal([1002, 2000], (await board.Connections.SnapshotAsync()).Rows.ToArray().Select(row => (int)row.Key.RemotePort).Order());
    }

    [Fact]
    public async Task An_open_whose_event_was_lost_is_found_in_the_table()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        ConnectionOpenOptions[] options = [test.OpenTo(80), test.OpenTo(81)];
        Task<ConnectionRow>[] opens = [.. options.Select(each => test.Board.Connections.OpenAsync(each).AsTask())];
        await UntilAsync(() => test.Core.Commands.Count(code => code == CommandCode.Open) == 2);
        test.Core.HoldInterrupt = true;
        for (uint i = 0; i < FakeCore.EventDepth; i++)
        {
            test.Core.Raise(Samples.Event(Samples.Entry(Samples.Key(20000), i), 1));
        }

        await test.AnswerOpenAsync(options[0], accept: true);
        await test.AnswerOpenAsync(options[1], accept: false);
        test.Core.HoldInterrupt = false;
        Assert.Equal(TcpState.Established, (await opens[0].WaitAsync(Patience)).State);
        OffloadException lost = await Assert.ThrowsAsync<OffloadException>(() => opens[1].WaitAsync(Patience));
        Assert.Equal(OffloadError.ConnectionAborted, lost.Code);
        Assert.Contains("lost", lost.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_and_a_close_end_the_opens_that_wait(bool isLoad)
    {
        FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
        Task<ConnectionRow> open = test.Board.Connections.OpenAsync(test.OpenTo(80)).AsTask();
        await UntilAsync(() => test.Core.Commands.Contains(CommandCode.Open));
        if (isLoad)
        {
            await test.Board.LoadBitstreamAsync(Samples.Bitstream(_directory.Path, "1.0.0"));
        }
        else
        {
            await test.DisposeAsync();
        }

        Assert.Equal(OffloadError.ConnectionAborted, (await Assert.ThrowsAsync<OffloadException>(() => open.WaitAsync(Patience))).Code);
        if (isLoad)
        {
            Task<ConnectionRow> again = test.Board.Connections.OpenAsync(test.OpenTo(80)).AsTask();
            await test.AnswerOpenAsync(test.OpenTo(80), accept: true);
            Assert.Equal(TcpState.Established, (await again.WaitAsync(Patience)).State);
            await test.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_that_goes_takes_its_open_with_it()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        using CancellationTokenSource gone = new();
        Task<ConnectionRow> open = test.Board.Connections.OpenAsync(test.OpenTo(80), gone.Token).AsTask();
        await UntilAsync(() => test.Core.Commands.Contains(CommandCode.Open));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
        await UntilAsync(() => test.Core.Commands.Contains(CommandCode.Abort));
    }

    [Fact]
    public async Task A_full_table_and_a_timeout_are_errors_of_their_own()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        Task<ConnectionRow> open = test.Board.Connections.OpenAsync(test.OpenTo(80)).AsTask();
        await UntilAsync(() => test.Core.Commands.Contains(CommandCode.Open));
        ConnectionKey key = ConnectionKey.FromEndPoints(new IPEndPoint(Samples.Local, 40000), test.OpenTo(80).RemoteEndPoint);
        test.Core.AnswerOpen(key, CloseReason.TimedOut);
        OffloadException late = await Assert.ThrowsAsync<OffloadException>(() => open.WaitAsync(Patience));
        Assert.Equal(OffloadError.ConnectionTimedOut, late.Code);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(late.InnerException).SocketErrorCode);
        for (int i = 0; i < FakeCore.Connections; i++)
        {
            test.Core.Put(i, Samples.Entry(Samples.Key(i + 1), 1));
        }

        OffloadException full = await Assert.ThrowsAsync<OffloadException>(async () => await test.Board.Connections.OpenAsync(test.OpenTo(80)));
        Assert.Equal(OffloadError.TableFull, full.Code);
    }

    [Fact]
    public void Rows_and_events_show_what_the_layout_has()
    {
        uint[] entry = Samples.Entry(Samples.Key(1), 1);
        foreach ((string name, uint value) in new[] { ("peer_fin", 1u), ("reused", 1u), ("ts_recent_age", 77u), ("origin", 2u) })
        {
            EntryLayout.Fields.First(field => field.Name == name).Set(entry, value);
        }

        uint[] words = Samples.Event(entry, 3);
        foreach ((string name, uint value) in new[] { ("icmp_error", 1u), ("icmp_type", 3u), ("icmp_code", 13u) })
        {
            EventLayout.Fields.First(field => field.Name == name).Set(words, value);
        }

        ConnectionEvent item = ConnectionWords.ReadEvent(words, 0);
        Assert.True(item is { IcmpError: true, IcmpType: 3, IcmpCode: 13, Connection: { PeerFin: true, Reused: true, TsRecentAge: 77, Origin: Origin.Cookie } });
        Assert.False(BoardIsn.IsComputable(item.Connection));
        Assert.True(BoardIsn.IsComputable(item.Connection with { Reused = false, Origin = Origin.Syn }));
        Assert.False(BoardIsn.IsComputable(item.Connection with { Reused = true, Origin = Origin.Syn }));
        Assert.False(BoardIsn.IsComputable(item.Connection with { Reused = false }));
    }

    [Fact]
    [Trait("Rule", "F11")]
    public void The_eleven_states_have_the_names_of_the_rfc() => Assert.Equal(
        "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT".Split(' '),
        Enum.GetValues<TcpState>().Select(state => state.ToRfcName()));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource late = new(Patience);
        while (!condition())
        {
            await Task.Delay(2, late.Token);
        }
    }

    private OffloadBoardOptions Options(FakeCore core, TimeSpan? hostTimeout = null)
    {
        OffloadBoardOptions options = new() { RuntimeDirectory = _directory.Path };
        options.HostTimeout = hostTimeout ?? options.HostTimeout;
        options.Providers.Add(new FakeProvider(new FakeBoard(core, "fake:0", null)));
        return options;
    }
}
