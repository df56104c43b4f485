using Offload.Benchmarks.Virtual;
using Offload.Cli.Demo;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>Sockets of connections that the board opened, beside the kernel's own accept, in one run: alone, and in a flood of SYNs. Times: never judged.</summary>
internal static class SocketRows
{
    /// <summary>The core clock of the Versa 5G.</summary>
    private const double CoreHz = 62_500_000;

    private static readonly (string Suffix, string What)[] Ways = [("", "virtual board"), (".kernel", "the kernel itself"), (".synproxy", "the kernel behind its SYNPROXY")];

    public static IEnumerable<Measurement> All() =>
    [
        new Measurement([.. Group("sockets")], bench => Measure(bench, "sockets", flooded: false)),
        new Measurement([.. Group("sockets.flood")], bench => Measure(bench, "sockets.flood", flooded: true)),
    ];

    private static IEnumerable<string> Group(string group)
    {
        foreach (string figure in new[] { "accepted_per_second", "accepted_ratio", "host_us_per_accept", "first_byte_us", "first_byte_ratio", "failed", "syns_per_second" })
        {
            foreach ((string suffix, string _) in Ways)
            {
                if ((suffix.Length > 0 || !figure.EndsWith("ratio", StringComparison.Ordinal)) && (figure != "syns_per_second" || group.EndsWith("flood", StringComparison.Ordinal)))
                {
                    yield return $"{group}.{figure}{suffix}";
                }
            }
        }

        yield return $"{group}.simulator_us_per_accept";
        if (group.EndsWith("flood", StringComparison.Ordinal))
        {
            yield return $"{group}.board_syns_per_second";
        }
    }

    private static IEnumerable<Row> Measure(Bench bench, string group, bool flooded)
    {
        string missing = File.Exists("/dev/net/tun") ? "" : "there is no /dev/net/tun";
        var ways = new (Acceptance? Is, string Missing)[Ways.Length];
        for (int i = 0; i < Ways.Length; i++)
        {
            ways[i] = missing.Length > 0 ? (null, missing) : Try(bench, i, flooded);
        }

        Acceptance? board = ways[0].Is;
        string flood = flooded ? ", in a flood" : "";
        return
        [
            .. Figures("accepted_per_second", $"connections accepted, sent a byte and closed a second{flood}", way => way.PerSecond, "accepted_ratio", Better.Higher),
            .. Figures("host_us_per_accept", $"µs of the host's processors a connection{flood}", way => way.HostMicroseconds, null, Better.Lower),
            .. Figures("first_byte_us", $"µs from connect to the first byte, median, one client at a time{flood}", way => way.FirstByte, "first_byte_ratio", Better.Lower),
            .. Figures("failed", $"connections that failed meanwhile{flood}", way => way.Failed, null, Better.Lower),
            .. flooded ? Figures("syns_per_second", $"SYNs of the flood taken a second, of {SocketRig.Flood:N0}", way => way.FloodPerSecond, null, Better.Higher) : [],
            Figures("simulator_us_per_accept", $"µs of the simulator's thread a connection{flood}, which no board has", way => way.SimulatorMicroseconds, null, Better.Lower).First(),
            .. flooded ? Figures("board_syns_per_second", $"SYNs of the flood taken a second of the core's own time, at {CoreHz / 1e6} MHz", way => CoreHz / way.ClocksPerSyn, null, Better.Higher).Take(1) : [],
        ];

        IEnumerable<Row> Figures(string figure, string unit, Func<Acceptance, double> of, string? ratio, Better better)
        {
            for (int i = 0; i < Ways.Length; i++)
            {
                yield return new Row($"{group}.{figure}{Ways[i].Suffix}", ways[i].Is is { } way && double.IsFinite(of(way)) ? of(way) : null, $"{unit}, {Ways[i].What}")
                {
                    Better = better,
                    Note = Note(ways[i], of),
                };
            }

            for (int i = 1; ratio is not null && i < Ways.Length; i++)
            {
                bool both = board is not null && ways[i].Is is { } way && double.IsFinite(of(board) / of(way));
                yield return new Row($"{group}.{ratio}{Ways[i].Suffix}", both ? of(board!) / of(ways[i].Is!) : null, $"of what {Ways[i].What} needs or does{flood}")
                {
                    Better = better,
                    Note = Note(ways[0], of) ?? Note(ways[i], of),
                };
            }

            static string? Note((Acceptance? Is, string Missing) way, Func<Acceptance, double> of) =>
                way.Is is null ? way.Missing : double.IsFinite(of(way.Is)) ? null : "not one client was received within half a minute";
        }
    }

    private static (Acceptance? Is, string Missing) Try(Bench bench, int way, bool flooded)
    {
        if (way == 2 && !Rig.HasNft)
        {
            return (null, "skipped: the tool nft is missing (Debian's package nftables)");
        }

        bench.Say($"sockets{(flooded ? " in a flood" : "")}: {Ways[way].What}");
        try
        {
            return way == 0
                ? (SocketRig.ThroughBoardAsync(VirtualRows.BoardFile(bench), flooded).GetAwaiter().GetResult(), "")
                : (SocketRig.ThroughKernel(flooded, way == 2 ? Rig.Protect : null), "");
        }
        catch (Exception exception) when (exception is DemoException or OffloadException { Code: OffloadError.PermissionDenied })
        {
            return (null, $"skipped: {exception.Message}");
        }
    }
}
