using System.Text;
using Spectre.Console;

namespace Offload.Cli.Shell;

/// <summary>Where a command writes to and reads from; tests give it their own.</summary>
internal sealed class Terminal
{
    /// <summary>What the command found out.</summary>
    internal required TextWriter Output { get; init; }

    /// <summary>Errors and progress.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>Answers to questions.</summary>
    internal TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Whether a person reads <see cref="Output"/>.</summary>
    internal bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads <see cref="Error"/>.</summary>
    internal bool IsErrorTerminal { get; init; }

    /// <summary>Whether a person can answer.</summary>
    internal bool IsInputTerminal { get; init; }

    /// <summary>The terminal of this process.</summary>
    internal static Terminal OfProcess() => new()
    {
        // The framework's own stream hides that a pipe's reader has gone, and would write for ever.
        Output = Console.IsOutputRedirected
            ? new StreamWriter(new DescriptorStream(1), new UTF8Encoding(false)) { AutoFlush = true }
            : Console.Out,
        Error = Console.Error,
        Input = Console.In,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsInputTerminal = !Console.IsInputRedirected,
    };

    /// <summary>A console with colours and movement on <see cref="Output"/>; only for a person.</summary>
    internal IAnsiConsole OutputConsole() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Output) });

    /// <summary>A console with colours and movement on <see cref="Error"/>; only for a person.</summary>
    internal IAnsiConsole ErrorConsole() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
}
