using System.Diagnostics;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Scripts;

/// <summary>The scripts that a newcomer meets first, on machines that lack things.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("offload-scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_everything_there_nothing_is_installed()
    {
        MakeMachine(missing: []);
        var run = await PrerequisitesAsync();
        Assert.Equal((0, "==> everything that Offload needs is installed\n"), (run.ExitCode, run.Error));
        Assert.Equal("", Log());
    }

    [Fact]
    public async Task What_is_missing_is_named_with_its_purpose_and_installed_once()
    {
        MakeMachine(missing: ["z3", "yosys", "yosys-smtbmc"]);
        var run = await PrerequisitesAsync();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("missing: z3 (package z3) - solves the proofs", run.Error, StringComparison.Ordinal);
        Assert.Contains("missing: yosys (package yosys) - ", run.Error, StringComparison.Ordinal);
        Assert.Equal("update -qq\ninstall -y -qq --no-install-recommends yosys z3\n", Log());
        Assert.Equal(0, (await PrerequisitesAsync()).ExitCode);
        Assert.Equal("update -qq\ninstall -y -qq --no-install-recommends yosys z3\n", Log());
    }

    [Fact]
    public async Task Without_apt_get_it_says_what_to_install()
    {
        MakeMachine(missing: ["z3", "apt-get"]);
        var run = await PrerequisitesAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error: this machine has no apt-get", run.Error, StringComparison.Ordinal);
        Assert.Contains("install yourself what is missing: z3", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_and_sudo_it_says_so()
    {
        MakeMachine(missing: ["z3", "sudo"]);
        Replace("id", "echo 1000");
        var run = await PrerequisitesAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no sudo to install them with", run.Error, StringComparison.Ordinal);
        Assert.Contains("As root: apt-get install z3", run.Error, StringComparison.Ordinal);
        Assert.Equal("", Log());
    }

    [Fact]
    public async Task An_ordinary_user_installs_through_sudo()
    {
        MakeMachine(missing: ["z3"]);
        Replace("id", "echo 1000");
        Replace("sudo", $"echo \"sudo $*\" >> {_folder}/log; [ \"$1\" = -n ] && shift; exec \"$@\"");
        var run = await PrerequisitesAsync();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith("sudo -n apt-get update -qq\n", Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Verilator_that_is_too_old_is_refused()
    {
        MakeMachine(missing: []);
        Replace("verilator", "echo 'Verilator 4.038 2020-07-11'");
        var run = await PrerequisitesAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Verilator 5 or later is needed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_counted_from_every_test_whatever_its_name()
    {
        var file = Path.Combine(_folder, "results.trx");
        await File.WriteAllTextAsync(file, """
            <TestRun>
              <Results>
                <UnitTestResult testId="1" testName="A(s: &quot;outcome=\&quot;&lt;&gt;&quot;)" outcome="Passed" />
                <UnitTestResult testId="2" testName="B" outcome="Failed">
                  <Output>
                    <ErrorInfo>
                      <Message>Assert.True() Failure
            second line</Message>
                    </ErrorInfo>
                  </Output>
                </UnitTestResult>
                <UnitTestResult testId="3" testName="C" outcome="NotExecuted">
                  <Output>
                    <ErrorInfo>
                      <Message>there is no &lt;board&gt; &amp; no cable</Message>
                    </ErrorInfo>
                  </Output>
                </UnitTestResult>
                <UnitTestResult testId="4" testName="D" outcome="Timeout" />
              </Results>
              <ResultSummary><Counters total="4" passed="9" /></ResultSummary>
            </TestRun>
            """);
        Assert.Equal("1 2 1\n", await ResultsAsync("counts", file));
        Assert.Equal("skipped: C: there is no <board> & no cable\n", await ResultsAsync("skipped", file));
        Assert.Equal("failed: B: Assert.True() Failure\nfailed: D: no reason given\n", await ResultsAsync("failed", file));
    }

    [Theory]
    [InlineData("demo.sh")]
    [InlineData("test.sh")]
    [InlineData(".ci/run")]
    [InlineData("firmware-tools/prerequisites.sh")]
    [InlineData("firmware-tools/build-virtual-board.sh")]
    public async Task Scripts_can_be_executed_and_have_no_syntax_error(string script)
    {
        var path = Path.Combine(Repository.Root, script);
        Assert.Equal(0, (await RunAsync("bash", ["-n", path], null)).ExitCode);
        Assert.Equal(0, (await RunAsync("test", ["-x", path], null)).ExitCode);
    }

    /// <summary>A folder for PATH with all tools as they are on this machine, less what is missing; apt-get only notes what it is told, and makes the tools.</summary>
    private void MakeMachine(string[] missing)
    {
        foreach (var tool in new[]
        {
            "bash", "env", "dirname", "sed", "head", "grep", "id", "dotnet", "verilator", "iverilog", "yosys", "yosys-smtbmc", "z3", "g++", "make", "patch", "ip", "ss", "curl", "ab",
        }.Except(missing))
        {
            Replace(tool, tool switch
            {
                "dotnet" => "echo '10.0.100 [/nowhere]'",
                "verilator" => "echo 'Verilator 5.006 2023-01-22'",
                "id" => "echo 0",
                "iverilog" or "yosys" or "yosys-smtbmc" or "z3" or "g++" or "make" or "patch" or "ip" or "ss" or "curl" or "ab" => ":",
                _ => $"exec {Where(tool)} \"$@\"",
            });
        }

        if (!missing.Contains("apt-get"))
        {
            Replace("apt-get", $"""
                echo "$*" >> {_folder}/log
                [ "$1" = install ] || exit 0
                for tool in yosys yosys-smtbmc z3; do printf '#!/bin/sh\n' > {_folder}/$tool; {Where("chmod")} +x {_folder}/$tool; done
                """);
        }
    }

    private void Replace(string tool, string body)
    {
        var path = Path.Combine(_folder, tool);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string Where(string tool) =>
        new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    private string Log() => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    // /usr/sbin is added by the script itself; no tool that a test takes away lies there.
    private Task<CommandRun> PrerequisitesAsync() =>
        RunAsync("/bin/bash", [Path.Combine(Repository.Root, "firmware-tools", "prerequisites.sh")], _folder);

    private static async Task<string> ResultsAsync(string mode, string file) =>
        (await RunAsync("awk", ["-f", Path.Combine(Repository.Root, "firmware-tools", "test-results.awk"), "-v", "mode=" + mode, file], null)).Output;

    private static async Task<CommandRun> RunAsync(string program, string[] arguments, string? path)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
            start.Environment["HOME"] = path;
            start.Environment.Remove("DOTNET_ROOT");
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandRun(process.ExitCode, output, await error);
    }
}
