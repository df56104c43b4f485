using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Offload.Cli.Demo;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary>The connection commands against a board that runs in another process, with the kernel's own sockets as clients.</summary>
public sealed class ConnectionCommandTests
{
    private const string Server = "192.0.2.2:8080";

    [SkippableFact]
    public async Task Connections_are_listed_watched_closed_and_aborted()
    {
        Rights.NeedNetwork();
        using var client = NetworkNamespace.Create("client");
        using var host = NetworkNamespace.Create("host");
        await using var board = await RunningBoard.StartAsync(
            $"--bitstream {Repository.Bitstream} --net-tap net0 --host-tap host0 --net-netns {client.Path} --host-netns {host.Path}");
        client.Ip("address add 192.0.2.1/24 dev net0", "link set dev net0 up");
        host.Ip("address add 192.0.2.2/24 dev host0", "link set dev host0 up");
        await board.JsonAsync($"listeners add {Server}");

        using var first = Connect(client);
        using var watch = board.Start("connections watch --json");
        var present = await NextAsync(watch);
        Assert.Equal("present", (string)present["event"]!);
        using var second = Connect(client);
        Assert.Equal("established", (string)(await NextAsync(watch))["event"]!);
        var rows = (await board.JsonAsync("connections list"))["connections"]!.AsArray();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal("ESTABLISHED", (string)row!["state"]!));
        Assert.Contains(rows, row => JsonNode.DeepEquals(row, present["connection"]));
        Assert.Equal("LISTEN", (string)Assert.Single((await board.JsonAsync("connections list"))["listening"]!.AsArray())!["state"]!);
        var table = await board.RunAsync("connections list");
        Assert.Matches(@"192\.0\.2\.2:8080 +\* +LISTEN", table.Output);
        Assert.Contains(first.LocalEndPoint!.ToString()!, table.Output, StringComparison.Ordinal);

        // A connection is closed once; what closes already says so.
        using var third = Connect(client);
        Assert.Equal("established", (string)(await NextAsync(watch))["event"]!);
        await board.JsonAsync($"close {Server} {third.LocalEndPoint}");
        var error = await board.FailAsync($"close {Server} {third.LocalEndPoint}", ExitCode.Failed);
        Assert.Equal("command_unsupported", (string)error["code"]!);
        await board.JsonAsync($"abort {Server} {third.LocalEndPoint}");
        Assert.Equal("aborted", (string)(await NextAsync(watch))["reason"]!);

        first.Shutdown(SocketShutdown.Send);
        Assert.Equal("peer_closed", (string)(await NextAsync(watch))["event"]!);
        var closed = await board.JsonAsync($"close {Server} {first.LocalEndPoint}");
        Assert.Equal("LAST-ACK", (string)closed["connection"]!["state"]!);
        Assert.Equal(0, first.Receive(new byte[1]));
        var end = await NextAsync(watch);
        Assert.Equal(("closed", "normal"), ((string)end["event"]!, (string)end["reason"]!));

        await board.JsonAsync($"abort {Server} {second.LocalEndPoint}");
        Assert.Equal("aborted", (string)(await NextAsync(watch))["reason"]!);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => second.Receive(new byte[1])).SocketErrorCode);
        Assert.Empty((await board.JsonAsync("connections list"))["connections"]!.AsArray());

        watch.Signal("INT");
        Assert.Equal(0, await watch.EndAsync());

        // Its host port is up, so a load interrupts a network: a pipe has to say that it means it.
        await board.FailAsync($"load {Repository.Bitstream}", ExitCode.Usage);
        await board.JsonAsync($"load {Repository.Bitstream} --yes");
        Assert.Single((await board.JsonAsync("listeners list"))["listeners"]!.AsArray());
    }

    [SkippableFact]
    public async Task A_connection_is_opened_to_a_kernel_s_listener_and_closed()
    {
        Rights.NeedNetwork();
        using var peer = NetworkNamespace.Create("peer");
        using var host = NetworkNamespace.Create("host");
        await using var board = await RunningBoard.StartAsync(
            $"--bitstream {Repository.Bitstream} --net-tap net0 --host-tap host0 --net-netns {peer.Path} --host-netns {host.Path}");
        peer.Ip("address add 192.0.2.1/24 dev net0", "link set dev net0 up");
        host.Ip("address add 192.0.2.2/24 dev host0", "link set dev host0 up");
        using var listener = peer.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(IPEndPoint.Parse("192.0.2.1:9000"));
        listener.Listen();
        await board.JsonAsync("timers set time_wait=200ms rto_initial=50ms");

        var opened = (await board.JsonAsync("connect 192.0.2.1:9000 --timeout 20"))["connection"]!;
        Assert.Equal(("ESTABLISHED", "open", "192.0.2.1", 9000), ((string)opened["state"]!, (string)opened["origin"]!, (string)opened["remote_address"]!, (int)opened["remote_port"]!));
        using var accepted = listener.Accept();
        Assert.Equal(IPEndPoint.Parse($"{opened["local_address"]}:{opened["local_port"]}"), accepted.RemoteEndPoint);
        var closed = await board.JsonAsync($"close {accepted.RemoteEndPoint} 192.0.2.1:9000");
        Assert.Equal("FIN-WAIT-1", (string)closed["connection"]!["state"]!);
        accepted.ReceiveTimeout = 60_000;
        Assert.Equal(0, accepted.Receive(new byte[1]));

        // Nobody listens; nobody is there; there is no way.
        Assert.Equal("connection_refused", (string)(await board.FailAsync("connect 192.0.2.1:9001", ExitCode.ConnectionRefused))["code"]!);
        Assert.Equal("next_hop_unreachable", (string)(await board.FailAsync("connect 192.0.2.77:9000", ExitCode.Unreachable))["code"]!);
        Assert.Equal("no_route", (string)(await board.FailAsync("connect 203.0.113.1:9000", ExitCode.Unreachable))["code"]!);

        // An address that answers ARP, and drops what comes.
        peer.Ip("address add 192.0.2.9/24 dev net0", "route add blackhole 192.0.2.2/32");
        Assert.Equal("timed_out", (string)(await board.FailAsync("connect 192.0.2.9:9000 --timeout 1", ExitCode.TimedOut))["code"]!);
        await board.JsonAsync("timers set tcp_syn_retries=1");
        Assert.Equal("connection_timed_out", (string)(await board.FailAsync("connect 192.0.2.9:9000", ExitCode.TimedOut))["code"]!);
    }

    [SkippableFact]
    public async Task Connections_of_an_earlier_session_are_orphans()
    {
        Rights.NeedNetwork();
        using var client = NetworkNamespace.Create("client");
        using var host = NetworkNamespace.Create("host");
        await using var board = await RunningBoard.StartAsync(
            $"--bitstream {Repository.Bitstream} --net-tap net0 --host-tap host0 --net-netns {client.Path} --host-netns {host.Path}");
        client.Ip("address add 192.0.2.1/24 dev net0", "link set dev net0 up");
        host.Ip("address add 192.0.2.2/24 dev host0", "link set dev host0 up");
        await board.JsonAsync($"listeners add {Server}");
        using var socket = Connect(client);
        Assert.Empty((await board.JsonAsync("connections orphans"))["connections"]!.AsArray());

        // As a new session finds it: the board's epoch is another one.
        var epoch = (int)(await board.JsonAsync("registers read control.control.epoch"))["value"]!;
        await board.JsonAsync($"registers write control.control.epoch {(epoch + 1) & 255}");
        var orphans = await board.JsonAsync("connections orphans");
        Assert.Null(orphans["aborted"]);
        Assert.Equal(epoch, (int)Assert.Single(orphans["connections"]!.AsArray())!["epoch"]!);
        var aborted = await board.JsonAsync("connections orphans --abort");
        Assert.Equal((1, 0), ((int)aborted["aborted"]!, aborted["connections"]!.AsArray().Count));
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode);
    }

    private static Socket Connect(NetworkNamespace space)
    {
        var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 60_000;
        socket.Connect(IPEndPoint.Parse(Server));
        return socket;
    }

    private static async Task<JsonObject> NextAsync(ProgramRun watch)
    {
        var line = await watch.Output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var json = JsonNode.Parse(line!)!.AsObject();
        Assert.Equal(["schema", "event", "time_us", "reason", "lost", "connection"], json.Select(member => member.Key));
        Assert.Equal(0, (int)json["lost"]!);
        return json;
    }
}
