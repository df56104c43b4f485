using System.Diagnostics;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Hdl;

/// <summary>Runs a hardware tool in the repository's root.</summary>
internal static class Tool
{
    /// <summary>Exit code and everything it said. A tool that is missing fails the test with its name.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, IEnumerable<string> arguments, TimeSpan patience)
    {
        var start = new ProcessStartInfo(name) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Fail($"{name} is not installed; firmware-tools/prerequisites.sh installs what the tests need.");
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var timer = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{name} did not end within {patience}.");
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>The core's Verilog files, relative to the root.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "hdl", "rtl"), "*.v", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
    ];
}
