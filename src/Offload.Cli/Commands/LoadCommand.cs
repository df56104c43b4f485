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
        var flash = new Option<bool>("--flash") { Description = "Into the flash that the board starts from, as its working image." };
        var golden = new Option<bool>("--golden") { Description = "Into the flash as the golden image, from which the board starts where the working one is not whole." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check the bitstream and say what would be done; change nothing." };
        var load = new Command("load", "Checks a bitstream, brings it onto the board and starts it. The network through the board is interrupted meanwhile, and its connections are lost.") { file, yes, flash, golden, dryRun };
        load.Validators.Add(result =>
        {
            if (result.GetValue(flash) && result.GetValue(golden))
            {
                result.AddError("--flash writes the working image, and --golden the golden one: one at a time.");
            }
        });
        return root.With(
            load,
            context =>
            {
                var target = context.Get(golden) ? LoadTarget.Golden : context.Get(flash) ? LoadTarget.Flash : LoadTarget.Core;
                return context.Get(dryRun) ? PlanAsync(context, context.Get(file), target) : RunAsync(context, context.Get(file), target, context.Get(yes));
            });
    }

    /// <summary>Shows a load's progress.</summary>
    internal static IProgress<LoadProgress> Progress(ProgressLine line) => new LoadReporter(line);

    private static async Task<ExitCode> PlanAsync(CommandContext context, FileInfo file, LoadTarget target)
    {
        EnsureExists(file);
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var steps = await board.PlanLoadAsync(file.FullName, target, context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject
                {
                    ["board"] = board.Description.Id,
                    ["bitstream"] = file.FullName,
                    ["target"] = JsonOutput.Name(target),
                    ["steps"] = JsonOutput.Array(steps, step => JsonValue.Create(step)),
                });
            }
            else
            {
                context.Output.WriteLine($"{board.Description.Id} would be loaded with {file.Name}:");
                foreach (var step in steps)
                {
                    context.Output.WriteLine($"  {step}");
                }
            }

            return ExitCode.Ok;
        }
    }

    internal static void EnsureExists(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new CliException(ExitCode.Failed, $"there is no file {file.FullName}.", "firmware-tools/build-virtual-board.sh makes the virtual board's bitstream.");
        }
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, FileInfo file, LoadTarget target, bool yes)
    {
        EnsureExists(file);
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
                await board.LoadBitstreamAsync(file.FullName, target, Progress(line), context.Cancellation).ConfigureAwait(false);
            }

            var loaded = await board.GetPartAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["bitstream"] = file.FullName, ["bitstream_version"] = loaded.LoadedVersion, ["target"] = JsonOutput.Name(target) });
            }
            else
            {
                context.Output.WriteLine(target == LoadTarget.Golden
                    ? $"{board.Description.Id} has {file.Name} as its golden image"
                    : $"{board.Description.Id} {(target == LoadTarget.Flash ? "starts from" : "runs")} {file.Name}, version {loaded.LoadedVersion}");
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
