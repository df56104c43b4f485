using System.CommandLine;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary>Help and wrong command lines: neither opens a board.</summary>
public sealed class HelpTests
{
    private static readonly List<string> Names = AllNames();

    public static TheoryData<string> EveryCommand => [.. Names];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Help_of_every_command_is_shown_and_opens_nothing(string command)
    {
        // Nothing can be opened: the folder of served boards does not exist, and no help may make it.
        var folder = Path.Combine(Path.GetTempPath(), "offload-help-" + Guid.NewGuid());
        var program = await ProgramRun.OfAsync($"{command} --help", ("OFFLOAD_RUNTIME_DIR", folder));
        Assert.Equal("", program.Error);
        Assert.Equal(0, program.ExitCode);
        Assert.Contains("Usage:", program.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Every_command_of_the_issue_is_there()
    {
        string[] expected =
        [
            "boards", "info", "load", "isn show", "isn set", "listeners list", "listeners add", "listeners remove", "connections list",
            "connections watch", "connections orphans", "connect", "close", "abort", "isn rotate", "timers show", "timers set", "counters", "registers list", "registers read", "registers write",
            "registers dump", "serve", "board serve", "virtual run", "demo",
        ];
        Assert.Empty(expected.Except(Names));
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("info --frobnicate")]
    [InlineData("info surplus")]
    [InlineData("load")]
    [InlineData("isn")]
    [InlineData("isn set")]
    [InlineData("isn set --mode quick")]
    [InlineData("isn set --mode fixed")]
    [InlineData("isn set --mode counter --value 3")]
    [InlineData("isn set --new-key --key-file -")]
    [InlineData("isn set --mode fixed --value 0x1FFFFFFFF")]
    [InlineData("listeners add 192.0.2.2")]
    [InlineData("listeners add 192.0.2.2:0")]
    [InlineData("listeners add 2001:db8::2")]
    [InlineData("listeners add 192.0.2.2:80 --vlan 4095")]
    [InlineData("listeners add 192.0.2.2:80 --mss 63")]
    [InlineData("listeners add 192.0.2.2:80 --window-scale 15")]
    [InlineData("listeners remove 256")]
    [InlineData("listeners remove x")]
    [InlineData("close 192.0.2.2:80")]
    [InlineData("abort 192.0.2.2:80 [2001:db8::1]:5")]
    [InlineData("connect")]
    [InlineData("connect 192.0.2.2")]
    [InlineData("connect 192.0.2.2:80 --local-port 0")]
    [InlineData("connect 192.0.2.2:80 --local-address x")]
    [InlineData("connect 192.0.2.2:80 --timeout 0")]
    [InlineData("connect 192.0.2.2:80 --timeout soon")]
    [InlineData("isn rotate --keys none")]
    [InlineData("timers show no_such_timer")]
    [InlineData("timers set")]
    [InlineData("timers set time_wait")]
    [InlineData("timers set time_wait=60")]
    [InlineData("timers set time_wait=0s")]
    [InlineData("timers set time_wait=99999min")]
    [InlineData("timers set time_wait=-1s")]
    [InlineData("timers set tcp_syn_retries=16")]
    [InlineData("timers set tcp_syn_retries=1s")]
    [InlineData("timers set no_such_timer=1")]
    [InlineData("timers set time_wait=1s time_wait=2s")]
    [InlineData("registers read")]
    [InlineData("registers write isn.mode")]
    [InlineData("registers read no.such")]
    [InlineData("registers read 0x3")]
    [InlineData("demo --connections 0")]
    [InlineData("demo --parallel 0")]
    [InlineData("demo --requests 5")]
    [InlineData("demo --web --requests 0")]
    [InlineData("serve")]
    [InlineData("serve --listen 192.0.2.2")]
    [InlineData("serve --listen 192.0.2.2:80 --key key.pem")]
    [InlineData("board")]
    [InlineData("board serve a b")]
    [InlineData("board serve ./a.sock")]
    [InlineData("board serve a --board b")]
    [InlineData("virtual run --host-netns x --surplus")]
    public async Task A_wrong_command_line_is_a_usage_error_with_a_next_step(string arguments)
    {
        var run = await CommandRun.OfAsync(arguments);
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\nnext:  ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_command_line_is_told_as_json_where_that_was_asked_for()
    {
        var run = await CommandRun.OfAsync("info --json --frobnicate");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("usage", (string)run.JsonError["code"]!);
        Assert.Equal(2, (int)run.JsonError["exit_code"]!);
        Assert.Equal("offload info --help", (string)run.JsonError["next"]!);
    }

    [Fact]
    public async Task Every_exit_code_is_documented()
    {
        var documentation = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cli.md"));
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            Assert.Contains($"| {(int)code} |", documentation, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Every_command_is_documented(string command)
    {
        var documentation = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cli.md"));
        Assert.Contains($"offload {command}".TrimEnd(), documentation, StringComparison.Ordinal);
    }

    private static List<string> AllNames()
    {
        var names = new List<string> { "" };
        AddBelow(new OffloadCommand(new Terminal { Output = TextWriter.Null, Error = TextWriter.Null }).Root, "", names);
        return names;
    }

    private static void AddBelow(Command command, string path, List<string> names)
    {
        foreach (var child in command.Subcommands)
        {
            var name = $"{path} {child.Name}".TrimStart();
            names.Add(name);
            AddBelow(child, name, names);
        }
    }
}
