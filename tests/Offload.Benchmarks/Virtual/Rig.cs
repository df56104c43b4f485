using System.Diagnostics;
using System.Globalization;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Counters;
using Offload.Listeners;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>What one way to answer clients does.</summary>
/// <param name="SynsPerSecond">SYNs answered a second, in a flood.</param>
/// <param name="HandshakesPerSecond">Connections of a kernel's sockets completed a second.</param>
/// <param name="HostMicroseconds">Processor time of the host's side a handshake.</param>
/// <param name="SimulatorMicroseconds">That of the simulator, which no board has.</param>
/// <param name="ClientMicroseconds">That of the client's thread.</param>
internal sealed record Speed(double SynsPerSecond, double HandshakesPerSecond, double HostMicroseconds, double SimulatorMicroseconds, double ClientMicroseconds);

/// <summary>Clients of a kernel in a namespace of its own, and at the other end of the cable the virtual board, or another kernel.</summary>
internal static class Rig
{
    private const double Seconds = 3;
    private const double WarmUp = 0.5;

    /// <summary>Whether the tool is there that sets SYNPROXY up.</summary>
    public static bool HasNft => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, "nft")));

    /// <summary>Through the virtual board, whose engine keeps the connections.</summary>
    public static async Task<Speed> ThroughBoardAsync(string bitstream)
    {
        double syns;
        using (NetworkNamespace host = NetworkNamespace.Create("host"))
        {
            using var port = new FloodPort();
            await using OffloadBoard board = await OpenAsync(bitstream, host, new VirtualBoardOptions { NetPort = port });
            var flood = new Flood(await ListenAsync(board));
            port.Flood = flood;
            syns = Rate(flood, () => Thread.Sleep(1));
        }

        using NetworkNamespace client = NetworkNamespace.Create("client"), server = NetworkNamespace.Create("host");
        await using OffloadBoard between = await OpenAsync(bitstream, server, new VirtualBoardOptions { NetTap = Net.ClientTap, NetNamespace = client.Path });
        Net.Configure(client, Net.ClientTap, Net.Client);
        Prepare(client);
        await ListenAsync(between);
        Dialer.Run(client, WarmUp);
        await Task.Delay(200);
        ulong before = (await between.Counters.SnapshotAsync())[CounterId.Established];
        double process = ThreadTimes.Process(), simulator = ThreadTimes.Named("offload ");
        (long done, long failed, double seconds, double processor) = Dialer.Run(client, Seconds);
        process = ThreadTimes.Process() - process;
        simulator = ThreadTimes.Named("offload ") - simulator;
        ulong established = 0;
        for (int i = 0; i < 40 && established < (ulong)done; i++)
        {
            // The last ACKs may still be on their way.
            await Task.Delay(50);
            established = (await between.Counters.SnapshotAsync())[CounterId.Established] - before;
        }

        Bench.Require(failed == 0 && established >= (ulong)done, $"{done} clients connected and {failed} did not, and the engine says {established}");
        return new Speed(syns, done / seconds, 1e6 * Math.Max(0, process - simulator - processor) / done, 1e6 * simulator / done, 1e6 * processor / done);
    }

    /// <summary>With the same kernel as the host, which may be told to do something first.</summary>
    public static Speed ThroughKernel(Action<NetworkNamespace>? prepare)
    {
        double syns;
        using (NetworkNamespace host = NetworkNamespace.Create("host"))
        using (TapPort tap = TapPort.Create(Net.HostTap, host.Path, up: false))
        {
            Net.Configure(host, Net.HostTap, Net.Host);
            Net.RouteFlood(host);
            prepare?.Invoke(host);
            using var server = new Server(host);
            var flood = new Flood(tap.KernelInterface!.MacAddress.Value);
            var buffer = new byte[16384];
            syns = Rate(flood, () =>
            {
                for (int i = 0; i < 64 && flood.Next() is byte[] syn; i++)
                {
                    tap.Write(syn);
                }

                for (int length; (length = tap.Read(buffer)) > 0;)
                {
                    flood.Take(buffer.AsSpan(0, length));
                }
            });
        }

        using (NetworkNamespace client = NetworkNamespace.Create("client"), host = NetworkNamespace.Create("host"))
        using (TapPort clientTap = TapPort.Create(Net.ClientTap, client.Path, up: false), hostTap = TapPort.Create(Net.HostTap, host.Path, up: false))
        {
            Net.Configure(client, Net.ClientTap, Net.Client);
            Net.Configure(host, Net.HostTap, Net.Host);
            Prepare(client);
            prepare?.Invoke(host);
            using var cable = new Cable(clientTap, hostTap);
            using var server = new Server(host);
            Dialer.Run(client, WarmUp);
            double own = cable.HostTime + server.Time;
            (long done, long failed, double seconds, double processor) = Dialer.Run(client, Seconds);
            own = cable.HostTime + server.Time - own;
            Bench.Require(failed == 0, $"{done} clients connected and {failed} did not");
            return new Speed(syns, done / seconds, 1e6 * own / done, 0, 1e6 * processor / done);
        }
    }

    /// <summary>Lets the kernel's own SYNPROXY answer before the server does.</summary>
    public static void Protect(NetworkNamespace host)
    {
        // As nftables' manual has it: SYNs go past conntrack, and what conntrack does not know goes to the proxy. But without timestamps, and so without window scale
        // and SACK: with them Linux 6.18 rejects the proxy's ACK to the server for its echoed timestamp (counter TSEcrRejected), and each connection waits a second
        // for the server's next SYN,ACK.
        host.RunTool("nft", ["-f", "-"], $$"""
            table ip benchmark {
                chain before {
                    type filter hook prerouting priority raw; policy accept;
                    tcp dport {{Net.Port}} tcp flags & (fin|syn|rst|ack) == syn notrack
                }
                chain input {
                    type filter hook input priority filter; policy accept;
                    tcp dport {{Net.Port}} ct state { invalid, untracked } synproxy mss 1460
                    ct state invalid drop
                }
            }
            """);
        host.SetParameter("net/netfilter/nf_conntrack_tcp_loose", "0");

        // What has ended is forgotten at once: the ACK of a client that uses its port again would belong to the former connection, and never come to the proxy.
        host.SetParameter("net/netfilter/nf_conntrack_tcp_timeout_close", "0");
        host.SetParameter("net/netfilter/nf_conntrack_tcp_timeout_time_wait", "0");
    }

    /// <summary>A client may use each port again at once, and has many.</summary>
    public static void Prepare(NetworkNamespace client) => client.SetParameter("net/ipv4/ip_local_port_range", "1024 65535");

    /// <summary>Answers a second, once the flood has run for a while.</summary>
    private static double Rate(Flood flood, Action turn)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < WarmUp)
        {
            turn();
        }

        long before = flood.Answered;
        began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < Seconds)
        {
            turn();
        }

        return (flood.Answered - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Opens a virtual board whose host is in a namespace, loads its bitstream, and sets the host's device up.</summary>
    public static async Task<OffloadBoard> OpenAsync(string bitstream, NetworkNamespace host, VirtualBoardOptions virtualBoard, Action<VirtualBoardHardware>? opened = null)
    {
        virtualBoard.Id = string.Create(CultureInfo.InvariantCulture, $"figures-{Environment.ProcessId}");
        virtualBoard.HostTap = Net.HostTap;
        virtualBoard.HostNamespace = host.Path;
        virtualBoard.BringUp = false;
        var options = new OffloadBoardOptions { Serve = false };
        options.Providers.Add(new ToldProvider(new VirtualBoardProvider(virtualBoard), opened));
        OffloadBoard board = await OffloadBoard.OpenAsync(virtualBoard.Id, options);
        await board.LoadBitstreamAsync(bitstream);
        Net.Configure(host, Net.HostTap, Net.Host);
        return board;
    }

    /// <summary>Lets the engine listen, and gives its MAC address.</summary>
    private static async Task<ulong> ListenAsync(OffloadBoard board)
    {
        Listener listener = await board.Listeners.AddAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(Net.Text(Net.Host)), Net.Port));
        return listener.Mac.Value;
    }

    /// <summary>Tells which virtual board was opened.</summary>
    private sealed class ToldProvider(VirtualBoardProvider provider, Action<VirtualBoardHardware>? opened) : BoardProvider
    {
        public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) => provider.DiscoverAsync(cancellationToken);

        public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
        {
            BoardHardware hardware = await provider.OpenAsync(board, cancellationToken);
            opened?.Invoke((VirtualBoardHardware)hardware);
            return hardware;
        }
    }
}
