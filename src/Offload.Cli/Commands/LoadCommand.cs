using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Programming;

namespace Offload.Cli.Commands;

/// <summary><c>offload load</c>: brings a bitstream onto a board.</summary>
internal static class LoadCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var file = new Argument<FileInfo>("file") { Description = "Bitstream (.obit)." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask, where loading interrupts a network that is up." };
        return root.With(
            new Command("load", "Checks a bitstream, brings it onto the board and starts it. The network through the board is interrupted meanwhile, and its connections are lost.") { file, yes },
            context => RunAsync(context, context.Get(file), context.Get(yes)));
    }

    /// <summary>Shows a load's progress.</summary>
    internal static IProgress<LoadProgress> Progress(ProgressLine line) => new LoadReporter(line);

    private static async Task<ExitCode> RunAsync(CommandContext context, FileInfo file, bool yes)
    {
        if (!file.Exists)
        {
            throw new CliException(ExitCode.Failed, $"there is no file {file.FullName}.", "firmware-tools/build-virtual-board.sh makes the virtual board's bitstream.");
        }

        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var part = await board.GetPartAsync(context.Cancellation).ConfigureAwait(false);
            if (!yes && part is { IsLoaded: true, HostPort: { } port } && IsUp(port))
            {
                Confirm(context, board.Description.Id, port);
            }

            using (var line = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal, quiet: context.Json))
            {
                await board.LoadBitstreamAsync(file.FullName, Progress(line), context.Cancellation).ConfigureAwait(false);
            }

            var loaded = await board.GetPartAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["bitstream"] = file.FullName, ["bitstream_version"] = loaded.LoadedVersion });
            }
            else
            {
                context.Output.WriteLine($"{board.Description.Id} runs {file.Name}, version {loaded.LoadedVersion}");
            }

            return ExitCode.Ok;
        }
    }

    /// <summary>Whether the interface is up, as far as it can be told from here: one in another namespace counts as up.</summary>
    private static bool IsUp(HostPort port)
    {
        const int Up = 1;
        if (port.NetworkNamespacePath is not null)
        {
            return true;
        }

        try
        {
            return (Convert.ToInt32(File.ReadAllText($"/sys/class/net/{port.InterfaceName}/flags").Trim(), 16) & Up) != 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Confirm(CommandContext context, string id, HostPort port)
    {
        var consequence = $"{id} carries the network of {port.InterfaceName}: loading interrupts it, and the connections in the engine are lost.";
        if (!context.Terminal.IsInputTerminal || context.Json)
        {
            throw new CliException(ExitCode.Usage, consequence, "Add --yes to load all the same.");
        }

        context.Terminal.Error.Write($"{consequence}\nLoad it? [y/N] ");
        context.Terminal.Error.Flush();
        if (context.Terminal.Input.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new CliException(ExitCode.Interrupted, "not loaded; the board is as it was.");
        }
    }

    private sealed class LoadReporter(ProgressLine line) : IProgress<LoadProgress>
    {
        private LoadStage? _stage;

        public void Report(LoadProgress value)
        {
            if (_stage != value.Stage)
            {
                _stage = value.Stage;
                if (value.Stage != LoadStage.Done)
                {
                    line.Step(value.Stage switch
                    {
                        LoadStage.Verifying => "checking the bitstream",
                        LoadStage.Transferring => "bringing the bitstream onto the board",
                        _ => "starting the core",
                    });
                }
            }

            if (value.Stage == LoadStage.Transferring)
            {
                line.Update(value.BytesDone, value.BytesTotal);
            }
        }
    }
}
