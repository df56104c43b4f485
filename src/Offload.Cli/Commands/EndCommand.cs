using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Connections;

namespace Offload.Cli.Commands;

/// <summary><c>offload close</c> and <c>offload abort</c>: they end a connection.</summary>
internal static class EndCommand
{
    internal static Command CreateClose(OffloadCommand root) => Create(
        root,
        "close",
        "Closes our side of a connection that the engine owns (RFC 9293 3.10.4): a FIN is sent, and the engine does the rest.",
        static (board, row, token) => board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds, token));

    internal static Command CreateAbort(OffloadCommand root) => Create(
        root,
        "abort",
        "Resets a connection and frees its entry (RFC 9293 3.10.5).",
        static (board, row, token) => board.Connections.AbortAsync(row.Key, row.CreatedMicroseconds, token));

    private static Command Create(
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
                    context.Output.WriteLine($"{key}: {after.State.ToRfcName()}");
                }

                return ExitCode.Ok;
            }
        });
    }
}
