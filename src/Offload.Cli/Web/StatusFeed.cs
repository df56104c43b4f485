using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Connections;
using Offload.Counters;
using Offload.Registers;

namespace Offload.Cli.Web;

/// <summary>What the page shows: the table, counters and connect times. The board is read at most four times a second, however many pages ask.</summary>
/// <param name="board">The board.</param>
/// <param name="latency">Recent connect times of clients that are measured; null: none are.</param>
/// <param name="clocks">Clocks from a SYN's end to its SYN,ACK; null: not measured.</param>
internal sealed class StatusFeed(OffloadBoard board, Func<JsonArray>? latency = null, Func<double?>? clocks = null) : IDisposable
{
    private const int RowsShown = 100;
    private static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConnectionSnapshot _table = new();
    private BoardStatus? _status;
    private CounterSnapshot? _counters;
    private ConnectionRow[] _rows = [];
    private long _readAt;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>The state as JSON.</summary>
    /// <param name="reader">Remote end point of whoever asks: its own connection is marked.</param>
    /// <param name="cancellation">Ends the wait.</param>
    internal async Task<string> ReadAsync(IPEndPoint reader, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_status is null || Stopwatch.GetElapsedTime(_readAt) > LeastAge)
            {
                _status = await board.GetStatusAsync(cancellation).ConfigureAwait(false);
                _counters = await board.Counters.SnapshotAsync(cancellation).ConfigureAwait(false);
                await board.Connections.SnapshotAsync(_table, cancellation).ConfigureAwait(false);
                _rows = [.. _table.Rows.ToArray().OrderByDescending(row => row.CreatedMicroseconds)];
                _readAt = Stopwatch.GetTimestamp();
            }

            return ToJson(reader, _status, _counters!).ToJsonString();
        }
        finally
        {
            _gate.Release();
        }
    }

    private JsonObject ToJson(IPEndPoint reader, BoardStatus status, CounterSnapshot counters)
    {
        var states = new JsonObject();
        foreach (var group in _rows.GroupBy(row => row.State).OrderBy(group => group.Key))
        {
            states[group.Key.ToRfcName()] = group.Count();
        }

        // The reader's own connection is always among those shown.
        var shown = _rows.Where(row => row.Key.RemoteEndPoint.Equals(reader)).Concat(_rows.Where(row => !row.Key.RemoteEndPoint.Equals(reader))).Take(RowsShown);
        return new JsonObject
        {
            ["board"] = board.Description.Id,
            ["enabled"] = status.Enabled,
            ["host_alive"] = status.HostAlive,
            ["time_us"] = status.TimebaseMicroseconds,
            ["in_use"] = _rows.Length,
            ["peak"] = status.EntriesPeak,
            ["syn_received"] = counters[CounterId.SynReceived],
            ["established"] = counters[CounterId.Established],
            ["reader"] = reader.ToString(),
            ["states"] = states,
            ["rows"] = JsonOutput.Array(shown, row => ToJson(row, reader, status)),
            ["connect_us"] = latency?.Invoke(),
            ["clocks"] = clocks?.Invoke(),
        };
    }

    private static JsonObject ToJson(ConnectionRow row, IPEndPoint reader, BoardStatus status) => new()
    {
        ["remote"] = row.Key.RemoteEndPoint.ToString(),
        ["local"] = row.Key.LocalEndPoint.ToString(),
        ["state"] = row.State.ToRfcName(),
        ["owner"] = JsonOutput.Name(row.Owner),
        ["iss"] = row.Iss,
        ["mss"] = row.Mss,
        ["options"] = string.Join(' ', new[] { row.Timestamps ? "timestamps" : "", row.SackPermitted ? "sack" : "", row.OurScale is { } scale ? $"scale {scale}" : "" }.Where(text => text.Length > 0)),
        ["age_ms"] = Math.Max(0, (long)(status.TimebaseMicroseconds - row.CreatedMicroseconds) / 1000),
        ["own"] = row.Key.RemoteEndPoint.Equals(reader),
    };
}
