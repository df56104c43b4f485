namespace Offload.Programming;

/// <summary>A load failed, and the board starts and runs what it did before. The message says what failed.</summary>
/// <param name="message">What failed, and what to do.</param>
/// <param name="innerException">What was found.</param>
public sealed class LoadFailedException(string message, Exception? innerException = null)
    : OffloadException(OffloadError.LoadFailed, message, innerException);

/// <summary>A load failed, and the board no longer runs, or no longer starts, what it did before: load it again.</summary>
/// <param name="message">What failed, how the board was left, and what to do.</param>
/// <param name="innerException">What was found.</param>
public sealed class BoardNeedsRecoveryException(string message, Exception? innerException = null)
    : OffloadException(OffloadError.BoardNeedsRecovery, message, innerException);
