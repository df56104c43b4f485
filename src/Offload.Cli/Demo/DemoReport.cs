using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Cli.Commands;
using Offload.Cli.Shell;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Cli.Demo;

/// <summary>What the demo found out.</summary>
internal sealed class DemoReport
{
    private const int RowsShown = 12;
    private const int DifferencesShown = 10;

    // What tells the story of a handshake; the rest is `offload counters`.
    private static readonly CounterId[] CountersShown =
    [
        CounterId.NetFramesReceived, CounterId.NetFramesConsumed, CounterId.NetFramesPassed, CounterId.HostFramesPassed, CounterId.FramesSent,
        CounterId.SynReceived, CounterId.SynRepeated, CounterId.SynAckSent, CounterId.SynAckTimeouts, CounterId.Established, CounterId.PeerClosed,
        CounterId.ClosedNormal, CounterId.TableFull, CounterId.EventsLost,
    ];

    // Nothing of this is to happen with clients that mean well.
    private static readonly CounterId[] Trouble =
    [
        CounterId.NetDroppedFull, CounterId.NetDroppedLength, CounterId.HostDroppedFull, CounterId.HostDroppedLength, CounterId.RepliesDropped,
        CounterId.DroppedIpChecksum, CounterId.DroppedTcpChecksum, CounterId.DroppedMalformed, CounterId.DroppedFlags, CounterId.HandshakeResetsSent,
        CounterId.UnknownResetsSent, CounterId.SequenceUnacceptable, CounterId.TimestampRejected, CounterId.AckUnacceptable, CounterId.ClosedReset,
        CounterId.ClosedTimedOut, CounterId.ClosedAborted,
    ];

    internal required DemoSettings Settings { get; init; }

    /// <summary>Version, register map and sizes of what was loaded.</summary>
    internal required string Bitstream { get; init; }

    /// <summary>How ISNs were made.</summary>
    internal required string IsnMode { get; init; }

    /// <summary>Connections that the clients' kernel reported as open.</summary>
    internal required int Completed { get; init; }

    /// <summary>Why others were not open.</summary>
    internal required IReadOnlyCollection<string> Errors { get; init; }

    /// <summary>The table while all were open.</summary>
    internal required ConnectionRow[] Rows { get; init; }

    /// <summary>What table, kernel and key do not agree on.</summary>
    internal required IReadOnlyList<string> Differences { get; init; }

    /// <summary>Time from connect to connected, in microseconds.</summary>
    internal required double MedianMicroseconds { get; init; }

    /// <summary>The same for all but the slowest hundredth.</summary>
    internal required double Percentile99Microseconds { get; init; }

    /// <summary>Clocks from the SYN's last beat to the SYN,ACK's first: the median.</summary>
    internal required double ClocksSynToSynAck { get; init; }

    /// <summary>Over how many handshakes: those that had the core to themselves.</summary>
    internal required int HandshakesMeasured { get; init; }

    /// <summary>Time in which all connections were opened.</summary>
    internal required TimeSpan Opening { get; init; }

    /// <summary>Entries left when the clients had closed.</summary>
    internal int LeftOver { get; set; }

    /// <summary>Connections that both sides had closed in the end.</summary>
    internal int Closed { get; set; }

    /// <summary>The counters at the end.</summary>
    internal IReadOnlyDictionary<CounterId, ulong> Counters { get; set; } = new Dictionary<CounterId, ulong>();

    /// <summary>Frames in the capture; 0 where none was asked for.</summary>
    internal long FramesCaptured { get; set; }

    internal bool Succeeded => Completed == Settings.Connections && Rows.Length == Completed && Differences.Count == 0 && LeftOver == 0;

    internal JsonObject ToJson()
    {
        var counters = new JsonObject();
        foreach (var (id, value) in Counters)
        {
            counters[JsonOutput.Name(id)] = value;
        }

        return new JsonObject
        {
            ["succeeded"] = Succeeded,
            ["connections"] = Settings.Connections,
            ["completed"] = Completed,
            ["mismatches"] = Differences.Count,
            ["differences"] = JsonOutput.Array(Differences.Take(DifferencesShown), text => JsonValue.Create(text)),
            ["errors"] = JsonOutput.Array(Errors.Take(DifferencesShown), text => JsonValue.Create(text)),
            ["connect_us_p50"] = Math.Round(MedianMicroseconds, 1),
            ["connect_us_p99"] = Math.Round(Percentile99Microseconds, 1),
            ["clocks_syn_to_synack"] = ClocksSynToSynAck,
            ["clocks_measured"] = HandshakesMeasured,
            ["opening_ms"] = Math.Round(Opening.TotalMilliseconds, 1),
            ["parallel"] = Settings.Parallel,
            ["ipv6"] = Rows.Count(row => !row.Key.LocalAddress.IsIPv4),
            ["closed"] = Closed,
            ["left_over"] = LeftOver,
            ["bitstream"] = Bitstream,
            ["isn_mode"] = IsnMode,
            ["capture"] = Settings.CapturePath,
            ["frames_captured"] = FramesCaptured,
            ["counters"] = counters,
        };
    }

    internal void WriteTo(TextWriter output)
    {
        void Line(string text) => output.WriteLine(text);
        string N(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
        Line("");
        Line("   client's kernel                 virtual board                  host's kernel");
        Line("   192.0.2.1         net0  ┌─────────────────────────────┐  host0  192.0.2.2");
        Line("   2001:db8::1     ┌──────▶│ SYN → SYN,ACK → ACK,        │         2001:db8::2");
        Line($"   {N(Settings.Connections),6} sockets ─┤       │ offload_core in Verilog:    │");
        Line("                   │       │ connection table, events    │◀═══════ registers: this program");
        Line("                   └──────▶│ all else passes ────────────│───────▶ ARP, ICMP, other TCP");
        Line("                           └─────────────────────────────┘");
        Line("");
        Line($"Bitstream    {Bitstream}");
        Line($"ISN mode     {IsnMode}");
        Line($"Listeners    {string.Join(", ", Rows.Select(row => row.Key.LocalEndPoint.ToString()).Distinct())}");
        Line("");
        Line(Rows.Length > RowsShown ? $"The connection table, {RowsShown} of {N(Rows.Length)} rows" : $"The connection table, {Rows.Length} rows");
        ConnectionText.Table([], Pick()).WriteTo(output, "  ");
        Line("");
        Line("Counters");
        var table = new TextTable("", "") { RightAligned = [1] };
        foreach (var id in CountersShown.Concat(Trouble.Where(id => Counters.GetValueOrDefault(id) != 0)))
        {
            table.Add(JsonOutput.Name(id), N(Counters.GetValueOrDefault(id)));
        }

        table.WriteTo(output, "  ", heading: false);
        if (Counters.GetValueOrDefault(CounterId.EventsLost) != 0)
        {
            Line("  (A lost event is no lost connection: the queue was full for a moment, and the table has them all.)");
        }

        Line("");
        Line($"Handshakes   {N(Completed)} of {N(Settings.Connections)} in {N(Opening.TotalMilliseconds)} ms, {N(Settings.Parallel)} at a time, {N(Rows.Count(row => !row.Key.LocalAddress.IsIPv4))} over IPv6");
        Line($"Connecting   {N(MedianMicroseconds)} us median, {N(Percentile99Microseconds)} us 99th percentile, as the clients saw it (the core is simulated)");
        Line($"The core     {ClocksSynToSynAck.ToString("0.#", CultureInfo.InvariantCulture)} clocks from a SYN's last beat to its SYN,ACK's first (median of {HandshakesMeasured} that were alone in the core)");
        Line($"Checked      {N(Rows.Length)} rows against the clients' kernel (ss) and against the ISN key: {(Differences.Count == 0 ? "no difference" : $"{N(Differences.Count)} differences")}");
        Line($"Closed       {N(Closed)} by both sides; the table {(LeftOver == 0 ? "is empty again" : $"still has {N(LeftOver)} rows")}");
        if (Settings.CapturePath is { } path)
        {
            Line($"Captured     {N(FramesCaptured)} frames of both ports in {path}");
        }

        WriteTroubles(Line);
    }

    private void WriteTroubles(Action<string> line)
    {
        foreach (var text in Errors.Take(DifferencesShown))
        {
            line($"  not connected: {text}");
        }

        foreach (var text in Differences.Take(DifferencesShown))
        {
            line($"  difference: {text}");
        }

        if (Differences.Count > DifferencesShown)
        {
            line($"  and {Differences.Count - DifferencesShown} more");
        }
    }

    /// <summary>Some rows, spread over the table, of both IP versions where there are both.</summary>
    private ConnectionRow[] Pick()
    {
        var sorted = Rows.OrderBy(row => row.CreatedMicroseconds).ToArray();
        if (sorted.Length <= RowsShown)
        {
            return sorted;
        }

        var four = sorted.Where(row => row.Key.LocalAddress.IsIPv4).ToArray();
        var six = sorted.Where(row => !row.Key.LocalAddress.IsIPv4).ToArray();
        var sixShown = six.Length == 0 ? 0 : Math.Min(six.Length, RowsShown / 4);
        return [.. Spread(four, RowsShown - sixShown), .. Spread(six, sixShown)];
    }

    private static IEnumerable<ConnectionRow> Spread(ConnectionRow[] rows, int count) =>
        Enumerable.Range(0, Math.Min(count, rows.Length)).Select(i => rows[(int)((long)i * rows.Length / count)]);
}
