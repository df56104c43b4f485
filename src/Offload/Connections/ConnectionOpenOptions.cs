using System.Net;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>An active open (RFC 9293 3.10.1), as it is asked for. Opens whose <see cref="Mode"/>, <see cref="Mss"/>, <see cref="Window"/>,
/// <see cref="WindowScale"/>, options, <see cref="Vlan"/> and local MAC are the same share one of the core's slots for listeners.</summary>
public sealed record ConnectionOpenOptions
{
    /// <summary>Default of <see cref="ResolveTimeout"/>.</summary>
    public static readonly TimeSpan DefaultResolveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The peer. A single address (not the wildcard, not multicast), and a port of 1 to 65535.</summary>
    public required IPEndPoint RemoteEndPoint { get; init; }

    /// <summary>Our address, one of the host behind the board; null: the one that the kernel's route prefers.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Our port, 1 to 65535; null: one that the kernel gives. It is bound at the kernel for as long as the engine has the connection, so that
    /// nobody else gets it; so a port serves one open at a time.</summary>
    public int? LocalPort { get; init; }

    /// <summary>Who owns the connection: the engine keeps it (default), or it waits for a RELEASE as soon as it is ESTABLISHED.</summary>
    public ListenerMode Mode { get; init; } = ListenerMode.Keep;

    /// <summary>MSS option of the SYN in bytes, 64 to 65535; null: 1460 (IPv4) or 1440 (IPv6). [RFC 9293 3.7.1]</summary>
    public int? Mss { get; init; }

    /// <summary>Window field of every segment sent, 0 to 65535, not scaled.</summary>
    public int Window { get; init; } = ListenerOptions.DefaultWindow;

    /// <summary>Our shift count where window scaling is agreed, 0 to 14. [RFC 7323 2.3]</summary>
    public int WindowScale { get; init; } = ListenerOptions.DefaultWindowScale;

    /// <summary>Whether window scaling is offered. [RFC 7323 2]</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>Whether timestamps are offered. [RFC 7323 3]</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Whether SACK-permitted is offered. [RFC 2018]</summary>
    public bool Sack { get; init; } = true;

    /// <summary>VLAN identifier (0 to 4094) of the connection's tagged frames; null: they are untagged.</summary>
    public int? Vlan { get; init; }

    /// <summary>Whether data for a kept connection resets it; else it is dropped, counted and never acknowledged.</summary>
    public bool ResetData { get; init; }

    /// <summary>Our MAC address. Null: that of the host port's interface that has our address.</summary>
    public MacAddress? LocalMac { get; init; }

    /// <summary>MAC address of the next hop towards the peer. Null: the one that the kernel's route and neighbour table (ARP, RFC 826; neighbour
    /// discovery, RFC 4861) give.</summary>
    public MacAddress? NextHopMac { get; init; }

    /// <summary>How long the kernel may take to learn the next hop's MAC address where its neighbour table has none yet; 0 to 60 s.</summary>
    public TimeSpan ResolveTimeout { get; init; } = DefaultResolveTimeout;
}
