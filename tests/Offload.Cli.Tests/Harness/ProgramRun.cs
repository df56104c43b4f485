using System.Diagnostics;
using System.Text;

namespace Offload.Cli.Tests.Harness;

/// <summary>The program <c>offload</c>, run as a process of its own.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task _errorReader;

    private ProgramRun(Process process)
    {
        _process = process;
        _errorReader = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                lock (_error)
                {
                    _error.Append(line).Append('\n');
                }
            }
        });
    }

    /// <summary>Process id.</summary>
    internal int Id => _process.Id;

    /// <summary>What it has written to the error stream so far.</summary>
    internal string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Its output.</summary>
    internal StreamReader Output => _process.StandardOutput;

    /// <summary>Runs it to its end.</summary>
    internal static async Task<CommandRun> OfAsync(string arguments, params (string Name, string Value)[] environment)
    {
        using var program = Start(arguments, environment);
        var output = await program.Output.ReadToEndAsync().WaitAsync(Patience);
        return new CommandRun(await program.EndAsync(), output, program.Error);
    }

    /// <summary>Starts it.</summary>
    internal static ProgramRun Start(string arguments, params (string Name, string Value)[] environment) => StartBehind([], arguments, environment);

    /// <summary>Starts it through another program, which takes its command line behind its own arguments.</summary>
    internal static ProgramRun StartBehind(string[] prefix, string arguments, params (string Name, string Value)[] environment)
    {
        string[] command = [.. prefix, "dotnet", Repository.Program, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProgramRun(process);
    }

    /// <summary>Sends it a signal, such as TERM.</summary>
    internal void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended, and gives its exit code.</summary>
    internal async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        await _errorReader;
        return _process.ExitCode;
    }

    /// <summary>Waits until the error stream has a text.</summary>
    internal async Task SayAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!Error.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited)
            {
                // What it has said last may still be on its way.
                await _errorReader;
                if (Error.Contains(text, StringComparison.Ordinal))
                {
                    return;
                }

                throw new InvalidOperationException($"It ended before it said '{text}': {Error}");
            }

            await Task.Delay(5, limit.Token);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
