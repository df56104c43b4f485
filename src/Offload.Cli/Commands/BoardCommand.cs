using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;

namespace Offload.Cli.Commands;

/// <summary><c>offload board serve</c>: holds a board without an application, for every other command and program.</summary>
internal static class BoardCommand
{
    // How often it is seen whether the board is still there.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    internal static Command Create(OffloadCommand root)
    {
        var id = new Argument<string?>("ID") { Description = "Id of the board (see `offload boards`), as --board says it, too. Not needed where there is only one.", Arity = ArgumentArity.ZeroOrOne };
        var socket = new Option<string?>("--socket") { Description = "Socket on which the board is served; other commands then need --board PATH.", HelpName = "PATH" };
        var bitstream = new Option<FileInfo?>("--bitstream") { Description = "Bitstream to load where the board runs none.", HelpName = "FILE" };
        var serve = new Command("serve", "Opens a board, for this process alone, and serves it to the others until it gets Ctrl-C or SIGTERM, or the board goes away.") { id, socket, bitstream };
        serve.Validators.Add(result =>
        {
            if (result.GetValue(id) is { } named && named.Contains('/', StringComparison.Ordinal))
            {
                result.AddError($"'{named}' is the path of a socket that somebody serves already; give the id of a board that `offload boards` lists.");
            }
        });
        root.With(serve, context => RunAsync(context, context.Arguments.GetValue(id), context.Arguments.GetValue(socket), context.Arguments.GetValue(bitstream)));
        return new Command("board", "Holds a board for others.") { serve };
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, string? id, string? socket, FileInfo? bitstream)
    {
        if (id is not null && context.BoardId is not null && id != context.BoardId)
        {
            throw new CliException(ExitCode.Usage, $"'{id}' and --board '{context.BoardId}' are two boards.", "Name one.");
        }

        var options = context.Boards();
        options.SocketPath = socket is null ? null : Path.GetFullPath(socket);
        options.OpenUnusableCore = true; // so that the right bitstream can be loaded
        var board = await OffloadBoard.OpenAsync(id ?? context.BoardId, options, context.Cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            if (!board.IsHolder)
            {
                throw new CliException(
                    ExitCode.Busy, $"{board.Description.Id} is served already, by process {board.Description.HolderProcessId}.", "Use it as it is, or end that process first.");
            }

            if (bitstream is not null && !(await board.GetPartAsync(context.Cancellation).ConfigureAwait(false)).IsLoaded)
            {
                LoadCommand.EnsureExists(bitstream);
                using var line = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal, quiet: context.Json);
                await board.LoadBitstreamAsync(bitstream.FullName, LoadCommand.Progress(line), context.Cancellation).ConfigureAwait(false);
            }

            Tell(context, "running", board);
            try
            {
                while (true)
                {
                    await Task.Delay(Watch, context.Cancellation).ConfigureAwait(false);
                    await EnsureThereAsync(board, options, context.Cancellation).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
            {
                // How it is told to end.
            }
        }

        Tell(context, "stopped", board);
        return ExitCode.Ok;
    }

    /// <summary>Throws where the board has gone. That something is wrong with it is told to whoever uses it.</summary>
    private static async Task EnsureThereAsync(OffloadBoard board, OffloadBoardOptions options, CancellationToken cancellation)
    {
        try
        {
            await board.GetStatusAsync(cancellation).ConfigureAwait(false);
        }
        catch (OffloadException e) when (e.Code is OffloadError.NoBitstream or OffloadError.RegisterMapMismatch or OffloadError.LinkFault)
        {
            // Without a core nothing of the board is asked: whether its bus still has it, its provider knows.
            foreach (var provider in options.Providers)
            {
                if ((await provider.DiscoverAsync(cancellation).ConfigureAwait(false)).Any(one => one.Id == board.Description.Id))
                {
                    return;
                }
            }

            throw new BoardGoneException($"the board {board.Description.Id} is gone; plug it in, and serve it again.", e);
        }
    }

    private static void Tell(CommandContext context, string state, OffloadBoard board)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["event"] = state,
                ["board"] = board.Description.Id,
                ["location"] = board.Description.Location,
                ["socket"] = board.Description.SocketPath,
            });
            return;
        }

        context.Output.WriteLine(state == "running"
            ? $"{board.Description.Id} ({board.Description.Location}) is served at {board.Description.SocketPath}; Ctrl-C ends it"
            : $"{board.Description.Id} is no longer served");
    }
}
