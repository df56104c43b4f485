using System.CommandLine;
using Offload.Cli.Demo;
using Offload.Cli.Shell;

namespace Offload.Cli.Commands;

/// <summary><c>offload demo</c>: the main job, end to end.</summary>
internal static class DemoCommand
{
    // More would need more than one client address, and a larger table than any board's.
    private const int MostConnections = 16_384;

    private const int MostRequests = 1_000_000;

    internal static Command Create(OffloadCommand root)
    {
        var connections = new Option<int>("--connections", "-n") { Description = "Connections to open; every fifth is IPv6.", DefaultValueFactory = _ => 1000, HelpName = "N" }.Within(1, MostConnections);
        var parallel = new Option<int>("--parallel") { Description = "How many are being opened at a time.", DefaultValueFactory = _ => 200, HelpName = "N" }.Within(1, 4096);
        var capture = new Option<FileInfo?>("--pcap") { Description = "Write both ports' frames for Wireshark (pcapng).", HelpName = "FILE" };
        var web = new Option<bool>("--web") { Description = "Serve a page over the board instead, which shows it at work." };
        var requests = new Option<int?>("--requests") { Description = "With --web: fetch the page so often with curl, each time over a new connection, and end.", HelpName = "N" }.Within(1, MostRequests);
        var bitstream = new Option<FileInfo?>("--bitstream") { Description = "The virtual board's bitstream, as firmware-tools/build-virtual-board.sh makes it.", HelpName = "FILE" };
        var command = new Command("demo", "Opens connections from real Linux clients through a virtual board, and checks the engine's table against their kernel. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.")
        {
            connections, parallel, capture, web, requests, bitstream,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(requests) is not null && !result.GetValue(web))
            {
                result.AddError("--requests says how often the page of --web is fetched: give both.");
            }
        });
        return root.With(
            command,
            async context =>
            {
                var settings = new DemoSettings(
                    context.Get(connections), context.Get(parallel), (context.Get(bitstream) ?? FindBitstream()).FullName, context.Get(capture)?.FullName);
                if (!File.Exists(settings.BitstreamPath))
                {
                    throw new CliException(ExitCode.Failed, $"there is no bitstream {settings.BitstreamPath}.", "./demo.sh builds it; or firmware-tools/build-virtual-board.sh, and then --bitstream FILE.");
                }

                if (context.Get(web))
                {
                    return await new WebDemo(settings.BitstreamPath, context.Get(requests), context).RunAsync().ConfigureAwait(false);
                }

                DemoReport report;
                using (var progress = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal))
                {
                    report = await new DemoRun(settings, progress).RunAsync(context.Cancellation).ConfigureAwait(false);
                }

                if (context.Json)
                {
                    context.WriteJson(report.ToJson());
                }
                else
                {
                    report.WriteTo(context.Output);
                }

                return report.Succeeded ? ExitCode.Ok : Fail(context, report);
            });
    }

    private static ExitCode Fail(CommandContext context, DemoReport report)
    {
        context.Note(report.Differences.Count > 0
            ? "error: engine, kernel and key do not agree; the differences are above."
            : "error: not every connection was opened and closed; what happened is above.");
        return report.Differences.Count > 0 ? ExitCode.Mismatch : ExitCode.Failed;
    }

    /// <summary>The bitstream of the clone that this program was built in.</summary>
    private static FileInfo FindBitstream()
    {
        const string Name = "artifacts/virtual/offload-virtual.obit";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = new FileInfo(Path.Combine(folder.FullName, Name));
            if (file.Exists)
            {
                return file;
            }
        }

        return new FileInfo(Name);
    }
}
