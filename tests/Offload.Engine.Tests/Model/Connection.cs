using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>Connection states of RFC 9293 3.3.2, numbered as the register map numbers them.</summary>
internal enum State
{
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

/// <summary>Who is the end point of a connection.</summary>
internal enum Owner
{
    Engine,
    Parked,
    Draining,
    Host,
    Held,
}

/// <summary>What made an entry.</summary>
internal enum Origin
{
    Syn,
    Open,
    Cookie,
    Take,
}

/// <summary>Why a connection ended.</summary>
internal enum Ending
{
    None,
    Normal,
    ResetByPeer,
    TimedOut,
    Aborted,
    DataRefused,
    Flushed,
    Refused,
    NotAdopted,
    Idle,
    Evicted,
    Forgotten,
}

/// <summary>A frame that waits for the host, and the part of it by which a retransmission is known again.</summary>
internal sealed record Parked(uint Seq, int DataLength, bool Fin, byte[] Frame)
{
    public uint End => Seq + (uint)DataLength + (Fin ? 1u : 0);
}

/// <summary>A connection's transmission control block (RFC 9293 3.3.1), with what the engine adds.</summary>
internal sealed class Connection
{
    public required Flow Flow { get; init; }

    public required int Listener { get; init; }

    public required byte Epoch { get; set; }

    /// <summary>Time in microseconds.</summary>
    public required ulong Created { get; set; }

    public required ulong RemoteMac { get; set; }

    public State State { get; set; } = State.SynReceived;

    public Owner Owner { get; set; }

    public Origin Origin { get; set; }

    public uint Iss { get; set; }

    public uint Irs { get; set; }

    public uint SndUna { get; set; }

    public uint SndNxt { get; set; }

    public uint RcvNxt { get; set; }

    public uint SndWl1 { get; set; }

    public ushort PeerWindow { get; set; }

    /// <summary>Null where scaling was not agreed, as <see cref="OurScale"/>.</summary>
    public byte? PeerScale { get; set; }

    public ushort OurWindow { get; set; }

    public byte? OurScale { get; set; }

    public ushort Mss { get; set; }

    public bool Sack { get; set; }

    public bool Timestamps { get; set; }

    public uint TsRecent { get; set; }

    /// <summary>Steps of 2^30 µs, modulo 2^16, when <see cref="TsRecent"/> was taken.</summary>
    public ushort TsRecentAge { get; set; }

    public uint TsOffset { get; set; }

    /// <summary>Tick of the next time-out; null where none runs.</summary>
    public uint? Deadline { get; set; }

    public int Retries { get; set; }

    /// <summary>Tick of the last unsolicited ACK while it still limits the next one.</summary>
    public uint? LimitedSince { get; set; }

    /// <summary>Of a host's connection: its peer's FIN went to the host, which has not acknowledged it.</summary>
    public bool PeerFin { get; set; }

    /// <summary>Made out of TIME-WAIT (F9).</summary>
    public bool Reused { get; set; }

    /// <summary>Frames that wait for the host, oldest first (P9).</summary>
    public List<Parked> Waiting { get; private set; } = [];

    /// <summary>One that goes its own way from here on.</summary>
    public Connection Copy()
    {
        var copy = (Connection)MemberwiseClone();
        copy.Waiting = [.. Waiting];
        return copy;
    }

    /// <summary>RCV.WND: never scaled before the handshake is done (RFC 7323 2.2).</summary>
    public uint ReceiveWindow(bool scaleAlways) =>
        State == State.SynReceived && !scaleAlways ? OurWindow : (uint)OurWindow << (OurScale ?? 0);

    /// <summary>As the register map lays it out.</summary>
    public Image ToImage(string layout = "entry") => new(layout)
    {
        ["key_remote_port"] = Flow.RemotePort,
        ["key_local_port"] = Flow.LocalPort,
        ["key_remote_address"] = Flow.RemoteAddress,
        ["key_local_address"] = Flow.LocalAddress,
        ["key_vlan"] = Flow.Vlan,
        ["key_tagged"] = Flow.Tagged ? 1u : 0,
        ["state"] = (uint)State,
        ["owner"] = (uint)Owner,
        ["origin"] = (uint)Origin,
        ["listener"] = (uint)Listener,
        ["epoch"] = Epoch,
        ["iss"] = Iss,
        ["irs"] = Irs,
        ["snd_una"] = SndUna,
        ["snd_nxt"] = SndNxt,
        ["rcv_nxt"] = RcvNxt,
        ["snd_wl1"] = SndWl1,
        ["peer_window"] = PeerWindow,
        ["peer_scale"] = PeerScale ?? 15u,
        ["our_window"] = OurWindow,
        ["our_scale"] = OurScale ?? 15u,
        ["mss"] = Mss,
        ["sack_permitted"] = Sack ? 1u : 0,
        ["timestamps"] = Timestamps ? 1u : 0,
        ["ts_recent"] = TsRecent,
        ["ts_recent_age"] = TsRecentAge,
        ["ts_offset"] = TsOffset,
        ["remote_mac"] = RemoteMac,
        ["deadline"] = Deadline ?? 0,
        ["deadline_set"] = Deadline is null ? 0u : 1,
        ["peer_fin"] = PeerFin ? 1u : 0,
        ["reused"] = Reused ? 1u : 0,
        ["retries"] = (uint)Retries,
        ["last_ack_tick"] = (LimitedSince ?? 0) & 0x3FFF,
        ["ack_limited"] = LimitedSince is null ? 0u : 1,
        ["created"] = Created,
    };
}
