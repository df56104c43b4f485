using Offload.Registers;

namespace Offload.Connections;

/// <summary>What an item of an event stream is.</summary>
public enum ConnectionEventKind
{
    /// <summary>Something happened to a connection.</summary>
    Connection = 0,

    /// <summary>Events were lost and none has followed yet; only <see cref="ConnectionEvent.LostEvents"/> is set. The table holds the truth:
    /// take a snapshot.</summary>
    Lost = 1,
}

/// <summary>Something that happened to a connection, with the connection as it stood afterwards.</summary>
public readonly record struct ConnectionEvent
{
    /// <summary>Whether it tells of a connection, or only of lost events.</summary>
    public ConnectionEventKind Kind { get; init; }

    /// <summary>Events that this subscriber did not get between the item before and this one. The sum over all items, and the number of items
    /// of kind <see cref="ConnectionEventKind.Connection"/>, make together all events since the subscription began.</summary>
    public ulong LostEvents { get; init; }

    /// <summary>The connection after the event; state CLOSED where it was freed.</summary>
    public ConnectionRow Connection { get; init; }

    /// <summary>Whether it became ESTABLISHED.</summary>
    public bool Established { get; init; }

    /// <summary>Whether the peer's FIN was accepted.</summary>
    public bool PeerClosed { get; init; }

    /// <summary>Whether an ICMP or ICMPv6 error quotes this open (RFC 5927, rule A7). It ends nothing: the open goes on.</summary>
    public bool IcmpError { get; init; }

    /// <summary>Type of that ICMP (RFC 792) or ICMPv6 (RFC 4443) message; else 0.</summary>
    public byte IcmpType { get; init; }

    /// <summary>Code of that message; else 0.</summary>
    public byte IcmpCode { get; init; }

    /// <summary>Whether it was freed; its last event.</summary>
    public bool Closed { get; init; }

    /// <summary>Why it was freed.</summary>
    public CloseReason Reason { get; init; }

    /// <summary>Time of the event in microseconds since the board's reset, modulo 2^48.</summary>
    public ulong TimeMicroseconds { get; init; }
}
