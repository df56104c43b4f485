namespace Offload.Programming;

/// <summary>What a load is doing.</summary>
public enum LoadStage
{
    /// <summary>The file is being checked; the board is as it was.</summary>
    Verifying,

    /// <summary>The payload is on its way to the board; the board is as it was, or no longer configured where it has no room for two.</summary>
    Transferring,

    /// <summary>The payload is there and is being started.</summary>
    Starting,

    /// <summary>The board runs the new bitstream.</summary>
    Done,
}

/// <summary>How far a load has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="BytesDone">Payload bytes that the board has, 0 to <paramref name="BytesTotal"/>.</param>
/// <param name="BytesTotal">Length of the payload in bytes.</param>
public readonly record struct LoadProgress(LoadStage Stage, long BytesDone, long BytesTotal);
