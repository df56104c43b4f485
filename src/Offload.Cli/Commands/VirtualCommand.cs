using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.VirtualBoard;

namespace Offload.Cli.Commands;

/// <summary><c>offload virtual run</c>: a virtual board that runs by itself, for every other command and program.</summary>
internal static class VirtualCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var netTap = new Option<string?>("--net-tap") { Description = "Name of the TAP device at the net port; without it, nothing is plugged in there.", HelpName = "NAME" };
        var hostTap = new Option<string?>("--host-tap") { Description = "Name of the TAP device at the host port; without it, nothing is plugged in there.", HelpName = "NAME" };
        var netNamespace = new Option<string?>("--net-netns") { Description = "Network namespace of the net port's device: a name (ip netns) or a path.", HelpName = "NETNS" };
        var hostNamespace = new Option<string?>("--host-netns") { Description = "Network namespace of the host port's device: a name (ip netns) or a path.", HelpName = "NETNS" };
        var socket = new Option<string?>("--socket") { Description = "Socket on which the board is served; other commands then need --board PATH.", HelpName = "PATH" };
        var id = new Option<string>("--id") { Description = "Id of the board.", DefaultValueFactory = _ => VirtualBoardProvider.Kind, HelpName = "ID" };
        var bitstream = new Option<FileInfo?>("--bitstream") { Description = "Bitstream to load at once.", HelpName = "FILE" };
        var model = new Option<string?>("--model") { Description = "Run the model of a board with an ECP5 and its flash, onto which bitstreams for silicon load: " + string.Join(", ", VirtualEcp5Options.Known) + ".", HelpName = "BOARD" };
        var core = new Option<FileInfo?>("--core") { Description = "With --model: bitstream of the virtual board, which runs once the model has taken one for silicon.", HelpName = "FILE" };
        var run = new Command("run", "Runs a virtual board and serves it until it gets Ctrl-C or SIGTERM.") { netTap, hostTap, netNamespace, hostNamespace, socket, id, bitstream, model, core };
        run.Validators.Add(result =>
        {
            if ((result.GetValue(model) is null) != (result.GetValue(core) is null))
            {
                result.AddError("--model says which board it is, and --core what runs in it: both, or neither.");
            }

            if (result.GetValue(model) is { } board && !VirtualEcp5Options.Known.Contains(board))
            {
                result.AddError($"There is no model of a board '{board}'; there are {string.Join(", ", VirtualEcp5Options.Known)}.");
            }

            if (result.GetValue(netNamespace) is not null && result.GetValue(netTap) is null)
            {
                result.AddError("--net-netns says where the device of --net-tap lies, and there is none.");
            }

            if (result.GetValue(hostNamespace) is not null && result.GetValue(hostTap) is null)
            {
                result.AddError("--host-netns says where the device of --host-tap lies, and there is none.");
            }
        });
        root.With(run, context => RunAsync(
            context,
            new VirtualBoardOptions
            {
                Id = context.Get(id),
                NetTap = context.Get(netTap),
                HostTap = context.Get(hostTap),
                NetNamespace = context.Get(netNamespace),
                HostNamespace = context.Get(hostNamespace),
            },
            context.Get(model),
            context.Get(core),
            context.Get(socket),
            context.Get(bitstream)));
        return new Command("virtual", "Runs boards in software.") { run };
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, VirtualBoardOptions virtualBoard, string? model, FileInfo? core, string? socket, FileInfo? bitstream)
    {
        var options = new OffloadBoardOptions { SocketPath = socket is null ? null : Path.GetFullPath(socket) };
        options.Providers.Add(model is null
            ? new VirtualBoardProvider(virtualBoard)
            : new VirtualEcp5Provider(VirtualEcp5Options.For(model, core!.FullName, virtualBoard)));
        var board = await OffloadBoard.OpenAsync(virtualBoard.Id, options, context.Cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            // Somebody else's board of this id was found first.
            if (!board.IsHolder)
            {
                throw new CliException(ExitCode.Busy, $"a board '{virtualBoard.Id}' runs already.", "Give this one another name: --id ID");
            }

            if (bitstream is not null)
            {
                using var line = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal, quiet: context.Json);
                await board.LoadBitstreamAsync(bitstream.FullName, LoadCommand.Progress(line), context.Cancellation).ConfigureAwait(false);
            }

            Tell(context, "running", board, virtualBoard);
            try
            {
                await Task.Delay(Timeout.Infinite, context.Cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // How it is told to end.
            }
        }

        Tell(context, "stopped", board, virtualBoard);
        return ExitCode.Ok;
    }

    private static void Tell(CommandContext context, string state, OffloadBoard board, VirtualBoardOptions options)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["event"] = state,
                ["board"] = board.Description.Id,
                ["socket"] = board.Description.SocketPath,
                ["net_tap"] = options.NetTap,
                ["host_tap"] = options.HostTap,
            });
            return;
        }

        context.Output.WriteLine(state == "running"
            ? $"{board.Description.Id} is running: net port {options.NetTap ?? "not plugged in"}, host port {options.HostTap ?? "not plugged in"}; Ctrl-C ends it"
            : $"{board.Description.Id} has stopped");
    }
}
