using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;

namespace Offload.Cli.Commands;

/// <summary><c>offload info</c>: what a board is, what it runs, and how it is.</summary>
internal static class InfoCommand
{
    internal static Command Create(OffloadCommand root) =>
        root.With(new Command("info", "Shows what a board is, which bitstream it runs, and its state."), RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var part = await board.GetPartAsync(context.Cancellation).ConfigureAwait(false);
            var identity = part.IsLoaded ? await board.GetIdentityAsync(context.Cancellation).ConfigureAwait(false) : null;
            var status = part.IsLoaded ? await board.GetStatusAsync(context.Cancellation).ConfigureAwait(false) : null;
            if (context.Json)
            {
                context.WriteJson(ToJson(board.Description, part, identity, status));
            }
            else
            {
                Write(context.Output, board.Description, part, identity, status);
            }

            return ExitCode.Ok;
        }
    }

    private static JsonObject ToJson(BoardDescription board, BoardPart part, BoardIdentity? identity, BoardStatus? status) => new()
    {
        ["board"] = new JsonObject
        {
            ["id"] = board.Id,
            ["kind"] = board.Kind,
            ["name"] = board.Name,
            ["location"] = board.Location,
            ["part"] = part.BoardName,
            ["idcode"] = $"{part.IdCode:x8}",
            ["host_port"] = part.HostPort is { } port
                ? new JsonObject
                {
                    ["interface"] = port.InterfaceName,
                    ["network_namespace"] = port.NetworkNamespacePath,
                    ["mac"] = port.MacAddress.ToString(),
                }
                : null,
        },
        ["loaded"] = part.IsLoaded,
        ["bitstream_version"] = part.LoadedVersion,
        ["core"] = identity is null ? null : new JsonObject
        {
            ["version"] = identity.CoreVersion.ToString(),
            ["map_hash"] = identity.MapHash,
            ["connections"] = identity.Connections,
            ["listeners"] = identity.Listeners,
            ["data_width"] = identity.DataWidth,
            ["event_depth"] = identity.EventDepth,
            ["park_slots"] = identity.ParkSlots,
            ["max_frame"] = identity.MaxFrame,
        },
        ["status"] = status is null ? null : new JsonObject
        {
            ["enabled"] = status.Enabled,
            ["busy"] = status.Busy,
            ["test_enabled"] = status.TestEnabled,
            ["epoch"] = status.Epoch,
            ["isn_key_set"] = status.IsnKeySet,
            ["placement_key_set"] = status.PlacementKeySet,
            ["timebase_us"] = status.TimebaseMicroseconds,
            ["entries_in_use"] = status.EntriesInUse,
            ["entries_peak"] = status.EntriesPeak,
        },
    };

    private static void Write(TextWriter output, BoardDescription board, BoardPart part, BoardIdentity? identity, BoardStatus? status)
    {
        void Line(string name, string value) => output.WriteLine($"{name,-14}{value}");
        Line("Board", $"{board.Id} ({board.Name}, {board.Kind})");
        Line("Location", board.Location);
        Line("Part", $"{part.BoardName}, IDCODE {part.IdCode:x8}");
        Line("Host port", part.HostPort is { } port
            ? $"{port.InterfaceName} ({port.MacAddress}){(port.NetworkNamespacePath is { } path ? " in " + path : "")}"
            : "no kernel behind it");
        if (identity is null || status is null)
        {
            Line("Bitstream", "none loaded: offload load FILE");
            return;
        }

        Line("Bitstream", $"version {part.LoadedVersion ?? "unknown"}");
        Line("Core", $"version {identity.CoreVersion}, register map {identity.MapHash[..12]}");
        Line("Sizes", string.Create(
            CultureInfo.InvariantCulture,
            $"{identity.Connections:N0} connections, {identity.Listeners} listeners, {identity.EventDepth} events, {identity.DataWidth}-bit streams, frames to {identity.MaxFrame:N0} bytes"));
        Line("Engine", status.Enabled ? "answers its listeners" : "disabled: the board is a cable");
        Line("ISN key", (status.IsnKeySet ? "set" : "not set") + (status.TestEnabled ? "; test mode: fixed ISNs are allowed" : ""));
        Line("Connections", string.Create(CultureInfo.InvariantCulture, $"{status.EntriesInUse:N0} in the table, {status.EntriesPeak:N0} at most so far"));
        Line("Up for", TimeSpan.FromMicroseconds(status.TimebaseMicroseconds).ToString("c", CultureInfo.InvariantCulture));
    }
}
