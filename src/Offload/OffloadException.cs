namespace Offload;

/// <summary>Everything that this library reports as an error, with a stable <see cref="Code"/> and a message that says what to do next.</summary>
/// <remarks>Arguments that are wrong by themselves are reported as <see cref="ArgumentException"/>, as everywhere in .NET.
/// No message ever contains a key.</remarks>
public class OffloadException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="code">Its stable code.</param>
    /// <param name="message">What happened, and what to do next.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public OffloadException(OffloadError code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>The stable code of the error.</summary>
    public OffloadError Code { get; }

    /// <summary>Makes the error of a code, of the derived class that belongs to it where there is one.</summary>
    internal static OffloadException Create(OffloadError code, string message, Exception? innerException = null) => code switch
    {
        OffloadError.BoardNotFound => new BoardNotFoundException(message, innerException),
        OffloadError.BoardGone => new BoardGoneException(message, innerException),
        OffloadError.RegisterMapMismatch => new RegisterMapMismatchException(message, innerException),
        OffloadError.LoadFailed => new Programming.LoadFailedException(message, innerException),
        OffloadError.BoardNeedsRecovery => new Programming.BoardNeedsRecoveryException(message, innerException),
        _ => new OffloadException(code, message, innerException),
    };
}

/// <summary>No board has the wanted id; the message lists the boards that are there.</summary>
/// <param name="message">What was looked for, and what was found.</param>
/// <param name="innerException">What caused it, if anything.</param>
public sealed class BoardNotFoundException(string message, Exception? innerException = null)
    : OffloadException(OffloadError.BoardNotFound, message, innerException);

/// <summary>The board, or the process that served it, went away. Dispose the <see cref="Boards.OffloadBoard"/> and open it again.</summary>
/// <param name="message">What was noticed.</param>
/// <param name="innerException">What caused it, if anything.</param>
public sealed class BoardGoneException(string message, Exception? innerException = null)
    : OffloadException(OffloadError.BoardGone, message, innerException);

/// <summary>The loaded core was made from another register map than this library. Load the bitstream that belongs to this version.</summary>
/// <param name="message">What differs.</param>
/// <param name="innerException">What caused it, if anything.</param>
public sealed class RegisterMapMismatchException(string message, Exception? innerException = null)
    : OffloadException(OffloadError.RegisterMapMismatch, message, innerException);
