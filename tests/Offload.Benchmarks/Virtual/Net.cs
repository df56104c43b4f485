using System.Globalization;
using Offload.Cli.Demo;
using Offload.Engine.Tests.Frames;

namespace Offload.Benchmarks.Virtual;

/// <summary>Addresses (RFC 5737), and how the namespaces are set up.</summary>
internal static class Net
{
    /// <summary>192.0.2.1.</summary>
    public const uint Client = 0xC0000201;

    /// <summary>192.0.2.2.</summary>
    public const uint Host = 0xC0000202;

    /// <summary>192.0.2.3, through which the flood comes where there are clients, too.</summary>
    public const uint Flooder = 0xC0000203;

    /// <summary>Port of the server, of the engine or of the kernel.</summary>
    public const ushort Port = 80;

    /// <summary>Of whoever floods.</summary>
    public const ulong FloodMac = 0x0200000000C0;

    public const string ClientTap = "net0";
    public const string HostTap = "host0";

    /// <summary>Sets a TAP device up.</summary>
    public static void Configure(NetworkNamespace space, string tap, uint address)
    {
        foreach ((string name, string value) in new[] { ("accept_ra", "0"), ("autoconf", "0"), ("accept_dad", "0"), ("router_solicitations", "0") })
        {
            space.SetParameter($"net/ipv6/conf/{tap}/{name}", value);
        }

        space.Ip("link set dev lo up", $"link set dev {tap} addrgenmode none", $"link set dev {tap} txqueuelen 20000 up", $"address add {Text(address)}/24 dev {tap}");
    }

    /// <summary>What connects to the host from all those addresses can be answered, through one neighbour that is never asked for.</summary>
    /// <param name="host">The host.</param>
    /// <param name="neighbour">That neighbour.</param>
    public static void RouteFlood(NetworkNamespace host, uint neighbour = Client) => host.Ip(
        $"neighbour replace {Text(neighbour)} lladdr {string.Join(':', Enumerable.Range(0, 6).Select(i => (FloodMac >> (40 - (8 * i)) & 255).ToString("x2", CultureInfo.InvariantCulture)))} dev {HostTap} nud permanent",
        $"route add 10.0.0.0/8 via {Text(neighbour)} dev {HostTap}");

    /// <summary>SYNs of random tuples to the server, as Linux sends them.</summary>
    /// <param name="destinationMac">Whom they are for.</param>
    public static TupleFrames FloodFrames(ulong destinationMac) => new(new TcpFrame
    {
        DestinationMac = destinationMac,
        SourceMac = FloodMac,
        Destination = TcpFrame.V4(Host),
        DestinationPort = Port,
        Flags = TcpFlags.Syn,
        Options = TcpOptions.Linux(1),
    });

    /// <summary>An address as text.</summary>
    public static string Text(uint address) => $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
}
