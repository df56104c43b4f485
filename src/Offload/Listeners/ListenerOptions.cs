using System.Net;
using Offload.Registers;

namespace Offload.Listeners;

/// <summary>A listening end point, as it is asked for.</summary>
public sealed record ListenerOptions
{
    /// <summary>Default of <see cref="Window"/>.</summary>
    public const ushort DefaultWindow = 64240;

    /// <summary>Default of <see cref="Backlog"/>.</summary>
    public const int DefaultBacklog = 128;

    /// <summary>Default of <see cref="WindowScale"/>.</summary>
    public const byte DefaultWindowScale = 7;

    /// <summary>Address and port. A single address of the host (not the wildcard, not multicast), and a port of 1 to 65535.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>What a SYN meets. Default: it is accepted.</summary>
    public ListenerAction Action { get; init; } = ListenerAction.Accept;

    /// <summary>Who owns an accepted connection. Default: the engine keeps it. With <see cref="ListenerMode.Adopt"/> it waits for a RELEASE, and what
    /// comes for it meanwhile is parked, as far as <see cref="Boards.BoardIdentity.ParkSlots"/> goes; where there are none, a <see cref="Window"/> of 0
    /// keeps the peer from sending what would be dropped.</summary>
    public ListenerMode Mode { get; init; } = ListenerMode.Keep;

    /// <summary>With <see cref="ListenerMode.Adopt"/>: how many connections may wait for their adoption at once, 1 to 65535; the final ACK of one more is
    /// dropped and counted, as Linux does. Default: 128.</summary>
    public int Backlog { get; init; } = DefaultBacklog;

    /// <summary>What a SYN meets while the host's heartbeat is missing (<see cref="Boards.OffloadBoardOptions.HostTimeout"/>). Default: it passes to the
    /// host, whose kernel answers it.</summary>
    public HostLost HostLost { get; init; } = HostLost.Pass;

    /// <summary>MSS option of the SYN,ACK in bytes, 64 to 65535; null: 1460 (IPv4) or 1440 (IPv6). [RFC 9293 3.7.1]</summary>
    public int? Mss { get; init; }

    /// <summary>Window field of every segment sent, 0 to 65535, not scaled.</summary>
    public int Window { get; init; } = DefaultWindow;

    /// <summary>Our shift count where window scaling is agreed, 0 to 14. [RFC 7323 2.3]</summary>
    public int WindowScale { get; init; } = DefaultWindowScale;

    /// <summary>Whether window scaling is agreed where the peer offers it. [RFC 7323 2]</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>Whether timestamps are agreed where the peer offers them. [RFC 7323 3]</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Whether SACK-permitted is answered where the peer offers it. [RFC 2018]</summary>
    public bool Sack { get; init; } = true;

    /// <summary>VLAN identifier (0 to 4094) of the tagged frames that it answers; null: untagged frames only.</summary>
    public int? Vlan { get; init; }

    /// <summary>Whether a segment other than a SYN that no entry knows is answered with RST, within a limit; else it passes to the host's kernel.</summary>
    public bool ResetUnknown { get; init; }

    /// <summary>Whether data for a kept connection resets it; else it is dropped, counted and never acknowledged.</summary>
    public bool ResetData { get; init; }

    /// <summary>Our MAC address; only frames for it are answered. Null: that of the host port's interface that has the address.</summary>
    public MacAddress? Mac { get; init; }
}
