using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Xunit;

namespace Offload.Cli.Tests.Harness;

/// <summary>What one command line did, run inside this process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The only object of the output.</summary>
    internal JsonObject Json
    {
        get
        {
            var line = Assert.Single(Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            return CheckSchema(JsonNode.Parse(line)!.AsObject());
        }
    }

    /// <summary>The object that tells of an error.</summary>
    internal JsonObject JsonError => CheckSchema(JsonNode.Parse(Error)!.AsObject())["error"]!.AsObject();

    /// <summary>Runs a command line as a pipe would see it, or as a person at a terminal who answers.</summary>
    internal static async Task<CommandRun> OfAsync(string[] arguments, string? answer = null, CancellationToken cancellation = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal
        {
            Output = output,
            Error = error,
            Input = answer is null ? TextReader.Null : new StringReader(answer),
            IsInputTerminal = answer is not null,
        };
        var exitCode = await new OffloadCommand(terminal).RunAsync(arguments, cancellation);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line given as one text.</summary>
    internal static Task<CommandRun> OfAsync(string arguments) => OfAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static JsonObject CheckSchema(JsonObject json)
    {
        Assert.Equal("schema", json.First().Key);
        Assert.Equal(1, (int)json["schema"]!);
        return json;
    }
}
