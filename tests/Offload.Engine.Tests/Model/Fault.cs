namespace Offload.Engine.Tests.Model;

/// <summary>Ways to make the model wrong on purpose: a comparison that does not see them is worth nothing.</summary>
internal enum Fault
{
    None,

    /// <summary>Any acknowledgment opens the connection (against P2, P3).</summary>
    AcceptsAnyAck,

    /// <summary>The opening ACK may have any SEG.SEQ in the window (against P2).</summary>
    AcceptsAnySequence,

    /// <summary>The window reaches one byte too far (against S1).</summary>
    WindowTooLong,

    /// <summary>The window is scaled while the SYN,ACK is not acknowledged (against O5).</summary>
    ScalesWindowOfSyn,

    /// <summary>Numbers are compared as if they never wrapped (against S1).</summary>
    ForgetsToWrap,

    /// <summary>Every unsolicited ACK is sent (against S5).</summary>
    NoAckLimit,

    /// <summary>The limit never ends (against S5).</summary>
    EndlessAckLimit,

    /// <summary>A repeated SYN is treated as any other SYN (against P4).</summary>
    ForgetsTheSyn,

    /// <summary>A SYN inside a connection is dropped silently (against S3).</summary>
    IgnoresSyn,

    /// <summary>A reset counts anywhere in the window (against P6, S2).</summary>
    BlindReset,

    /// <summary>Old timestamps are taken (against O4).</summary>
    NoPaws,

    /// <summary>Segments without the agreed timestamps are taken (against O7).</summary>
    NeedsNoTimestamps,

    /// <summary>TS.Recent follows segments behind RCV.NXT (against O4).</summary>
    StampsFromTheFuture,

    /// <summary>Data is acknowledged (against P11).</summary>
    TakesData,

    /// <summary>A FIN counts anywhere in the window (against F4).</summary>
    EarlyFin,

    /// <summary>An acknowledgment of what was not sent is taken for a right one (against S4).</summary>
    AcceptsFutureAck,

    /// <summary>The window of the peer's SYN is kept as if it were scaled (RFC 7323 2.2).</summary>
    KeepsWindowOfSyn,

    /// <summary>Window updates are taken from older segments (SND.WL1).</summary>
    OldWindowUpdates,

    /// <summary>Time-outs do not double (against P8).</summary>
    NoBackOff,

    /// <summary>One retransmission too many (against P8, F6).</summary>
    GivesUpLate,

    /// <summary>Window scale, SACK and timestamps are sent unasked (against O1).</summary>
    OffersUnasked,

    /// <summary>Without MSS, 1460 is assumed (against O2).</summary>
    WrongDefaultMss,

    /// <summary>A bare FIN is not answered (against F4).</summary>
    SilentFin,

    /// <summary>ABORT sends nothing (against F10).</summary>
    SilentAbort,

    /// <summary>The reset of an unknown segment acknowledges one too little (against C1).</summary>
    WrongResetLength,

    /// <summary>Segments that no entry knows are dropped instead of passed (against C2).</summary>
    KeepsUnknown,

    /// <summary>ISN from the clock alone (against I1).</summary>
    PredictableIsn,

    /// <summary>A counter that does not count.</summary>
    LosesCount,

    /// <summary>Any acknowledgment answers a SYN (against A2, A3).</summary>
    OpensOnAnyAck,

    /// <summary>A reset without ACK refuses an open (against A4).</summary>
    RefusedByAnyReset,

    /// <summary>A SYN in SYN-SENT is overlooked (against P10).</summary>
    NoSimultaneousOpen,

    /// <summary>Our window is scaled although the peer's is not (against O1).</summary>
    ScalesAlone,

    /// <summary>An ICMP error ends an open (against A7).</summary>
    ErrorsEndOpens,

    /// <summary>FIN before the ACK of ours is taken for FIN after it (against F3).</summary>
    ClosingForgotten,

    /// <summary>Our FIN is sent again where the SYN,ACK is not acknowledged yet (against P8).</summary>
    FinBeforeSynAck,

    /// <summary>Data after CLOSE is dropped silently (against F12).</summary>
    TakesDataAfterClose,

    /// <summary>A reset ends TIME-WAIT (against F8).</summary>
    TimeWaitDies,

    /// <summary>A FIN again does not restart TIME-WAIT (against F7).</summary>
    TimeWaitRunsOn,

    /// <summary>A newer SYN does not leave TIME-WAIT (against F9).</summary>
    NoReuse,

    /// <summary>An older SYN leaves TIME-WAIT (against F9).</summary>
    AnySynIsNewer,

    /// <summary>The new ISS may lie among the old numbers (against F9).</summary>
    ReusesBelow,

    /// <summary>An old duplicate's handshake ends TIME-WAIT (against F9).</summary>
    NotRestored,

    /// <summary>Timestamps hold for ever (against O4).</summary>
    StampsNeverAge,

    /// <summary>ACKs far below SND.UNA are taken (against S4).</summary>
    AcceptsOldAck,

    /// <summary>A half of a cookie's hash is enough (against K1).</summary>
    CookieHalfChecked,

    /// <summary>The previous period's cookies are refused (against K1, K3).</summary>
    CookieThisPeriodOnly,

    /// <summary>A cookie's MSS is forgotten (against K1).</summary>
    CookieMssLost,

    /// <summary>A cookie's window scale is forgotten (against K1).</summary>
    CookieScaleLost,

    /// <summary>A cookie's TSval runs ahead of the clock (against K1).</summary>
    CookieStampRunsAhead,

    /// <summary>Cookies are looked for where none was sent (against K4).</summary>
    CookieNeverSent,

    /// <summary>A retransmission of what is parked is parked again (against P9).</summary>
    ParksTwice,

    /// <summary>Where connections are offered to the host, what may be its own is answered (against P3, P6).</summary>
    ResetsForgotten,

    /// <summary>Any number of connections may wait for adoption.</summary>
    NoBacklog,

    /// <summary>RELEASE does not tell the host where the connection stands.</summary>
    ReleasesSilently,

    /// <summary>Parked frames come out last in, first out.</summary>
    DrainsBackwards,

    /// <summary>A FIN among the parked frames is overlooked.</summary>
    ForgetsParkedFin,

    /// <summary>The peer's FIN to the host is overlooked.</summary>
    OverlooksPeerFin,

    /// <summary>The peer's FIN is not seen where the ACK behind it came first (the state column).</summary>
    OverlooksOvertakenFin,

    /// <summary>The host's FIN is overlooked.</summary>
    OverlooksHostFin,

    /// <summary>A held connection's segments go to the host.</summary>
    HeldPasses,

    /// <summary>Segments far outside the window are held for the host, and move RCV.NXT.</summary>
    HoldsAnySequence,

    /// <summary>TAKE forgets RCV.NXT.</summary>
    TakeKeepsRcvNxt,

    /// <summary>The host may not answer what is its own (against P3).</summary>
    HostIsCutOff,

    /// <summary>While a RELEASE drains, newer segments do not queue behind (against P9).</summary>
    DrainingPasses,

    /// <summary>While a RELEASE drains, the host may not send.</summary>
    DrainingCutsHostOff,

    /// <summary>What a RELEASE parks while it drains stays behind (against P9).</summary>
    DrainingOnlyOnce,

    /// <summary>The youngest makes room in a full table (against K2).</summary>
    FullEvictsYoungest,

    /// <summary>The host's connections make room before half-open ones (against K2).</summary>
    FullEvictsHostsFirst,

    /// <summary>Nobody makes room in a full table (against K2).</summary>
    FullEvictsNobody,

    /// <summary>The ACK of a cookie that finds no room is reset (against K2).</summary>
    FullResets,

    /// <summary>Connections are taken for a host that is lost.</summary>
    IgnoresHeartbeat,
}
