using Offload.Boards;
using Offload.Cli.Doctor;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary>What is in the way is found, and what is not is left alone.</summary>
public sealed class DoctorTests
{
    [Theory]
    [InlineData("tcp flags & (fin | syn | rst | ack) != syn ct state new counter packets 0 bytes 0 drop", true, true)]
    [InlineData("tcp flags & (fin | syn | rst | ack) != syn ct state new reject with tcp reset", true, true)]
    [InlineData("ct state invalid drop", true, false)]
    [InlineData("ct state invalid drop", false, true)]
    [InlineData("ct state { new, invalid } counter drop", false, true)]
    [InlineData("ct state established,related accept", false, false)]
    [InlineData("ct state invalid counter accept", false, false)]
    [InlineData("tcp flags & (fin | syn | rst | ack) != syn ct state new accept", true, false)]
    [InlineData("# ct state invalid drop", false, false)]
    public void Rules_of_nft(string rule, bool loose, bool inTheWay) =>
        Assert.Equal(inTheWay, ConntrackRules.InNft($"table inet filter {{\n\tchain input {{\n\t\t{rule}\n\t}}\n}}\n", loose).Count == 1);

    [Theory]
    [InlineData("-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j DROP", true, true)]
    [InlineData("-A INPUT -p tcp ! --syn -m state --state NEW -j REJECT", true, true)]
    [InlineData("-A INPUT -m conntrack --ctstate INVALID -j DROP", true, false)]
    [InlineData("-A INPUT -m conntrack --ctstate INVALID -j DROP", false, true)]
    [InlineData("-A INPUT -m conntrack --ctstate NEW,INVALID -j DROP", false, true)]
    [InlineData("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", false, false)]
    [InlineData("-A INPUT -p tcp --dport 22 -j DROP", false, false)]
    public void Rules_of_iptables(string rule, bool loose, bool inTheWay) =>
        Assert.Equal(inTheWay, ConntrackRules.InIptables($"*filter\n:INPUT ACCEPT [0:0]\n{rule}\nCOMMIT\n", loose).Count == 1);

    [Fact]
    public void A_rule_that_is_in_the_way_comes_with_what_mends_it()
    {
        BoardFinding finding = ConntrackRules.Finding(["ct state invalid drop"], loose: false);
        Assert.Equal(BoardFindingKind.Missing, finding.Kind);
        Assert.Contains("ct state invalid drop", finding.Message, StringComparison.Ordinal);
        Assert.Contains(finding.Commands, command => command.Contains("nf_conntrack_tcp_loose=1", StringComparison.Ordinal));
        Assert.Equal(BoardFindingKind.Good, ConntrackRules.Finding([], loose: false).Kind);
    }

    [Theory]
    [InlineData("0000000000000000", BoardFindingKind.Limited)]
    [InlineData("0000000000001000", BoardFindingKind.Limited)]
    [InlineData("0000000000201000", BoardFindingKind.Good)]
    public void Rights(string effective, BoardFindingKind kind) =>
        Assert.Equal(kind, MachineChecks.Capabilities($"Name:\tx\nCapEff:\t{effective}\nCapBnd:\t0\n").Kind);

    [Fact]
    public async Task The_command_tells_of_this_machine()
    {
        CommandRun run = await CommandRun.OfAsync("doctor --json");
        var parts = run.Json["parts"]!.AsArray();
        Assert.Equal("this machine", (string)parts[^1]!["name"]!);
        var findings = parts.SelectMany(part => part!["findings"]!.AsArray()).ToArray();
        Assert.Contains(findings, finding => (string)finding!["subject"]! == "firewall");
        Assert.Equal(findings.Any(finding => (string)finding!["kind"]! == "missing") ? 1 : 0, run.ExitCode);
        Assert.Equal(run.ExitCode, (await CommandRun.OfAsync("doctor")).ExitCode);
    }
}
