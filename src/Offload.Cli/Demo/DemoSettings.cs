using System.Net;

namespace Offload.Cli.Demo;

/// <summary>What the demo is to do.</summary>
/// <param name="Connections">Connections to open.</param>
/// <param name="Parallel">How many are being opened at a time.</param>
/// <param name="BitstreamPath">The virtual board's bitstream.</param>
/// <param name="CapturePath">Where both ports' frames are written; null: nowhere.</param>
internal sealed record DemoSettings(int Connections, int Parallel, string BitstreamPath, string? CapturePath)
{
    /// <summary>The port that the engine listens on.</summary>
    internal const int Port = 7788;

    /// <summary>One connection in this many is IPv6.</summary>
    internal const int Ipv6Share = 5;

    // Addresses of the documentation ranges (RFC 5737, RFC 3849).
    internal static readonly IPAddress ClientIpv4 = IPAddress.Parse("192.0.2.1");
    internal static readonly IPAddress HostIpv4 = IPAddress.Parse("192.0.2.2");
    internal static readonly IPAddress ClientIpv6 = IPAddress.Parse("2001:db8::1");
    internal static readonly IPAddress HostIpv6 = IPAddress.Parse("2001:db8::2");

    /// <summary>Name of the TAP device at the net port.</summary>
    internal const string NetTap = "net0";

    /// <summary>Name of the TAP device at the host port.</summary>
    internal const string HostTap = "host0";

    /// <summary>Server's end point of connection number <paramref name="number"/>.</summary>
    internal static IPEndPoint ServerOf(int number) => new(number % Ipv6Share == Ipv6Share - 1 ? HostIpv6 : HostIpv4, Port);
}
