using System.Diagnostics;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Counters;
using Offload.Engine.Tests.Frames;
using Offload.Isn;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;
using Offload.Timers;
using Offload.VirtualBoard;
using Xunit.Abstractions;

namespace Offload.Kernel.Tests.Rules;

/// <summary>
/// SYNs from random addresses, as fast as the board takes them, while kernels connect through the TAP on a cable that loses nothing: 20,000 a case, or
/// 2,000,000 with OFFLOAD_TEST_FULL=1. The flood comes in at the cable, behind the TAP, so that it takes no room from the clients in the kernel's queues.
/// OFFLOAD_TEST_SEED replays its addresses. A client connects at its first SYN where each of its SYNs is answered: on a machine that is busy for a
/// second its kernel may have sent another before it came to see the answer.
/// </summary>
public sealed class FloodTests(ITestOutputHelper output) : RigTest
{
    /// <summary>Entries that the engine keeps free, by making room in time, while cookies are out.</summary>
    private const int Reserve = 8;

    /// <summary>Clients that connect at a time.</summary>
    private const int Dialers = 4;

    /// <summary>Ports of the clients that fill the table: each only once, for a second SYN would open a connection in TIME-WAIT anew (rule F9).</summary>
    private const int FirstPort = 16_000;

    /// <summary>Clients that fill the table one after the other at the end, more than the core has on their way at a time: while those may take all that
    /// is free, it sends cookies and makes room, and a connection that is half open may be the one that has to go.</summary>
    private const int LastAlone = 128;

    /// <summary>Least clients that a flood is judged by.</summary>
    private const int LeastClients = 50;

    private static readonly bool Full = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1";
    private static readonly long FloodLength = Full ? 2_000_000 : 20_000;

    /// <summary>What fills the table.</summary>
    public enum Filling
    {
        /// <summary>SYN-RECEIVED: the flood itself.</summary>
        HalfOpen,

        /// <summary>Kernels' connections that the engine closed first.</summary>
        TimeWait,

        /// <summary>Kernels' connections that were released to the host, and are watched.</summary>
        Host,
    }

    // A long run has a new cookie key in the middle (K3): it lasts until that has been in use for a while.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "K1")]
    [Trait("Rule", "K2")]
    [Trait("Rule", "K3")]
    public async Task Past_the_threshold_every_client_connects_at_its_first_syn(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("isn.cookie_threshold", 512);
        await NoRetransmissionsAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        SynFlood flood = await BeginAsync(scene, listener);
        TimeSpan untilRotation = TimeSpan.Zero;
        if (Full)
        {
            // A new cookie key amid the flood: it takes effect with the next period.
            untilRotation = (await scene.Board.Isn.RotateAsync(IsnKeys.Cookie)).CookieKeyTakesEffectIn ?? TimeSpan.Zero;
        }

        long started = Stopwatch.GetTimestamp();
        List<Dial> dials = await DialAllAsync(
            scene, listener, keep: false, enough: dialed => flood.Sent >= FloodLength && dialed >= LeastClients && Stopwatch.GetElapsedTime(started) > untilRotation + (untilRotation / 8));
        await EndAsync(scene, flood, dials, started, $"{ip}, past a threshold of 512{(Full ? $", a new cookie key after {untilRotation.TotalSeconds:F0} s" : "")}");

        await NoneIsLateAsync(scene, dials);
        Assert.Equal((ulong)dials.Count, await scene.CountAsync(CounterId.Established));
        Assert.True(await scene.CountAsync(CounterId.CookiesSent) > (ulong)FloodLength / 2, "hardly any cookies were sent");
        Assert.True(await scene.CountAsync(CounterId.CookiesAccepted) > 0, "no client came in by a cookie");
        await NothingWasLostAsync(scene, flood, dials);
    }

    /// <summary>Every filling, with one version of IP; with both in a long run.</summary>
    public static TheoryData<Ip, Filling> Fillings()
    {
        TheoryData<Ip, Filling> data = new() { { Ip.V4, Filling.HalfOpen }, { Ip.V6, Filling.TimeWait }, { Ip.V4, Filling.Host } };
        if (Full)
        {
            data.Add(Ip.V6, Filling.HalfOpen);
            data.Add(Ip.V4, Filling.TimeWait);
            data.Add(Ip.V6, Filling.Host);
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Fillings))]
    [Trait("Rule", "K1")]
    [Trait("Rule", "K2")]
    public async Task With_a_full_table_every_client_connects_at_its_first_syn(Ip ip, Filling filling)
    {
        await using Scene scene = await Rig.BeginAsync();
        int capacity = await PatientTimersAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        if (filling != Filling.HalfOpen)
        {
            await FillAsync(scene, ip, filling, capacity);
        }

        SynFlood flood = await BeginAsync(scene, listener);
        await FullAsync(scene, capacity);
        // With the first cookies the engine begins to make room for those who come back with them; that takes it a look at the whole table for each.
        uint used = 0;
        await Scene.UntilAsync(
            async () => (used = await scene.Board.Registers.ReadAsync("control.entries_in_use")) <= capacity - Reserve, () => $"{used} entries are in use: {Reserve} are free");
        long started = Stopwatch.GetTimestamp();
        // Those that connected stay, so that the flood does not get the places of what made room for them.
        List<Dial> dials = await DialAllAsync(
            scene, listener, keep: true, enough: dialed => (flood.Sent >= FloodLength && dialed >= LeastClients) || dialed >= capacity / 2);
        await SentAsync(flood);
        await EndAsync(scene, flood, dials, started, $"{ip}, full of {filling}");
        ConnectionSnapshot table = await scene.Board.Connections.SnapshotAsync();
        output.WriteLine("afterwards: " + string.Join(
            ", ", table.Rows.ToArray().GroupBy(row => (row.State, row.Owner)).Select(group => $"{group.Count()} {group.Key.State.ToRfcName()} ({group.Key.Owner})")));
        await NoneIsLateAsync(scene, dials);
        ulong evicted = await scene.CountAsync(CounterId.ClosedEvicted);
        Assert.InRange(evicted, (ulong)(dials.Count - Reserve), (ulong)(dials.Count + Reserve));
        Assert.Equal(0ul, await scene.CountAsync(CounterId.CookiesNoRoom));
        TcpState wanted = filling == Filling.HalfOpen ? TcpState.SynReceived : filling == Filling.TimeWait ? TcpState.TimeWait : TcpState.Established;
        int still = table.Rows.ToArray().Count(row => row.State == wanted && (row.Owner == Owner.Host) == (filling == Filling.Host));
        Assert.InRange(still, capacity - dials.Count - Reserve, capacity);
    }

    /// <summary>One version of IP; both in a long run.</summary>
    public static TheoryData<Ip> Versions() => Full ? [Ip.V4, Ip.V6] : [Ip.V6];

    [SkippableTheory]
    [MemberData(nameof(Versions))]
    [Trait("Rule", "K2")]
    public async Task With_a_table_full_of_the_engines_own_the_ack_is_dropped_and_counted(Ip ip)
    {
        const int Clients = 40;
        await using Scene scene = await Rig.BeginAsync();
        int capacity = await PatientTimersAsync(scene);
        Listener listener = await scene.ListenAsync(ip);
        Queue<Socket> owners = new((await FillAsync(scene, ip, null, capacity)).Where(socket => socket is not null)!);
        SynFlood flood = await BeginAsync(scene, listener);
        await FullAsync(scene, capacity);
        ulong established = await scene.CountAsync(CounterId.Established);
        long started = Stopwatch.GetTimestamp();
        List<(Dial Dial, Socket Socket)> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            // Half of them at the end, whose cookies are still valid afterwards.
            if (i == Clients / 2)
            {
                await SentAsync(flood);
            }

            Socket client = scene.NewClient(ip);
            clients.Add((await DialAsync(client, listener), client));
        }

        await scene.CountedAsync(CounterId.CookiesNoRoom, Clients);
        await EndAsync(scene, flood, [.. clients.Select(client => client.Dial)], started, $"{ip}, full of the engine's own");
        Assert.InRange(await scene.Board.Registers.ReadAsync("control.entries_in_use"), (uint)(capacity - Reserve), (uint)capacity);

        // The kernel has its SYN,ACK at the first SYN, and believes to be connected; its ACK was dropped, and nothing ever told it so.
        Assert.All(clients, client => Assert.Equal(KernelState.Established, TcpInfo.Of(client.Socket).State));
        await NoneIsLateAsync(scene, [.. clients.Select(client => client.Dial)]);
        // A SYN,ACK that came twice is acknowledged twice.
        Assert.InRange(await scene.CountAsync(CounterId.CookiesNoRoom), (ulong)Clients, (ulong)clients.Sum(client => client.Dial.Retransmissions + 1));
        Assert.Equal(established, await scene.CountAsync(CounterId.Established));
        Assert.Equal(0ul, await scene.CountAsync(CounterId.ClosedEvicted) + await scene.CountAsync(CounterId.UnknownResetsSent) + await scene.CountAsync(CounterId.HandshakeResetsSent));
        Assert.All(clients, client =>
        {
            ConnectionKey key = Scene.KeyOf(client.Socket, listener.EndPoint);
            IReadOnlyList<TracedFrame> answers = scene.Trace.ToClient(key);
            Assert.Equal(client.Dial.Retransmissions + 1, answers.Count);
            Assert.All(answers, frame => Assert.True(frame.Segment.IsSynAck));
            Assert.Empty(scene.Trace.AtHost(key));
        });

        // Once there is room, the next segment of each carries its cookie again, and it is in.
        for (int i = Clients / 2; i < Clients; i++)
        {
            owners.Dequeue().Dispose();
            clients[i].Socket.Send(new byte[1]);
            await scene.RowAsync(Scene.KeyOf(clients[i].Socket, listener.EndPoint), row => row is { State: TcpState.Established, Origin: Origin.Cookie });
        }
    }

    // What the check of first SYNs must see: fewer cookies than the flood takes. Without it the tests above would pass on any engine that connects at all.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task Without_enough_cookies_the_check_finds_late_clients(Ip ip)
    {
        const int Clients = 20;
        await using Scene scene = await Rig.BeginAsync();
        int capacity = await PatientTimersAsync(scene);
        await scene.Board.Isn.SetCookieBucketAsync(new TokenBucket(1, 15));
        Listener listener = await scene.ListenAsync(ip);
        SynFlood flood = await BeginAsync(scene, listener);
        await FullAsync(scene, capacity);
        await scene.CountedAsync(CounterId.CookiesLimited, 1000);

        // Whoever comes first in a turn of the virtual board may meet a new cookie. So all come in one turn, and one or two of them do.
        ScriptedCable cable = new();
        Socket[] clients = [.. Enumerable.Range(0, Clients).Select(_ => scene.NewClient(ip))];
        foreach (Socket client in clients)
        {
            cable.Write(Scene.KeyOf(client, listener.EndPoint).RemotePort, (_, segment) => segment.IsSyn ? Impairment.UntilReleased : TimeSpan.Zero);
        }

        scene.Impairment = cable;
        Task<Dial>[] dialing = [.. clients.Select(client => DialAsync(client, listener))];
        await Scene.UntilAsync(() => Rig.Relay.Kept >= Clients, () => $"the first SYNs of {Clients} are on the way; {Rig.Relay.Kept} are");
        await Rig.Relay.ReleaseAsync().WaitAsync(Scene.Patience);
        scene.Impairment = null;
        await Scene.UntilAsync(
            () => clients.Zip(dialing).All(client => client.Second.IsCompleted || TcpInfo.Of(client.First).Retransmissions > 0), () => "each connected or sent its SYN again");
        flood.Stop();
        ulong limited = await scene.CountAsync(CounterId.CookiesLimited);
        await scene.Board.Isn.SetCookieBucketAsync(new TokenBucket(0, 0));
        Dial[] dials = await Task.WhenAll(dialing);
        IReadOnlyList<string> late = Late(scene, dials);
        output.WriteLine($"{ip}: {flood.Sent} SYNs, {limited} cookies held back; {late.Count} of {Clients} late");
        Assert.InRange(late.Count, Clients / 2, Clients);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task A_client_whose_syn_is_lost_is_late(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        Dial first = await DialAsync(scene.NewClient(ip), listener);
        scene.Impairment = new LossOf((direction, segment) => direction == RelayDirection.ToBoard && segment.IsSyn, most: 1);
        Dial second = await DialAsync(scene.NewClient(ip), listener);
        Assert.True(second.Retransmissions > 0);
        Assert.Equal(second.ToString(), Assert.Single(Late(scene, [first, second])));
    }

    /// <summary>Those that did not connect at their first SYN: their kernels sent one again, and not all were answered.</summary>
    private static IReadOnlyList<string> Late(Scene scene, IEnumerable<Dial> dials) =>
        [.. dials.GroupBy(dial => dial.Key)
            .Where(ofKey => ofKey.Any(dial => dial.Retransmissions > 0))
            .Where(ofKey => ofKey.Sum(dial => dial.Retransmissions + 1) > scene.Trace.ToClient(ofKey.Key).Count(frame => frame.Segment.IsSynAck))
            .SelectMany(ofKey => ofKey.Where(dial => dial.Retransmissions > 0).Select(dial => dial.ToString()))];

    /// <summary>Waits for the answers to SYNs that came twice.</summary>
    private static Task NoneIsLateAsync(Scene scene, IReadOnlyCollection<Dial> dials) =>
        Scene.UntilAsync(() => Late(scene, dials).Count == 0, () => $"each client connected at its first SYN; not: {string.Join("; ", Late(scene, dials))}");

    /// <summary>Waits until the flood is over.</summary>
    private static async Task SentAsync(SynFlood flood)
    {
        // A thousand a second is a hundredth of what an idle machine does.
        TimeSpan limit = TimeSpan.FromSeconds(60 + (FloodLength / 1000.0));
        long started = Stopwatch.GetTimestamp();
        while (flood.Sent < FloodLength)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"only {flood.Sent} SYNs of the flood were taken within {limit.TotalSeconds} s");
            await Task.Delay(20);
        }
    }

    private static async Task<Dial> DialAsync(Socket client, Listener listener)
    {
        long started = Stopwatch.GetTimestamp();
        await Scene.ConnectAsync(client, listener.EndPoint);
        TimeSpan connected = Stopwatch.GetElapsedTime(started);
        return new Dial(Scene.KeyOf(client, listener.EndPoint), connected, TcpInfo.Of(client).Retransmissions);
    }

    /// <summary>Timers that let half-open, TIME-WAIT and waiting entries stay for the whole test, and are seldom looked at: sweeping a full table every 10 ms
    /// is all that the virtual board can do on half a processor.</summary>
    /// <returns>Entries of the table.</returns>
    private static async Task<int> PatientTimersAsync(Scene scene)
    {
        await NoRetransmissionsAsync(scene);
        await scene.SetTimerAsync("time_wait", TimeSpan.FromMinutes(15));
        await scene.SetTimerAsync("adoption_timeout", TimeSpan.FromMinutes(15));
        await scene.SetRegisterAsync("control.sweep_period", 200_000);
        return (await scene.Board.GetIdentityAsync()).Connections;
    }

    /// <summary>
    /// Nothing is sent again while a test lasts. The virtual board's time goes on between its turns, by milliseconds, so that a sweep sends the second
    /// SYN,ACKs of a whole flood within a few clocks, for which the port has no room; on a board each entry has its own 5 us.
    /// </summary>
    private static Task NoRetransmissionsAsync(Scene scene) => scene.SetTimerAsync("rto_initial", TimeSpan.FromSeconds(100));

    private static async Task FullAsync(Scene scene, int capacity)
    {
        uint used = 0;
        await Scene.UntilAsync(
            async () => (used = await scene.Board.Registers.ReadAsync("control.entries_in_use")) >= capacity - Reserve && await scene.CountAsync(CounterId.CookiesSent) > 0,
            () => $"{used} of {capacity} entries are in use: the table is full");
    }

    private async Task<SynFlood> BeginAsync(Scene scene, Listener listener)
    {
        ulong seed = TestSeed.Get();
        output.WriteLine($"OFFLOAD_TEST_SEED={seed}");
        Ip ip = listener.EndPoint.AddressFamily == AddressFamily.InterNetwork ? Ip.V4 : Ip.V6;
        SynFlood flood = new(seed, scene.SegmentOf(ConnectionKey.FromEndPoints(listener.EndPoint, new System.Net.IPEndPoint(KernelRig.ClientAddress(ip), 1)), TcpFlags.Syn, 0));
        // No SYN is to wait for a neighbour's answer.
        string host = $"{KernelRig.HostAddress(ip)} dev {KernelRig.NetTap}";
        Rig.Client.Ip($"neigh replace {host} lladdr {Rig.Hardware.HostPort!.MacAddress} nud permanent");
        scene.Own(new Remover(() => Rig.Client.Ip($"neigh del {host}")));
        scene.Trace.PassesOverGuests = true;
        Rig.Relay.Guest = flood;
        scene.Own(new Remover(() =>
        {
            flood.Stop();
            Rig.Relay.Guest = null;
            scene.Trace.PassesOverGuests = false;
        }));
        await Scene.UntilAsync(() => flood.Sent > 0, () => "the flood began");
        return flood;
    }

    /// <summary>Clients connect, some at a time, until there were enough.</summary>
    private static async Task<List<Dial>> DialAllAsync(Scene scene, Listener listener, bool keep, Func<int, bool> enough)
    {
        List<Dial> dials = [];
        Lock gate = new();
        Ip ip = listener.EndPoint.AddressFamily == AddressFamily.InterNetwork ? Ip.V4 : Ip.V6;
        await Task.WhenAll(Enumerable.Range(0, Dialers).Select(async _ =>
        {
            await Task.Yield();
            while (true)
            {
                Socket client;
                lock (gate)
                {
                    if (enough(dials.Count))
                    {
                        return;
                    }

                    client = scene.NewClient(ip);
                }

                Dial dial = await DialAsync(client, listener);
                // The engine has it, too.
                ConnectionRow row = await scene.RowAsync(Scene.KeyOf(client, listener.EndPoint), r => r.State == TcpState.Established);
                lock (gate)
                {
                    dials.Add(dial);
                }

                if (!keep)
                {
                    // RST; waited for, so that the port's next use meets no entry.
                    client.Dispose();
                    await scene.GoneAsync(row.Key);
                }
            }
        }));
        return dials;
    }

    /// <summary>Fills the table by kernels' connections.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="ip">Version of IP.</param>
    /// <param name="filling">As what; null: as open connections that the engine owns.</param>
    /// <param name="count">How many.</param>
    /// <returns>The clients' sockets; null where they are closed.</returns>
    private async Task<IReadOnlyList<Socket?>> FillAsync(Scene scene, Ip ip, Filling? filling, int count)
    {
        if (filling == Filling.Host)
        {
            // Nobody adopts these here: what the host's kernel says of connections that it does not know is to stay with it.
            string client = KernelRig.ClientAddress(ip) + (ip == Ip.V4 ? "/32" : "/128");
            Rig.Host.Ip($"route add blackhole {client}");
            scene.Own(new Remover(() => Rig.Host.Ip($"route del blackhole {client}")));
        }

        Listener listener = await scene.ListenAsync(
            ip, options => options with { Mode = filling == Filling.Host ? ListenerMode.Adopt : ListenerMode.Keep, Backlog = ushort.MaxValue });
        long started = Stopwatch.GetTimestamp();
        await using EventBook book = await EventBook.OpenAsync(scene.Board);
        using SemaphoreSlim places = new(64);
        List<Socket?> sockets = [.. await Task.WhenAll(Enumerable.Range(FirstPort, count - LastAlone).Select(async port =>
        {
            await places.WaitAsync();
            try
            {
                return await FillOneAsync(port);
            }
            finally
            {
                places.Release();
            }
        }))];
        for (int port = FirstPort + count - LastAlone; port < FirstPort + count; port++)
        {
            sockets.Add(await FillOneAsync(port));
        }

        output.WriteLine($"{count} connections of kernels fill the table in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        if (filling == Filling.TimeWait)
        {
            await scene.CountedAsync(CounterId.PeerClosed, (ulong)count);
        }

        return sockets;

        async Task<Socket?> FillOneAsync(int port)
        {
            Socket socket = scene.NewClient(ip, port);
            try
            {
                await Scene.ConnectAsync(socket, listener.EndPoint);
            }
            catch (OperationCanceledException exception)
            {
                // Rare, and not understood yet: what passed the board tells whose fault it was.
                throw new TimeoutException($"a client does not connect: {await scene.AccountAsync(Scene.KeyOf(socket, listener.EndPoint))}", exception);
            }

            ConnectionRow row = (await book.WaitAsync(Scene.KeyOf(socket, listener.EndPoint), e => e.Established, Scene.Patience)).Connection;
            if (filling == Filling.Host)
            {
                await scene.Board.Connections.ReleaseAsync(row.Key, row.CreatedMicroseconds);
            }
            else if (filling == Filling.TimeWait)
            {
                await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
                Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(Scene.Patience));
                socket.LingerState = new LingerOption(enable: false, 0);
                socket.Dispose();
                return null;
            }

            return socket;
        }
    }

    private async Task EndAsync(Scene scene, SynFlood flood, List<Dial> dials, long started, string what)
    {
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        flood.Stop();
        VirtualBoardStatistics statistics = Rig.Hardware.Statistics;
        double[] waits = [.. dials.Select(dial => dial.Connected.TotalMilliseconds).Order()];
        output.WriteLine(what);
        output.WriteLine(
            $"{flood.Sent} SYNs of the flood, {flood.Answered} SYN,ACKs to it; {dials.Count} clients, {Late(scene, dials).Count} of them not at their first SYN; connected in "
            + $"{waits[waits.Length / 2]:F1} ms (median), {waits[^1]:F1} ms (longest); {time.TotalSeconds:F1} s, {flood.Sent / time.TotalSeconds:F0} SYNs/s, "
            + $"{statistics.ClocksRun} clocks so far");
        foreach (Dial dial in dials.Where(dial => dial.Retransmissions > 0))
        {
            // Whether its first SYN reached the board at all.
            ConnectionKey key = dial.Key;
            IEnumerable<TracedFrame> frames = scene.Trace.FromClient(key).Concat(scene.Trace.ToClient(key)).OrderBy(frame => frame.Microseconds);
            output.WriteLine($"late: {dial}; {string.Join(", ", frames.Select(frame => $"{frame.Microseconds} us {(frame.FromBoard ? "out" : "in")} {frame.Segment.Flags}"))}");
        }

        List<string> counts = [];
        foreach (CounterId id in Enum.GetValues<CounterId>())
        {
            ulong count = await scene.CountAsync(id);
            if (count > 0)
            {
                counts.Add($"{id} {count}");
            }
        }

        output.WriteLine(string.Join(", ", counts));
    }

    /// <summary>Each SYN of flood and clients was answered, and no frame was dropped on the way.</summary>
    private static async Task NothingWasLostAsync(Scene scene, SynFlood flood, IReadOnlyCollection<Dial> dials)
    {
        ulong sent = (ulong)(flood.Sent + dials.Sum(dial => dial.Retransmissions + 1));
        ulong answered = 0;
        await Scene.UntilAsync(
            async () => (answered = await scene.CountAsync(CounterId.CookiesSent) + await scene.CountAsync(CounterId.SynReceived)
                + await scene.CountAsync(CounterId.SynRepeated)) >= sent,
            () => $"all {sent} SYNs were answered; {answered} were");
        Assert.Equal(sent, answered);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.NetDroppedFull) + await scene.CountAsync(CounterId.RepliesDropped) + await scene.CountAsync(CounterId.TableFull));
    }
}
