using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Connections;
using Offload.Listeners;
using Spectre.Console;

namespace Offload.Cli.Commands;

/// <summary><c>offload connections watch</c>: a live table for a person, a stream of events for a program.</summary>
internal static class ConnectionsWatch
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    internal static async Task<ExitCode> RunAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            try
            {
                if (context.Terminal.IsOutputTerminal && !context.Json)
                {
                    await LiveAsync(context, board).ConfigureAwait(false);
                }
                else
                {
                    await StreamAsync(context, board).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
            {
                // How a watch ends.
            }

            return ExitCode.Ok;
        }
    }

    private static async Task StreamAsync(CommandContext context, OffloadBoard board)
    {
        // Subscribed first, so that what happens during the snapshot is not missed; it may then be told twice.
        var subscription = await board.Connections.SubscribeAsync(cancellationToken: context.Cancellation).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            var snapshot = await board.Connections.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
            for (var i = 0; i < snapshot.Count; i++)
            {
                Write(context, "present", null, snapshot[i], 0, null);
            }

            while (true)
            {
                var item = await subscription.ReadAsync(context.Cancellation).ConfigureAwait(false);
                if (item.Kind == ConnectionEventKind.Lost)
                {
                    WriteLost(context, item.LostEvents);
                    continue;
                }

                Write(context, Name(item), item.TimeMicroseconds, item.Connection, item.LostEvents, item.Closed ? JsonOutput.Name(item.Reason) : null);
            }
        }
    }

    private static string Name(ConnectionEvent item) =>
        item.Closed ? "closed" : item.PeerClosed ? "peer_closed" : item.Established ? "established" : "changed";

    private static void Write(CommandContext context, string name, ulong? time, ConnectionRow row, ulong lost, string? reason)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["event"] = name,
                ["time_us"] = time,
                ["reason"] = reason,
                ["lost"] = lost,
                ["connection"] = ConnectionText.ToJson(row),
            });
            return;
        }

        if (lost > 0)
        {
            WriteLost(context, lost);
        }

        var cells = ConnectionText.Cells(row);
        var at = time is { } microseconds ? (microseconds / 1e6).ToString("F6", CultureInfo.InvariantCulture) : "-";
        context.Output.WriteLine($"{at} {name} {cells[0]} <- {cells[1]} {cells[2]} iss={cells[4]} irs={cells[5]}{(reason is null ? "" : " reason=" + reason)}");
    }

    private static void WriteLost(CommandContext context, ulong lost)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["event"] = "lost", ["lost"] = lost });
        }
        else
        {
            context.Output.WriteLine($"- lost {lost} events; `offload connections list` shows the table");
        }
    }

    private static async Task LiveAsync(CommandContext context, OffloadBoard board)
    {
        var console = context.Terminal.OutputConsole();
        var snapshot = new ConnectionSnapshot();
        using var timer = new PeriodicTimer(Refresh);
        await console.Live(new Text("")).StartAsync(async live =>
        {
            do
            {
                await board.Connections.SnapshotAsync(snapshot, context.Cancellation).ConfigureAwait(false);
                var listeners = await ConnectionsCommand.AcceptingAsync(context, board).ConfigureAwait(false);
                live.UpdateTarget(Render(board, listeners, snapshot, Math.Max(3, console.Profile.Height - 8)));
            }
            while (await timer.WaitForNextTickAsync(context.Cancellation).ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    private static Table Render(OffloadBoard board, List<Listener> listeners, ConnectionSnapshot snapshot, int room)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{Markup.Escape(board.Description.Name)}: {snapshot.Count} connections");
        foreach (var heading in ConnectionText.Headings)
        {
            table.AddColumn(new TableColumn(heading).NoWrap());
        }

        // Of the listeners at most so many that half of the room is for connections.
        foreach (var listener in listeners.Take(room / 2))
        {
            table.AddRow([.. ConnectionText.Cells(listener).Select(cell => new Text(cell))]);
        }

        room -= Math.Min(listeners.Count, room / 2);

        // The newest first: those are what one waits for.
        var rows = snapshot.Rows.ToArray();
        Array.Sort(rows, static (a, b) => b.CreatedMicroseconds.CompareTo(a.CreatedMicroseconds));
        foreach (var row in rows.Take(room))
        {
            table.AddRow([.. ConnectionText.Cells(row).Select(cell => new Text(cell))]);
        }

        return table.Caption(rows.Length > room ? $"{rows.Length - room} older ones are not shown; Ctrl-C ends" : "Ctrl-C ends");
    }
}
