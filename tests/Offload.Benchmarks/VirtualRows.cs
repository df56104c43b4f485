using Offload.Benchmarks.Virtual;
using Offload.Cli.Demo;
using Offload.Engine.Tests.Harness;

namespace Offload.Benchmarks;

/// <summary>The virtual board with real kernels, beside the same kernel doing the handshakes itself and beside its SYNPROXY, in one run. Times: never judged.</summary>
internal static class VirtualRows
{
    private static readonly (string Suffix, string What)[] Peers = [("kernel", "the kernel itself"), ("synproxy", "the kernel's SYNPROXY")];

    private static readonly string[] Names =
    [
        "virtual.syn_per_second", "virtual.syn_per_second.kernel", "virtual.syn_per_second.synproxy",
        "virtual.syn_ratio.kernel", "virtual.syn_ratio.synproxy",
        "virtual.handshakes_per_second", "virtual.handshakes_per_second.kernel", "virtual.handshakes_per_second.synproxy",
        "virtual.handshake_ratio.kernel", "virtual.handshake_ratio.synproxy",
        "virtual.host_us_per_handshake", "virtual.host_us_per_handshake.kernel", "virtual.host_us_per_handshake.synproxy",
        "virtual.simulator_us_per_handshake", "virtual.client_us_per_handshake",
    ];

    public static IEnumerable<Measurement> All() => [new Measurement(Names, Measure)];

    /// <summary>The virtual board's bitstream, built if need be.</summary>
    public static string BoardFile(Bench bench)
    {
        bench.Ensure(CoreVariant.Board);
        return Path.Combine(CoreVariant.Board.Folder, "offload-virtual.obit");
    }

    private static IEnumerable<Row> Measure(Bench bench)
    {
        Speed? board = null;
        string? missing = File.Exists("/dev/net/tun") ? null : "there is no /dev/net/tun";
        if (missing is null)
        {
            try
            {
                string bitstream = BoardFile(bench);
                bench.Say("virtual: SYNs and handshakes through the virtual board");
                board = Rig.ThroughBoardAsync(bitstream).GetAwaiter().GetResult();
            }
            catch (Exception exception) when (exception is DemoException { IsPermission: true } or OffloadException { Code: OffloadError.PermissionDenied })
            {
                missing = exception.Message;
            }
        }

        var speeds = new List<(Speed? Speed, string? Missing)>();
        foreach ((string suffix, string what) in Peers)
        {
            speeds.Add(missing is null ? Peer(bench, suffix, what) : (null, missing));
        }

        return Rows(board, missing, speeds);
    }

    private static (Speed? Speed, string? Missing) Peer(Bench bench, string suffix, string what)
    {
        bool proxy = suffix == "synproxy";
        if (proxy && !Rig.HasNft)
        {
            return (null, "skipped: the tool nft is missing (Debian's package nftables)");
        }

        bench.Say($"virtual: the same with {what}");
        try
        {
            return (Rig.ThroughKernel(proxy ? Rig.Protect : null), null);
        }
        catch (DemoException exception)
        {
            return (null, $"skipped: {exception.Message}");
        }
    }

    private static IEnumerable<Row> Rows(Speed? board, string? missing, List<(Speed? Speed, string? Missing)> speeds)
    {
        foreach (Row row in Figure("virtual.syn_per_second", "SYNs answered a second", speed => speed.SynsPerSecond, "virtual.syn_ratio", Better.Higher))
        {
            yield return row;
        }

        foreach (Row row in Figure("virtual.handshakes_per_second", "handshakes a second, a kernel's sockets", speed => speed.HandshakesPerSecond, "virtual.handshake_ratio", Better.Higher))
        {
            yield return row;
        }

        foreach (Row row in Figure("virtual.host_us_per_handshake", "µs of the host's processors a handshake", speed => speed.HostMicroseconds, null, Better.Lower))
        {
            yield return row;
        }

        yield return new Row("virtual.simulator_us_per_handshake", board?.SimulatorMicroseconds, "µs of the simulator's thread a handshake, which no board has") { Better = Better.Lower, Note = missing };
        yield return new Row("virtual.client_us_per_handshake", board?.ClientMicroseconds, "µs of the client's thread a handshake") { Better = Better.Lower, Note = missing };

        IEnumerable<Row> Figure(string name, string unit, Func<Speed, double> of, string? ratio, Better better)
        {
            yield return new Row(name, board is null ? null : of(board), unit + ", virtual board") { Better = better, Note = missing };
            for (int i = 0; i < Peers.Length; i++)
            {
                yield return new Row($"{name}.{Peers[i].Suffix}", speeds[i].Speed is { } speed ? of(speed) : null, $"{unit}, {Peers[i].What}") { Better = better, Note = speeds[i].Missing };
            }

            for (int i = 0; ratio is not null && i < Peers.Length; i++)
            {
                yield return new Row($"{ratio}.{Peers[i].Suffix}", board is not null && speeds[i].Speed is { } speed ? of(board) / of(speed) : null, $"of what {Peers[i].What} does")
                {
                    Note = missing ?? speeds[i].Missing,
                };
            }
        }
    }
}
