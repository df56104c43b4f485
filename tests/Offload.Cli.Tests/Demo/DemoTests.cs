using System.Diagnostics;
using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Demo;

/// <summary>The demo as a user runs it, in a process of its own.</summary>
public sealed class DemoTests
{
    [SkippableFact]
    public async Task Every_connection_completes_and_agrees_with_the_kernel()
    {
        Rights.NeedNetwork();
        var folder = Directory.CreateTempSubdirectory("offload-cli-");
        try
        {
            var capture = Path.Combine(folder.FullName, "frames.pcapng");
            var before = Traces();
            var run = await ProgramRun.OfAsync($"demo --json --connections 300 --pcap {capture} --bitstream {Repository.Bitstream}");
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            var json = run.Json;
            Assert.Equal((300, 300, 0), ((int)json["connections"]!, (int)json["completed"]!, (int)json["mismatches"]!));
            Assert.Equal((60, 300, 0), ((int)json["ipv6"]!, (int)json["closed"]!, (int)json["left_over"]!));
            Assert.InRange((double)json["connect_us_p50"]!, 1, (double)json["connect_us_p99"]!);
            Assert.InRange((double)json["clocks_syn_to_synack"]!, 1, 1000);
            Assert.Equal((300, 300), ((int)json["counters"]!["established"]!, (int)json["counters"]!["closed_normal"]!));

            // Each connection is at least SYN, SYN,ACK, ACK, two FINs and two ACKs, at the net port.
            Assert.InRange((int)json["frames_captured"]!, 300 * 7, 300 * 12);
            Assert.InRange(new FileInfo(capture).Length, 300 * 7 * 60, long.MaxValue);
            await NothingIsLeftAsync(before);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public async Task A_person_sees_the_path_the_table_and_the_figures()
    {
        Rights.NeedNetwork();
        var run = await ProgramRun.OfAsync($"demo --connections 20 --bitstream {Repository.Bitstream}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        foreach (var text in new[] { "offload_core in Verilog", "rfc6528", "established", "syn_ack_sent", "20 of 20", "no difference", "is empty again" })
        {
            Assert.Contains(text, run.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("\e", run.Error + run.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("INT", "connecting")]
    [InlineData("TERM", "plugging")]
    [InlineData("TERM", "closing")]
    [InlineData("KILL", "connecting")]
    public async Task A_demo_that_is_stopped_leaves_nothing_behind(string signal, string during)
    {
        Rights.NeedNetwork();
        var before = Traces();
        var exitCode = 0;
        for (var attempt = 1; exitCode == 0 && attempt <= 5; attempt++)
        {
            using var demo = ProgramRun.Start($"demo --connections 2000 --bitstream {Repository.Bitstream}");
            await demo.SayAsync(during);
            demo.Signal(signal);

            // 0: on a busy machine it had come to its end before the signal came, so once more.
            exitCode = await demo.EndAsync();
        }

        Assert.Equal(signal == "KILL" ? 137 : (int)ExitCode.Interrupted, exitCode);
        await NothingIsLeftAsync(before);
    }

    [SkippableFact]
    public async Task More_connections_than_the_table_holds_are_a_usage_error()
    {
        Rights.NeedNetwork();
        var run = await ProgramRun.OfAsync($"demo --json --connections 16384 --bitstream {Repository.Bitstream}");
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
    }

    [Fact]
    public async Task Without_rights_it_says_which_are_missing()
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("setpriv")
        {
            ArgumentList =
            {
                "--bounding-set=-sys_admin,-net_admin", "--inh-caps=-sys_admin,-net_admin", "dotnet", Repository.Program, "demo", "--json", "--bitstream", "/etc/hostname",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((int)ExitCode.PermissionDenied, process.ExitCode);
        var told = JsonNode.Parse(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!["error"]!;
        Assert.Contains("CAP_SYS_ADMIN and CAP_NET_ADMIN: run `sudo ./demo.sh`", (string)told["next"]!, StringComparison.Ordinal);
    }

    /// <summary>Waits until nothing is left of what was not there before. The kernel takes a namespace away a moment after its last user has gone, and
    /// whatever else the machine does meanwhile comes and goes.</summary>
    private static async Task NothingIsLeftAsync(HashSet<string> before)
    {
        var left = Traces();
        left.ExceptWith(before);
        for (var started = Stopwatch.GetTimestamp(); left.Count > 0; left.IntersectWith(Traces()))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), string.Join('\n', left));
            await Task.Delay(50);
        }
    }

    /// <summary>Everything that a demo could leave behind: named namespaces, devices, mounts of namespaces, sockets of served boards.</summary>
    private static HashSet<string> Traces() =>
    [
        .. Entries("/run/netns"), .. Entries("/sys/class/net"), .. Entries("/run/offload"),
        .. File.ReadLines("/proc/self/mounts").Where(line => line.Contains("nsfs", StringComparison.Ordinal)),
    ];

    private static string[] Entries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
}
