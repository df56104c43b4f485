namespace Offload.Connections;

/// <summary>The numbers of a connection as the host's kernel left it, for <see cref="BoardConnections.TakeAsync"/>. All sequence numbers are RFC 9293's
/// (section 3.3.1).</summary>
public readonly record struct ConnectionTake
{
    /// <summary>SND.NXT; everything before it is acknowledged.</summary>
    public uint SndNxt { get; init; }

    /// <summary>RCV.NXT.</summary>
    public uint RcvNxt { get; init; }

    /// <summary>The host's next TSval where timestamps are agreed (RFC 7323 3); else it does not matter.</summary>
    public uint TsVal { get; init; }

    /// <summary>Window field that the engine sends from now on, not yet scaled.</summary>
    public ushort Window { get; init; }

    /// <summary>Whether the host has received the peer's FIN: the state is then CLOSE-WAIT, else ESTABLISHED.</summary>
    public bool PeerClosed { get; init; }
}
