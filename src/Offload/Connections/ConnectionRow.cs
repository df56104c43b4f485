using Offload.Registers;

namespace Offload.Connections;

/// <summary>One connection as it stood in the core's table at one instant. Sequence numbers are RFC 9293's (section 3.3.1).</summary>
public readonly record struct ConnectionRow
{
    /// <summary>Index of the entry in the table; -1 where it is not known (an answer to a command).</summary>
    public int Index { get; init; }

    /// <summary>What names the connection.</summary>
    public ConnectionKey Key { get; init; }

    /// <summary>Its state (RFC 9293 3.3.2).</summary>
    public TcpState State { get; init; }

    /// <summary>Who is its end point.</summary>
    public Owner Owner { get; init; }

    /// <summary>What made it.</summary>
    public Origin Origin { get; init; }

    /// <summary>Slot of the listener that accepted it, or of the profile that it was opened with.</summary>
    public byte Listener { get; init; }

    /// <summary>Session of the host in which it was made; another number than <see cref="Boards.BoardStatus.Epoch"/> marks an orphan.</summary>
    public byte Epoch { get; init; }

    /// <summary>Our initial sequence number (ISS).</summary>
    public uint Iss { get; init; }

    /// <summary>The peer's initial sequence number (IRS).</summary>
    public uint Irs { get; init; }

    /// <summary>Oldest sequence number that the peer has not acknowledged (SND.UNA).</summary>
    public uint SndUna { get; init; }

    /// <summary>Next sequence number that is sent (SND.NXT).</summary>
    public uint SndNxt { get; init; }

    /// <summary>Next sequence number that is expected (RCV.NXT).</summary>
    public uint RcvNxt { get; init; }

    /// <summary>SEG.SEQ of the last window update (SND.WL1).</summary>
    public uint SndWl1 { get; init; }

    /// <summary>The peer's window as it was last told, in units of 2^<see cref="PeerScale"/>; that of its SYN, which is never scaled (RFC 7323 2.2), is rounded down to them.</summary>
    public ushort PeerWindow { get; init; }

    /// <summary>The peer's shift count, 0 to 14 (RFC 7323 2.3); null where scaling was not agreed.</summary>
    public byte? PeerScale { get; init; }

    /// <summary>The window field that we send, not scaled.</summary>
    public ushort OurWindow { get; init; }

    /// <summary>Our shift count, 0 to 14; null where scaling was not agreed.</summary>
    public byte? OurScale { get; init; }

    /// <summary>The peer's MSS in bytes; 536 (IPv4) or 1220 (IPv6) where it offered none.</summary>
    public ushort Mss { get; init; }

    /// <summary>Whether SACK was agreed (RFC 2018).</summary>
    public bool SackPermitted { get; init; }

    /// <summary>Whether timestamps were agreed (RFC 7323 3).</summary>
    public bool Timestamps { get; init; }

    /// <summary>TS.Recent (RFC 7323 4.3); 0 without timestamps.</summary>
    public uint TsRecent { get; init; }

    /// <summary>When <see cref="TsRecent"/> was taken, in steps of 2^30 microseconds (about 18 minutes) since the board's reset, modulo 2^16.
    /// After 24 days it counts no more. [RFC 7323 5.5]</summary>
    public ushort TsRecentAge { get; init; }

    /// <summary>What is added to the clock of 1.024 ms to give TSval; 0 without timestamps.</summary>
    public uint TsOffset { get; init; }

    /// <summary>MAC address of the next hop.</summary>
    public MacAddress RemoteMac { get; init; }

    /// <summary>Tick (1.024 ms, modulo 2^32) of the next timeout; null where none runs.</summary>
    public uint? Deadline { get; init; }

    /// <summary>With <see cref="Owner.Host"/>: whether the peer's FIN went to the host, which has not acknowledged it yet.</summary>
    public bool PeerFin { get; init; }

    /// <summary>Whether it was made out of TIME-WAIT (RFC 9293 3.6.1, rule F9): its ISS lies above that of the connection before it, and is not to
    /// be computed from key and time alone.</summary>
    public bool Reused { get; init; }

    /// <summary>Retransmissions so far, 0 to 15.</summary>
    public byte Retries { get; init; }

    /// <summary>Tick, modulo 2^14, of the last unsolicited ACK; null where none was sent within the last interval. [RFC 5961 7]</summary>
    public ushort? LastAckTick { get; init; }

    /// <summary>Time since the board's reset, in microseconds modulo 2^48, from which the clock of its ISN was taken.</summary>
    public ulong CreatedMicroseconds { get; init; }
}
