using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Connections;

namespace Offload.Cli.Commands;

/// <summary><c>offload connections</c>: the connection table.</summary>
internal static class ConnectionsCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("connections", "Shows the connection table, and ends connections.");
        command.Subcommands.Add(root.With(new Command("list", "Lists the connections in the table now."), ListAsync));
        command.Subcommands.Add(root.With(
            new Command("watch", "Shows the connections as they come and go: a live table on a terminal, one event a line in a pipe. Ends with Ctrl-C."),
            ConnectionsWatch.RunAsync));
        command.Subcommands.Add(CreateEnd(
            root, "close", "Closes our side of a connection whose peer has closed (state close_wait).", static (board, row, token) => board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds, token)));
        command.Subcommands.Add(CreateEnd(
            root, "abort", "Resets a connection and frees its entry.", static (board, row, token) => board.Connections.AbortAsync(row.Key, row.CreatedMicroseconds, token)));
        return command;
    }

    private static async Task<ExitCode> ListAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var snapshot = await board.Connections.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject
                {
                    ["board"] = board.Description.Id,
                    ["connections"] = JsonOutput.Array(snapshot.Rows.ToArray(), ConnectionText.ToJson),
                });
                return ExitCode.Ok;
            }

            if (snapshot.Count == 0)
            {
                context.Note("The table is empty.");
                return ExitCode.Ok;
            }

            ConnectionText.Table(snapshot.Rows).WriteTo(context.Output);
            return ExitCode.Ok;
        }
    }

    private static Command CreateEnd(
        OffloadCommand root, string name, string description, Func<OffloadBoard, ConnectionRow, CancellationToken, ValueTask<ConnectionRow>> end)
    {
        var local = Parse.EndPoint("local", "The connection's local end point.");
        var remote = Parse.EndPoint("remote", "Its peer's end point.");
        var vlan = new Option<int?>("--vlan") { Description = "Its VLAN, where its frames are tagged." }.Within(0, 4094);
        return root.With(new Command(name, description) { local, remote, vlan }, async context =>
        {
            if (context.Get(local).AddressFamily != context.Get(remote).AddressFamily)
            {
                throw new CliException(ExitCode.Usage, "both end points have to be IPv4, or both IPv6.", "`offload connections list` shows the connections that there are.");
            }

            var key = ConnectionKey.FromEndPoints(context.Get(local), context.Get(remote), (ushort?)context.Get(vlan));
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                var row = await board.Connections.GetAsync(key, context.Cancellation).ConfigureAwait(false)
                    ?? throw new CliException(ExitCode.NoSuchItem, $"there is no connection {key}.", "`offload connections list` shows the connections that there are.");
                var after = await end(board, row, context.Cancellation).ConfigureAwait(false);
                if (context.Json)
                {
                    context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["connection"] = ConnectionText.ToJson(after) });
                }
                else
                {
                    context.Output.WriteLine($"{key}: {JsonOutput.Name(after.State)}");
                }

                return ExitCode.Ok;
            }
        });
    }
}
