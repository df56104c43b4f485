using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;

namespace Offload.Cli.Commands;

/// <summary><c>offload boards</c>: the boards that can be opened.</summary>
internal static class BoardsCommand
{
    internal static Command Create(OffloadCommand root) =>
        root.With(new Command("boards", "Lists the boards that can be opened."), RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        var boards = await OffloadBoard.DiscoverAsync(context.Boards(), context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["boards"] = JsonOutput.Array(boards, board => new JsonObject
                {
                    ["id"] = board.Id,
                    ["kind"] = board.Kind,
                    ["name"] = board.Name,
                    ["location"] = board.Location,
                    ["socket"] = board.SocketPath,
                    ["process"] = board.HolderProcessId == 0 ? null : board.HolderProcessId,
                }),
            });
            return ExitCode.Ok;
        }

        if (boards.Count == 0)
        {
            context.Note("No board is there, on a bus or served by a process. `offload virtual run` starts one in software.");
            return ExitCode.Ok;
        }

        var table = new TextTable("ID", "KIND", "NAME", "LOCATION", "SERVED BY");
        foreach (var board in boards)
        {
            string holder = !board.IsServed ? "-" : board.HolderProcessId == 0 ? "a process that does not answer" : $"process {board.HolderProcessId}";
            table.Add(board.Id, board.Kind, board.Name, board.Location, holder);
        }

        table.WriteTo(context.Output);
        return ExitCode.Ok;
    }
}
