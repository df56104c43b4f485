using System.Net;
using Offload.Cli.Commands;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary>How a connection is written, for people and for programs.</summary>
public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData(TcpState.Closed, "CLOSED")]
    [InlineData(TcpState.Listen, "LISTEN")]
    [InlineData(TcpState.SynSent, "SYN-SENT")]
    [InlineData(TcpState.SynReceived, "SYN-RECEIVED")]
    [InlineData(TcpState.Established, "ESTABLISHED")]
    [InlineData(TcpState.FinWait1, "FIN-WAIT-1")]
    [InlineData(TcpState.FinWait2, "FIN-WAIT-2")]
    [InlineData(TcpState.CloseWait, "CLOSE-WAIT")]
    [InlineData(TcpState.Closing, "CLOSING")]
    [InlineData(TcpState.LastAck, "LAST-ACK")]
    [InlineData(TcpState.TimeWait, "TIME-WAIT")]
    public async Task A_state_has_the_name_of_the_RFC_in_table_and_JSON_and_the_documentation(TcpState state, string name)
    {
        var row = new ConnectionRow
        {
            State = state,
            Key = ConnectionKey.FromEndPoints(IPEndPoint.Parse("192.0.2.2:80"), IPEndPoint.Parse("192.0.2.1:5")),
        };
        Assert.Equal(name, (string)ConnectionText.ToJson(row)["state"]!);
        Assert.Equal(name, ConnectionText.Cells(row)[Array.IndexOf(ConnectionText.Headings, "STATE")]);
        var documentation = await File.ReadAllTextAsync(Path.Combine(Harness.Repository.Root, "docs", "cli.md"));
        Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_eleven_states() => Assert.Equal(11, Enum.GetValues<TcpState>().Length);

    [Fact]
    public void A_listener_is_a_row_in_LISTEN()
    {
        var listener = new Listener(
            3, IPEndPoint.Parse("[2001:db8::2]:80"), ListenerAction.Accept, ListenerMode.Keep, 1440, 65535, 7, true, true, true, 12, true, true, default, 16, HostLost.Pass);
        Assert.Equal(["[2001:db8::2]:80 vlan 12", "*", "LISTEN", "engine", "-", "-", "-", "-", "1440", "-"], ConnectionText.Cells(listener));
        var json = ConnectionText.ToJson(listener);
        Assert.Equal((3, "2001:db8::2", 80, 12, "LISTEN"), ((int)json["listener"]!, (string)json["local_address"]!, (int)json["local_port"]!, (int)json["vlan"]!, (string)json["state"]!));
    }
}
