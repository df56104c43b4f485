using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>Connection states of RFC 9293 3.3.2 that a kept passive connection goes through, numbered as the register map numbers them.</summary>
internal enum State
{
    Closed = 0,
    SynReceived = 3,
    Established = 4,
    CloseWait = 7,
    LastAck = 9,
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
}

/// <summary>A connection's transmission control block (RFC 9293 3.3.1), as far as the passive side needs it.</summary>
internal sealed class Connection
{
    public required Flow Flow { get; init; }

    public required int Listener { get; init; }

    public required byte Epoch { get; init; }

    /// <summary>Time in microseconds.</summary>
    public required ulong Created { get; init; }

    public required ulong RemoteMac { get; init; }

    public State State { get; set; } = State.SynReceived;

    public required uint Iss { get; init; }

    public required uint Irs { get; init; }

    public required uint SndUna { get; set; }

    public required uint SndNxt { get; set; }

    public required uint RcvNxt { get; set; }

    public required uint SndWl1 { get; set; }

    public required ushort PeerWindow { get; set; }

    /// <summary>Null where scaling was not agreed, as <see cref="OurScale"/>.</summary>
    public required byte? PeerScale { get; init; }

    public required ushort OurWindow { get; init; }

    public required byte? OurScale { get; init; }

    public required ushort Mss { get; init; }

    public required bool Sack { get; init; }

    public required bool Timestamps { get; init; }

    public required uint TsRecent { get; set; }

    public required uint TsOffset { get; init; }

    /// <summary>Tick of the next time-out; null where none runs.</summary>
    public uint? Deadline { get; set; }

    public int Retries { get; set; }

    /// <summary>Tick of the last unsolicited ACK while it still limits the next one.</summary>
    public uint? LimitedSince { get; set; }

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
        ["ts_offset"] = TsOffset,
        ["remote_mac"] = RemoteMac,
        ["deadline"] = Deadline ?? 0,
        ["deadline_set"] = Deadline is null ? 0u : 1,
        ["retries"] = (uint)Retries,
        ["last_ack_tick"] = (LimitedSince ?? 0) & 0x3FFF,
        ["ack_limited"] = LimitedSince is null ? 0u : 1,
        ["created"] = Created,
    };
}
