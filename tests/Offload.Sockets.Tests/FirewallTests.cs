using System.Globalization;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Cli.Doctor;
using Offload.Kernel.Tests.Bench;

namespace Offload.Sockets.Tests;

/// <summary>Real rules of nft that end adopted connections, for the host's kernel never saw their SYN: `offload doctor` finds them, and what it says mends it.</summary>
public sealed class FirewallTests : RigTest
{
    private const string LooseParameter = "net/netfilter/nf_conntrack_tcp_loose";

    [SkippableTheory]
    [InlineData("tcp flags & (fin|syn|rst|ack) != syn ct state new counter drop", "1")]
    [InlineData("ct state invalid counter drop", "0")]
    public async Task A_rule_in_the_way_is_found_and_what_the_doctor_says_helps(string rule, string loose)
    {
        await using Scene scene = await Rig.BeginAsync();
        NetworkNamespace host = scene.Rig.Host;
        BoardFinding before = host.Run(MachineChecks.Firewall);
        Skip.If(before.Kind == BoardFindingKind.Limited, before.Message);
        Assert.Equal(BoardFindingKind.Good, before.Kind);
        try
        {
            host.RunTool("nft", ["-f", "-"], $"table inet filter {{\n chain input {{\n type filter hook input priority filter; policy accept;\n {rule}\n }}\n}}\n");
        }
        catch (DemoException exception)
        {
            Skip.If(true, $"no rule of nft can be made here: {exception.Message}");
        }

        host.SetParameter(LooseParameter, loose);
        BoardFinding finding = host.Run(MachineChecks.Firewall);
        Assert.Equal(BoardFindingKind.Missing, finding.Kind);
        Assert.Contains("drop", finding.Message, StringComparison.Ordinal);

        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4);
        Socket client = scene.NewClient(Ip.V4);
        await Scene.ConnectAsync(client, listener.LocalEndPoint);
        using Socket server = await listener.AcceptAsync();
        await client.SendAsync("through"u8.ToArray());
        await Scene.UntilAsync(
            () => host.RunTool("nft", ["list", "ruleset"]).Split('\n').Any(line => line.Contains("drop", StringComparison.Ordinal) && !line.Contains("packets 0 ", StringComparison.Ordinal)),
            () => "the rule drops what the client sends");
        Assert.Equal(0, server.Available);

        string mend = finding.Commands.Single(command => command.StartsWith("nft ", StringComparison.Ordinal))
            .Replace("PORTS", listener.LocalEndPoint.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        host.RunTool("sh", ["-c", mend]);
        Assert.Equal("through", await Transfer.ReadTextAsync(server, 7));
        await Transfer.BothWaysAsync(client, server);
    }
}
