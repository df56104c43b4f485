namespace Offload.Programming;

/// <summary>A bitstream was refused; the board is as it was. <see cref="Reason"/> tells why, the message also what to do.</summary>
public sealed class BitstreamRejectedException : OffloadException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="reason">Why the bitstream was refused.</param>
    /// <param name="message">Which file, what is wrong with it, and what to do.</param>
    /// <param name="innerException">What was found, where another exception told it.</param>
    public BitstreamRejectedException(BitstreamRejection reason, string message, Exception? innerException = null)
        : base(OffloadError.BitstreamRejected, message, innerException)
    {
        Reason = reason;
    }

    /// <summary>Why the bitstream was refused.</summary>
    public BitstreamRejection Reason { get; }
}
