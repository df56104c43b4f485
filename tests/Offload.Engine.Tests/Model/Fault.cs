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
}
