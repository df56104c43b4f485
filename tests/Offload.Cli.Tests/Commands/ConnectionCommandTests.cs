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
        Assert.All(rows, row => Assert.Equal("established", (string)row!["state"]!));
        Assert.Contains(rows, row => JsonNode.DeepEquals(row, present["connection"]));
        var table = await board.RunAsync("connections list");
        Assert.Contains(first.LocalEndPoint!.ToString()!, table.Output, StringComparison.Ordinal);

        // A connection is closed once; what closes already says so.
        using var third = Connect(client);
        Assert.Equal("established", (string)(await NextAsync(watch))["event"]!);
        await board.JsonAsync($"connections close {Server} {third.LocalEndPoint}");
        var error = await board.FailAsync($"connections close {Server} {third.LocalEndPoint}", ExitCode.Failed);
        Assert.Equal("command_unsupported", (string)error["code"]!);
        await board.JsonAsync($"connections abort {Server} {third.LocalEndPoint}");
        Assert.Equal("aborted", (string)(await NextAsync(watch))["reason"]!);

        first.Shutdown(SocketShutdown.Send);
        Assert.Equal("peer_closed", (string)(await NextAsync(watch))["event"]!);
        var closed = await board.JsonAsync($"connections close {Server} {first.LocalEndPoint}");
        Assert.Equal("last_ack", (string)closed["connection"]!["state"]!);
        Assert.Equal(0, first.Receive(new byte[1]));
        var end = await NextAsync(watch);
        Assert.Equal(("closed", "normal"), ((string)end["event"]!, (string)end["reason"]!));

        await board.JsonAsync($"connections abort {Server} {second.LocalEndPoint}");
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

    private static Socket Connect(NetworkNamespace space)
    {
        var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 20_000;
        socket.Connect(IPEndPoint.Parse(Server));
        return socket;
    }

    private static async Task<JsonObject> NextAsync(ProgramRun watch)
    {
        var line = await watch.Output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var json = JsonNode.Parse(line!)!.AsObject();
        Assert.Equal(["schema", "event", "time_us", "reason", "lost", "connection"], json.Select(member => member.Key));
        Assert.Equal(0, (int)json["lost"]!);
        return json;
    }
}
