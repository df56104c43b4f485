using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;

namespace Offload.Cli.Shell;

/// <summary>What a running command has: its arguments, its terminal, and the board once it asks for it.</summary>
internal sealed class CommandContext
{
    internal required ParseResult Arguments { get; init; }

    internal required Terminal Terminal { get; init; }

    /// <summary>Whether the output is JSON.</summary>
    internal required bool Json { get; init; }

    /// <summary>What <c>--board</c> says; null: the only one there is.</summary>
    internal required string? BoardId { get; init; }

    /// <summary>Cancelled by Ctrl-C or SIGTERM.</summary>
    internal required CancellationToken Cancellation { get; init; }

    /// <summary>New options that say where boards are looked for.</summary>
    internal required Func<OffloadBoardOptions> Boards { get; init; }

    internal TextWriter Output => Terminal.Output;

    /// <summary>Opens the board that the command line names: through the process that holds it, else itself for as long as the command runs.</summary>
    internal async Task<OffloadBoard> OpenBoardAsync()
    {
        // A socket that `virtual run --socket` put elsewhere has no id to be found by.
        return BoardId is not null && BoardId.Contains('/', StringComparison.Ordinal)
            ? await OffloadBoard.ConnectAsync(BoardId, new OffloadBoardOptions(), Cancellation).ConfigureAwait(false)
            : await OffloadBoard.OpenAsync(BoardId, Boards(), Cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes one object, with the schema's version in front.</summary>
    internal void WriteJson(JsonObject members) => JsonOutput.Write(Output, members);

    /// <summary>Says something beside the output, unless the output is for a program.</summary>
    internal void Note(string text)
    {
        if (!Json)
        {
            Terminal.Error.WriteLine(text);
        }
    }

    /// <summary>Value of an option or argument that always has one.</summary>
    internal T Get<T>(Option<T> option) => Arguments.GetValue(option)!;

    /// <summary>Value of an option or argument that always has one.</summary>
    internal T Get<T>(Argument<T> argument) => Arguments.GetValue(argument)!;
}
