using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary><c>offload connections</c>: the connection table.</summary>
internal static class ConnectionsCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("connections", "Shows the connection table.");
        command.Subcommands.Add(root.With(new Command("list", "Lists the listeners (LISTEN) and the connections in the table now."), ListAsync));
        command.Subcommands.Add(root.With(
            new Command("watch", "Shows the connections as they come and go: a live table on a terminal, one event a line in a pipe. Ends with Ctrl-C."),
            ConnectionsWatch.RunAsync));
        command.Subcommands.Add(CreateOrphans(root));
        return command;
    }

    private static async Task<ExitCode> ListAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var listeners = await AcceptingAsync(context, board).ConfigureAwait(false);
            var snapshot = await board.Connections.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject
                {
                    ["board"] = board.Description.Id,
                    ["listening"] = JsonOutput.Array(listeners, ConnectionText.ToJson),
                    ["connections"] = JsonOutput.Array(snapshot.Rows.ToArray(), ConnectionText.ToJson),
                });
                return ExitCode.Ok;
            }

            if (snapshot.Count == 0)
            {
                context.Note("The table is empty.");
            }

            if (snapshot.Count + listeners.Count > 0)
            {
                ConnectionText.Table(listeners, snapshot.Rows).WriteTo(context.Output);
            }

            return ExitCode.Ok;
        }
    }

    /// <summary>The listeners that are in LISTEN: those that accept.</summary>
    internal static async Task<List<Listener>> AcceptingAsync(CommandContext context, OffloadBoard board) =>
        [.. (await board.Listeners.ListAsync(context.Cancellation).ConfigureAwait(false)).Where(listener => listener.Action == ListenerAction.Accept)];

    private static Command CreateOrphans(OffloadCommand root)
    {
        var abort = new Option<bool>("--abort") { Description = "Reset them, but for those that the host's kernel owns: they live on without the engine." };
        var command = new Command("orphans", "Lists the connections that an earlier session of the host left in the table, or resets them.") { abort };
        return root.With(command, async context =>
        {
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                int? aborted = context.Get(abort) ? await board.Connections.AbortOrphansAsync(context.Cancellation).ConfigureAwait(false) : null;
                var orphans = await board.Connections.GetOrphansAsync(context.Cancellation).ConfigureAwait(false);
                if (context.Json)
                {
                    context.WriteJson(new JsonObject
                    {
                        ["board"] = board.Description.Id,
                        ["aborted"] = aborted,
                        ["connections"] = JsonOutput.Array(orphans, ConnectionText.ToJson),
                    });
                    return ExitCode.Ok;
                }

                if (aborted is { } count)
                {
                    context.Output.WriteLine($"{count} aborted");
                }

                if (orphans.Count == 0)
                {
                    context.Note("There are no orphans.");
                }
                else
                {
                    ConnectionText.Table([], orphans.ToArray()).WriteTo(context.Output);
                }

                return ExitCode.Ok;
            }
        });
    }
}
