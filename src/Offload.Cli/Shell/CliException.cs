namespace Offload.Cli.Shell;

/// <summary>A command ends with an error of its own.</summary>
internal sealed class CliException(ExitCode exitCode, string message, string? nextStep = null) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    internal ExitCode ExitCode { get; } = exitCode;

    /// <summary>What the reader can do about it.</summary>
    internal string? NextStep { get; } = nextStep;
}
