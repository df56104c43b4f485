using System.Text.Json.Nodes;
using Offload.Cli.Demo;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Demo;

/// <summary>The demo's page and <c>offload serve</c>, each as a process of its own, with curl in the client's namespace.</summary>
public sealed class WebDemoTests
{
    [SkippableFact]
    public async Task The_page_is_fetched_over_as_many_handshakes_of_the_board()
    {
        Rights.NeedNetwork();
        var run = await ProgramRun.OfAsync($"demo --web --json --requests 60 --bitstream {Repository.Bitstream}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var json = run.Json;
        Assert.Equal((60, 0, 60, ""), ((int)json["requests"]!, (int)json["failed"]!, (int)json["handshakes"]!, (string)json["errors"]!));
        Assert.InRange((double)json["connect_us_p50"]!, 1, (double)json["connect_us_p99"]!);
    }

    [SkippableFact]
    public async Task The_page_shows_the_connection_that_carries_it()
    {
        Rights.NeedNetwork();
        using var demo = ProgramRun.Start($"demo --web --json --bitstream {Repository.Bitstream}");
        var line = await demo.Output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(line is not null, demo.Error);
        var running = JsonNode.Parse(line)!;
        var enter = "--net=" + (string)running["network_namespace"]!;
        var url = (string)running["url"]!;
        Assert.Contains("handshakes were done by the board", await ToolAsync("nsenter", enter, "curl", "-sS", "--fail", url), StringComparison.Ordinal);
        var state = JsonNode.Parse(await ToolAsync("nsenter", enter, "curl", "-sS", "--fail", url + "state.json"))!;
        var own = Assert.Single(state["rows"]!.AsArray(), row => (bool)row!["own"]!)!;
        Assert.Equal((string)state["reader"]!, (string)own["remote"]!);
        Assert.Equal(("ESTABLISHED", "host", "192.0.2.2:7788"), ((string)own["state"]!, (string)own["owner"]!, (string)own["local"]!));
        Assert.True((bool)state["enabled"]! && (bool)state["host_alive"]!);
        demo.Signal("INT");
        Assert.Equal(0, await demo.EndAsync());
    }

    [Theory]
    [InlineData("200 1 10 0.000010 0.001010", 0)]
    [InlineData("404 1 10 0.000010 0.001010", 1)]
    [InlineData("000 0 0 0.000000 0.000000", 1)]
    [InlineData("200 0 10 0.000010 0.001010", 1)]
    [InlineData("200 1 9 0.000010 0.001010", 1)]
    [InlineData("", 1)]
    public void Only_a_whole_page_over_a_new_connection_counts(string line, int failed)
    {
        var fetch = CurlFetch.Parse(line + "\n", "", length: 10, requests: 1);
        Assert.Equal(failed, fetch.Failed);
        Assert.Equal(failed == 0 ? 1000 : 0, fetch.Percentile(0.5), 0.001);
    }

    [SkippableFact]
    public async Task A_folder_is_served_and_without_the_capability_it_says_which_is_missing()
    {
        Rights.NeedNetwork();
        var folder = Directory.CreateTempSubdirectory("offload-serve-");
        using var client = NetworkNamespace.Create("client");
        using var host = NetworkNamespace.Create("host");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "notes.txt"), "all is well");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".secret"), "not yours");
            await using var board = await RunningBoard.StartAsync(
                $"--net-tap {DemoSettings.NetTap} --net-netns {client.Path} --host-tap {DemoSettings.HostTap} --host-netns {host.Path} --bitstream {Repository.Bitstream}");
            DemoRun.ConfigurePorts(client, host);

            using (var refused = board.StartBehind(
                ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"], "serve --json --listen 192.0.2.2:80 " + folder.FullName))
            {
                Assert.Equal((int)ExitCode.PermissionDenied, await refused.EndAsync());
                Assert.Contains("CAP_NET_ADMIN", refused.Error, StringComparison.Ordinal);
            }

            using var served = board.Start($"serve --json --status --listen 192.0.2.2:80 {folder.FullName}");
            var line = await served.Output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(line is not null, served.Error);
            Assert.Equal("http://192.0.2.2:80", (string)JsonNode.Parse(line)!["urls"]![0]!);
            Assert.Equal("all is well", client.RunTool("curl", ["-sS", "--fail", "http://192.0.2.2/notes.txt"]));
            Assert.Contains("notes.txt", client.RunTool("curl", ["-sS", "--fail", "http://192.0.2.2/"]), StringComparison.Ordinal);
            Assert.Contains("state.json", client.RunTool("curl", ["-sS", "--fail", "http://192.0.2.2/offload/"]), StringComparison.Ordinal);
            Assert.Throws<DemoException>(() => client.RunTool("curl", ["-sS", "--fail", "http://192.0.2.2/.secret"]));
            Assert.Throws<DemoException>(() => client.RunTool("curl", ["-sS", "--fail", "--path-as-is", "http://192.0.2.2/../../etc/hostname"]));
            served.Signal("TERM");
            Assert.Equal(0, await served.EndAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ToolAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
