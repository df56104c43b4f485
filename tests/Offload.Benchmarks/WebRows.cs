using Offload.Benchmarks.Virtual;
using Offload.Cli.Demo;

namespace Offload.Benchmarks;

/// <summary>Requests to an ASP.NET Core application over the board, beside the same over Kestrel's own sockets, in one run. None may fail; times are never judged.</summary>
internal static class WebRows
{
    private static readonly (string Suffix, string What)[] Ways = [("", "virtual board"), (".kernel", "Kestrel's own sockets")];
    private static readonly string[] Figures = ["requests", "requests.kernel", "failed", "failed.kernel", "per_second", "per_second.kernel", "ratio.kernel", "simulator_us_per_request"];

    public static IEnumerable<Measurement> All() =>
    [
        Group("web.keep_alive", $"over {WebRig.Together} connections that stay", keepAlive: true, quick: 20_000, full: 1_000_000),
        Group("web.fresh", "each over a new connection", keepAlive: false, quick: 2_000, full: 100_000),
    ];

    private static Measurement Group(string group, string how, bool keepAlive, long quick, long full) =>
        new([.. Figures.Select(figure => $"{group}.{figure}")], bench => Measure(bench, group, how, keepAlive, bench.Arguments.Long ? full : quick, full));

    private static IEnumerable<Row> Measure(Bench bench, string group, string how, bool keepAlive, long wanted, long full)
    {
        (WebService? Is, string? Missing)[] ways =
        [
            Try(() => WebRig.ThroughBoardAsync(VirtualRows.BoardFile(bench), wanted, keepAlive), 0),
            Try(() => WebRig.ThroughKernelAsync(wanted, keepAlive), 1),
        ];
        for (int i = 0; i < Ways.Length; i++)
        {
            yield return Figure(i, "requests", service => service.Clients.Requests, $"requests {how}, {Ways[i].What}") with
            {
                Goal = full,
                Note = ways[i].Missing ?? (wanted < full ? $"--long does {full:N0}" : null),
            };
        }

        for (int i = 0; i < Ways.Length; i++)
        {
            yield return Figure(i, "failed", service => service.Clients.Failed, $"of {wanted:N0} requests {how}, {Ways[i].What}") with { Better = Better.Lower, Goal = 0, Floor = 0 };
        }

        for (int i = 0; i < Ways.Length; i++)
        {
            yield return Figure(i, "per_second", service => service.Clients.PerSecond, $"requests a second {how}, {Ways[i].What}");
        }

        yield return new Row($"{group}.ratio.kernel", ways[0].Is?.Clients.PerSecond / ways[1].Is?.Clients.PerSecond, $"of what {Ways[1].What} do") { Note = ways[0].Missing ?? ways[1].Missing };
        yield return Figure(0, "simulator_us_per_request", service => service.SimulatorMicroseconds, "µs of the simulator's thread a request, which no board has") with { Better = Better.Lower };

        Row Figure(int way, string figure, Func<WebService, double> of, string unit) =>
            new($"{group}.{figure}{Ways[way].Suffix}", ways[way].Is is { } service ? of(service) : null, unit) { Note = ways[way].Missing };

        (WebService? Is, string? Missing) Try(Func<Task<WebService>> serve, int way)
        {
            if (!File.Exists("/dev/net/tun"))
            {
                return (null, "skipped: there is no /dev/net/tun");
            }

            bench.Say($"{group}: {wanted:N0} requests {how}, {Ways[way].What}");
            try
            {
                return (serve().GetAwaiter().GetResult(), null);
            }
            catch (Exception exception) when (exception is DemoException { IsPermission: true } or OffloadException { Code: OffloadError.PermissionDenied })
            {
                return (null, $"skipped: {exception.Message}");
            }
        }
    }
}
