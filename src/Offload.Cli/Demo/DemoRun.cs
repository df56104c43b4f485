using System.Diagnostics;
using System.Globalization;
using Offload.Boards;
using Offload.Cli.Commands;
using Offload.Cli.Shell;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Registers;
using Offload.VirtualBoard;

namespace Offload.Cli.Demo;

/// <summary>The main job, end to end: a virtual board between two network namespaces, and the kernel's own sockets as clients.</summary>
internal sealed class DemoRun(DemoSettings settings, ProgressLine progress)
{
    private const int QueueLength = 20_000;

    // Opened one at a time, so that each has the core to itself and its clocks can be told.
    private const int Alone = 16;

    private const int ClosedAtATime = 100;

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    /// <summary>Runs it. What it has set up is taken down again however it ends.</summary>
    internal async Task<DemoReport> RunAsync(CancellationToken cancellation)
    {
        progress.Step("making two network namespaces");
        using var client = NetworkNamespace.Create("client");
        using var host = NetworkNamespace.Create("host");
        using var capture = settings.CapturePath is { } path ? new FrameCapture(path) : null;
        var observer = new DemoObserver(capture);
        progress.Step("plugging a virtual board in between");
        var board = await OpenBoardAsync(client, host, observer, cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            ConfigurePorts(client, host);
            var report = await RunOnAsync(board, client, observer, cancellation).ConfigureAwait(false);
            report.FramesCaptured = capture?.Frames ?? 0;
            return report;
        }
    }

    /// <summary>Opens a virtual board between two namespaces; nothing is loaded into it yet.</summary>
    internal static async Task<OffloadBoard> OpenBoardAsync(
        NetworkNamespace client, NetworkNamespace host, DemoObserver observer, CancellationToken cancellation)
    {
        var id = "demo-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var options = new OffloadBoardOptions { Serve = false };
        options.Providers.Add(new VirtualBoardProvider(new VirtualBoardOptions
        {
            Id = id,
            NetTap = DemoSettings.NetTap,
            HostTap = DemoSettings.HostTap,
            NetNamespace = client.Path,
            HostNamespace = host.Path,
            // Set up below, once IPv6 has been told to be quiet.
            BringUp = false,
            TapQueueLength = QueueLength,
            Observer = observer,
        }));
        return await OffloadBoard.OpenAsync(id, options, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sets up both ports' devices, once the board is open.</summary>
    internal static void ConfigurePorts(NetworkNamespace client, NetworkNamespace host)
    {
        Configure(client, DemoSettings.NetTap, "192.0.2.1/24", "2001:db8::1/64");
        Configure(host, DemoSettings.HostTap, "192.0.2.2/24", "2001:db8::2/64");
    }

    private static void Configure(NetworkNamespace space, string tap, string ipv4, string ipv6)
    {
        // Nothing but what the demo itself does is to be on the cable: no router solicitations, no address checks.
        foreach (var (name, value) in new[] { ("accept_ra", "0"), ("autoconf", "0"), ("accept_dad", "0"), ("dad_transmits", "0"), ("router_solicitations", "0") })
        {
            space.SetParameter($"net/ipv6/conf/{tap}/{name}", value);
        }

        space.Ip(
            $"link set dev {tap} addrgenmode none",
            $"link set dev {tap} txqueuelen {QueueLength} up",
            $"address add {ipv4} dev {tap}",
            $"address add {ipv6} dev {tap} nodad");
    }

    private async Task<DemoReport> RunOnAsync(OffloadBoard board, NetworkNamespace client, DemoObserver observer, CancellationToken cancellation)
    {
        await board.LoadBitstreamAsync(settings.BitstreamPath, LoadCommand.Progress(progress), cancellation).ConfigureAwait(false);
        var identity = await board.GetIdentityAsync(cancellation).ConfigureAwait(false);
        if (settings.Connections > identity.Connections)
        {
            throw new CliException(ExitCode.Usage, $"the core's table holds {identity.Connections} connections, and {settings.Connections} were asked for.", $"offload demo --connections {identity.Connections}");
        }

        progress.Step("setting ISN mode and key, and adding listeners");
        await board.Isn.SetModeAsync(IsnMode.Rfc6528, cancellationToken: cancellation).ConfigureAwait(false);
        await board.Isn.RotateKeyAsync(cancellation).ConfigureAwait(false);
        var isn = await board.Isn.GetAsync(cancellation).ConfigureAwait(false);
        foreach (var endPoint in new[] { DemoSettings.ServerOf(0), DemoSettings.ServerOf(DemoSettings.Ipv6Share - 1) })
        {
            await board.Listeners.AddAsync(endPoint, cancellation).ConfigureAwait(false);
        }

        var listeners = await board.Listeners.ListAsync(cancellation).ConfigureAwait(false);
        using var clients = new ClientConnections(client);
        progress.Step($"connecting: {settings.Connections} sockets of the client's kernel, {settings.Parallel} at a time");
        var started = Stopwatch.GetTimestamp();
        var alone = Math.Min(Alone, settings.Connections);
        await clients.OpenAsync(alone, 1, done => progress.Update(done, settings.Connections), cancellation).ConfigureAwait(false);
        await clients.OpenAsync(settings.Connections - alone, settings.Parallel, done => progress.Update(done, settings.Connections), cancellation).ConfigureAwait(false);
        var opening = Stopwatch.GetElapsedTime(started);

        progress.Step("comparing the engine's table with the client's kernel and with the ISN key");
        var rows = await SettledRowsAsync(board, clients.Completed, cancellation).ConfigureAwait(false);
        var kernel = KernelConnection.Parse(client.RunTool("ss", ["-tnieOH"]));
        var report = new DemoReport
        {
            Settings = settings,
            Bitstream = await BitstreamTextAsync(board, identity, cancellation).ConfigureAwait(false),
            IsnMode = IsnText(isn),
            Completed = clients.Completed,
            Errors = clients.Errors,
            Rows = rows,
            Differences = TableCheck.Compare(rows, kernel, listeners, row => BoardIsn.IsComputable(row) ? board.Isn.Compute(isn, row).Iss : null),
            MedianMicroseconds = clients.Percentile(0.5),
            Percentile99Microseconds = clients.Percentile(0.99),
            ClocksSynToSynAck = observer.Clocks.Median ?? 0,
            HandshakesMeasured = observer.Clocks.Count,
            Opening = opening,
        };

        progress.Step("closing: the clients first, then our side of each");
        await CloseAsync(board, clients, report, cancellation).ConfigureAwait(false);
        var counters = await board.Counters.SnapshotAsync(cancellation).ConfigureAwait(false);
        report.Closed = (int)counters[CounterId.ClosedNormal];
        report.Counters = Enum.GetValues<CounterId>().ToDictionary(id => id, id => counters[id]);
        return report;
    }

    /// <summary>The table, once the last ACK of the clients has come through to the engine.</summary>
    private static async Task<ConnectionRow[]> SettledRowsAsync(OffloadBoard board, int expected, CancellationToken cancellation)
    {
        var snapshot = new ConnectionSnapshot();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await board.Connections.SnapshotAsync(snapshot, cancellation).ConfigureAwait(false);
            var rows = snapshot.Rows.ToArray();
            if ((rows.Length == expected && rows.All(row => row.State == TcpState.Established)) || Stopwatch.GetElapsedTime(started) > SettleTime)
            {
                return rows;
            }

            await Task.Delay(20, cancellation).ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(OffloadBoard board, ClientConnections clients, DemoReport report, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Before the clients close, so that every closing is told.
        var subscription = await board.Connections.SubscribeAsync(cancellationToken: cancellation).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            var remaining = report.Rows.Select(row => row.Key).ToHashSet();
            try
            {
                // So many at a time that their events have room in the core's queue.
                for (int open = report.Rows.Length, closing; (closing = clients.Close(ClosedAtATime)) > 0;)
                {
                    open = Math.Max(0, open - closing);
                    limit.CancelAfter(SettleTime);
                    await CloseOursAsync(board, subscription, remaining, open, limit.Token).ConfigureAwait(false);
                    progress.Update(report.Rows.Length - remaining.Count, report.Rows.Length);
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Out of time: what is left is told below, and makes the demo fail.
            }

            report.LeftOver = (await board.Connections.SnapshotAsync(cancellation).ConfigureAwait(false)).Count;
        }
    }

    /// <summary>Closes our side wherever the peer has closed, until as few connections as given are left.</summary>
    private static async Task CloseOursAsync(
        OffloadBoard board, ConnectionSubscription events, HashSet<ConnectionKey> remaining, int open, CancellationToken cancellation)
    {
        while (remaining.Count > open)
        {
            var item = await events.ReadAsync(cancellation).ConfigureAwait(false);
            if (item.LostEvents > 0)
            {
                // The table knows what the lost events would have told.
                remaining.IntersectWith(await CloseFromTableAsync(board, cancellation).ConfigureAwait(false));
            }
            else if (item.Closed)
            {
                remaining.Remove(item.Connection.Key);
            }
            else if (item.PeerClosed)
            {
                await CloseOneAsync(board, item.Connection, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes our side of every row whose peer has closed; gives the connections that are there afterwards.</summary>
    private static async Task<HashSet<ConnectionKey>> CloseFromTableAsync(OffloadBoard board, CancellationToken cancellation)
    {
        var before = await board.Connections.SnapshotAsync(cancellation).ConfigureAwait(false);
        foreach (var row in before.Rows.ToArray().Where(row => row.State == TcpState.CloseWait))
        {
            await CloseOneAsync(board, row, cancellation).ConfigureAwait(false);
        }

        var after = await board.Connections.SnapshotAsync(cancellation).ConfigureAwait(false);
        return [.. after.Rows.ToArray().Select(row => row.Key)];
    }

    private static async Task CloseOneAsync(OffloadBoard board, ConnectionRow row, CancellationToken cancellation)
    {
        try
        {
            await board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds, cancellation).ConfigureAwait(false);
        }
        catch (OffloadException e) when (e.Code is OffloadError.CommandGone or OffloadError.CommandUnsupported)
        {
            // Closed already, from the table, after its event was lost or overtaken.
        }
    }

    private async Task<string> BitstreamTextAsync(OffloadBoard board, BoardIdentity identity, CancellationToken cancellation)
    {
        var part = await board.GetPartAsync(cancellation).ConfigureAwait(false);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(settings.BitstreamPath)} {part.LoadedVersion}: core {identity.CoreVersion}, register map {identity.MapHash[..12]}, {identity.Connections:N0} connections, {identity.DataWidth}-bit streams");
    }

    private static string IsnText(IsnConfiguration isn) => isn.EffectiveMode == IsnMode.Rfc6528
        ? "rfc6528: a clock of 4 us steps plus SipHash-2-4 of the tuple, under a key made for this run"
        : JsonOutput.Name(isn.EffectiveMode);
}
