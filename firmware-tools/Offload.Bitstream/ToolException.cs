namespace Offload.Bitstream;

/// <summary>Ends the tool with a code and a message that says what to do next.</summary>
internal sealed class ToolException(ExitCode exitCode, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The code.</summary>
    internal ExitCode ExitCode { get; } = exitCode;
}
