using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Xunit;

namespace Offload.Cli.Tests.Harness;

/// <summary>A board that <c>offload virtual run</c> keeps running in a process of its own, in a folder of its own.</summary>
internal sealed class RunningBoard : IAsyncDisposable
{
    private readonly ProgramRun _program;
    private readonly string _folder;

    private RunningBoard(ProgramRun program, string folder)
    {
        _program = program;
        _folder = folder;
    }

    /// <summary>Starts a board called <c>bench</c>.</summary>
    internal static async Task<RunningBoard> StartAsync(string arguments = "")
    {
        var folder = Directory.CreateTempSubdirectory("offload-cli-").FullName;
        var program = ProgramRun.Start($"virtual run --id bench --json {arguments}", ("OFFLOAD_RUNTIME_DIR", folder));
        var board = new RunningBoard(program, folder);
        var line = await program.Output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (line is null || (string?)JsonNode.Parse(line)!["event"] != "running")
        {
            await program.EndAsync();
            await board.DisposeAsync();
            throw new InvalidOperationException($"The board does not run: {line} {program.Error}");
        }

        return board;
    }

    /// <summary>Runs a command against it, in a process of its own.</summary>
    internal Task<CommandRun> RunAsync(string arguments) => ProgramRun.OfAsync(arguments, ("OFFLOAD_RUNTIME_DIR", _folder));

    /// <summary>Starts a command against it.</summary>
    internal ProgramRun Start(string arguments) => ProgramRun.Start(arguments, ("OFFLOAD_RUNTIME_DIR", _folder));

    /// <summary>Starts a command against it, through another program.</summary>
    internal ProgramRun StartBehind(string[] prefix, string arguments) => ProgramRun.StartBehind(prefix, arguments, ("OFFLOAD_RUNTIME_DIR", _folder));

    /// <summary>Runs a command with <c>--json</c>, which has to end well, and gives its object.</summary>
    internal async Task<JsonObject> JsonAsync(string arguments)
    {
        var run = await RunAsync(arguments + " --json");
        Assert.True(run.ExitCode == 0, $"{arguments}: {run.ExitCode} {run.Error}");
        return run.Json;
    }

    /// <summary>Runs a command that has to fail with this exit code, and gives what it says.</summary>
    internal async Task<JsonObject> FailAsync(string arguments, ExitCode expected)
    {
        var run = await RunAsync(arguments + " --json");
        Assert.Equal(((int)expected, ""), (run.ExitCode, run.Output));
        Assert.Equal((int)expected, (int)run.JsonError["exit_code"]!);
        return run.JsonError;
    }

    /// <summary>Ends it as Ctrl-C or a service manager does, and gives its exit code.</summary>
    internal async Task<int> StopAsync(string signal = "TERM")
    {
        _program.Signal(signal);
        return await _program.EndAsync();
    }

    public ValueTask DisposeAsync()
    {
        _program.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
