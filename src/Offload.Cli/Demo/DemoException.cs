namespace Offload.Cli.Demo;

/// <summary>The demo cannot go on; the message says why, <see cref="NextStep"/> what to do.</summary>
internal sealed class DemoException : Exception
{
    internal DemoException(string message, string? nextStep = null, bool permission = false)
        : base(message)
    {
        NextStep = nextStep;
        IsPermission = permission;
    }

    /// <summary>What the reader can do about it.</summary>
    internal string? NextStep { get; }

    /// <summary>Whether rights are missing.</summary>
    internal bool IsPermission { get; }
}
