using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Offload.Boards;
using Offload.Cli.Commands;
using Offload.Cli.Shell;
using Offload.Cli.Web;
using Offload.Isn;
using Offload.Registers;
using Offload.Sockets;

namespace Offload.Cli.Demo;

/// <summary>The demo's page, served by Kestrel over a virtual board between two network namespaces: for a browser, or fetched by curl.</summary>
internal sealed class WebDemo(string bitstreamPath, int? requests, CommandContext context)
{
    private static readonly string Url = $"http://{DemoSettings.ServerOf(0)}/";

    /// <summary>Runs it: until it has fetched the page so often, or until it is told to end.</summary>
    internal async Task<ExitCode> RunAsync()
    {
        using var progress = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal);
        progress.Step("making two network namespaces");
        using var client = NetworkNamespace.Create("client");
        using var host = NetworkNamespace.Create("host");
        var observer = new DemoObserver(null);
        progress.Step("plugging a virtual board in between");
        var board = await DemoRun.OpenBoardAsync(client, host, observer, context.Cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            DemoRun.ConfigurePorts(client, host);
            await board.LoadBitstreamAsync(bitstreamPath, LoadCommand.Progress(progress), context.Cancellation).ConfigureAwait(false);
            await board.Isn.SetModeAsync(IsnMode.Rfc6528, cancellationToken: context.Cancellation).ConfigureAwait(false);
            await board.Isn.RotateKeyAsync(context.Cancellation).ConfigureAwait(false);
            using var traffic = new WebTraffic(client);
            using var feed = new StatusFeed(board, traffic.Latency, () => observer.Clocks.Median);
            progress.Step("starting Kestrel on the board");
            var app = await ServeAsync(board, feed).ConfigureAwait(false);
            await using (app.ConfigureAwait(false))
            {
                var code = requests is { } count
                    ? await FetchAsync(board, client, count, progress).ConfigureAwait(false)
                    : await ShowAsync(client, traffic, progress).ConfigureAwait(false);
                await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
                return code;
            }
        }
    }

    private async Task<WebApplication> ServeAsync(OffloadBoard board, StatusFeed feed)
    {
        var app = BoardSite.Create(board, offload =>
        {
            // Watched, the connections can be seen for as long as they live; forgotten, they need no entry, however many there are.
            offload.Listener = new OffloadListenerOptions { Release = requests is null ? ReleaseMode.Watch : ReleaseMode.Forget };
            foreach (var address in new[] { DemoSettings.HostIpv4, DemoSettings.HostIpv6 })
            {
                offload.Listen(new IPEndPoint(address, DemoSettings.Port));
            }
        });
        app.MapStatus("/", feed);
        app.MapGet("/ping", () => Results.Text("pong"));
        await app.StartAsync(context.Cancellation).ConfigureAwait(false);
        return app;
    }

    private async Task<ExitCode> FetchAsync(OffloadBoard board, NetworkNamespace client, int count, ProgressLine progress)
    {
        progress.Step($"fetching the page {count} times with curl, each time over a new connection");
        var before = await board.Counters.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
        var fetch = await Task.Run(() => CurlFetch.Run(client, Url, Encoding.UTF8.GetByteCount(BoardSite.ReadPage()), count), context.Cancellation).ConfigureAwait(false);
        var after = await board.Counters.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
        progress.Dispose();
        var handshakes = (long)(after[CounterId.Established] - before[CounterId.Established]);
        if (context.Json)
        {
            var json = fetch.ToJson();
            json["handshakes"] = handshakes;
            json["errors"] = fetch.Errors;
            context.WriteJson(json);
        }
        else
        {
            string N(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
            context.Output.WriteLine($"Fetched      {N(count - fetch.Failed)} of {N(count)} times with curl, each over a new connection");
            context.Output.WriteLine($"Handshakes   {N(handshakes)} done by the board");
            context.Output.WriteLine($"Connecting   {N(fetch.Percentile(0.5))} us median, {N(fetch.Percentile(0.99))} us 99th percentile, as curl saw it (the core is simulated)");
        }

        return fetch.Failed == 0 && handshakes == count
            ? ExitCode.Ok
            : throw new CliException(ExitCode.Failed, $"{fetch.Failed} of {count} requests failed, and the board did {handshakes} handshakes. {fetch.Errors}".TrimEnd(), "Run it again; if it fails again, report it with this output.");
    }

    private async Task<ExitCode> ShowAsync(NetworkNamespace client, WebTraffic traffic, ProgressLine progress)
    {
        var enter = $"nsenter --net={client.Path}";
        progress.Step("clients connect all the time; Ctrl-C ends it");
        progress.Dispose();
        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["event"] = "running", ["url"] = Url, ["network_namespace"] = client.Path });
        }
        else
        {
            context.Output.WriteLine($"The page is served on {Url}, in the client's network namespace. As root, in another terminal:");
            context.Output.WriteLine($"  {enter} curl {Url}");
            context.Output.WriteLine($"  {enter} chromium --no-sandbox --user-data-dir=\"$(mktemp -d)\" {Url}");
        }

        await traffic.RunAsync(context.Cancellation).ConfigureAwait(false);
        if (traffic.Failed > 0)
        {
            context.Note($"{traffic.Failed} connections of the demo's own clients failed.");
        }

        return ExitCode.Ok;
    }
}
