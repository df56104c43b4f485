using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary>The commands against a board that runs in another process, with nothing plugged in; needs no rights.</summary>
public sealed class BoardCommandTests
{
    [Fact]
    public async Task Without_a_board_every_command_that_needs_one_says_so()
    {
        var folder = Directory.CreateTempSubdirectory("offload-cli-");
        try
        {
            foreach (var command in new[]
            {
                "info", "load /etc/hostname", "isn show", "isn set --new-key", "listeners list", "listeners add 192.0.2.2:80", "listeners remove 0",
                "connections list", "connections watch", "connections orphans", "connect 192.0.2.1:80",
                "close 192.0.2.2:80 192.0.2.1:5", "abort 192.0.2.2:80 192.0.2.1:5", "isn rotate", "timers show", "timers set time_wait=1s",
                "counters", "registers read isn.mode", "registers write isn.mode 0", "registers dump", "info --board no-such-board", "info --board /no/such.sock",
            })
            {
                var run = await ProgramRun.OfAsync(command, ("OFFLOAD_RUNTIME_DIR", folder.FullName));
                Assert.Equal(((int)ExitCode.BoardNotFound, ""), (run.ExitCode, run.Output));
                Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
                Assert.Contains("\nnext:  ", run.Error, StringComparison.Ordinal);
            }

            var boards = await ProgramRun.OfAsync("boards --json", ("OFFLOAD_RUNTIME_DIR", folder.FullName));
            Assert.Empty(boards.Json["boards"]!.AsArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_board_without_a_bitstream_is_listed_and_says_what_to_do()
    {
        await using var board = await RunningBoard.StartAsync();
        var found = Assert.Single((await board.JsonAsync("boards"))["boards"]!.AsArray())!.AsObject();
        Assert.Equal(["id", "kind", "name", "location", "socket", "process"], Members(found));
        Assert.Equal("bench", (string)found["id"]!);
        var info = await board.JsonAsync("info");
        Assert.False((bool)info["loaded"]!);
        Assert.Null(info["core"]);
        foreach (var command in new[] { "counters", "connections list", "registers dump", "isn show" })
        {
            var error = await board.FailAsync(command, ExitCode.NoBitstream);
            Assert.Equal("offload load FILE", (string)error["next"]!);
        }

        Assert.Equal((0, ""), (await board.StopAsync("INT"), ""));
    }

    [Fact]
    public async Task A_file_that_is_no_bitstream_is_refused_and_leaves_the_board_as_it_was()
    {
        await using var board = await RunningBoard.StartAsync();
        await board.FailAsync("load /etc/hostname", ExitCode.BitstreamRejected);
        await board.FailAsync("load /no/such/file", ExitCode.Failed);
        Assert.False((bool)(await board.JsonAsync("info"))["loaded"]!);
    }

    [SkippableFact]
    public async Task Every_command_writes_the_members_that_are_documented()
    {
        Rights.NeedBitstream();
        await using var board = await RunningBoard.StartAsync();
        Assert.Equal(["schema", "board", "bitstream", "bitstream_version", "target"], Members(await board.JsonAsync($"load {Repository.Bitstream}")));
        var info = await board.JsonAsync("info");
        Assert.Equal(["schema", "board", "loaded", "bitstream_version", "core", "status"], Members(info));
        Assert.Equal(["id", "kind", "name", "location", "part", "idcode", "host_port"], Members(info["board"]!));
        Assert.True((bool)info["status"]!["enabled"]!);

        string[] isn = ["schema", "board", "mode", "effective_mode", "fixed_value", "test_enabled", "key_set", "key_generation"];
        Assert.Equal(isn, Members(await board.JsonAsync("isn show")));
        Assert.Equal(isn, Members(await board.JsonAsync("isn set --mode counter --new-key")));
        Assert.Equal(["schema", "board", "listening", "connections"], Members(await board.JsonAsync("connections list")));
        Assert.Equal(["schema", "board", "aborted", "connections"], Members(await board.JsonAsync("connections orphans")));
        var rotated = await board.JsonAsync("isn rotate");
        Assert.Equal(["schema", "board", "keys", "cookie_key_takes_effect_in_us"], Members(rotated));
        Assert.Equal(["isn", "cookie"], rotated["keys"]!.AsArray().Select(key => (string)key!));
        var both = (await board.JsonAsync("timers show time_wait tcp_syn_retries"))["timers"]!.AsArray();
        Assert.Equal(["name", "linux", "value_us", "default_us", "minimum_us", "maximum_us"], Members(both[0]!));
        Assert.Equal(["name", "linux", "value", "default", "minimum", "maximum"], Members(both[1]!));
        var counters = await board.JsonAsync("counters");
        Assert.Equal(["schema", "board", "counters"], Members(counters));
        Assert.Equal(0, (int)counters["counters"]!["syn_received"]!);

        Assert.Equal(["schema", "board", "name", "address", "words", "fields"], Members(await board.JsonAsync("registers read isn.mode")));
        var field = await board.JsonAsync("registers write control.reply_header.hop_limit 77");
        Assert.Equal(["schema", "board", "name", "address", "words", "fields", "value"], Members(field));
        Assert.Equal(77, (int)field["value"]!);
        Assert.Equal(77, (int)(await board.JsonAsync("registers read control.reply_header"))["fields"]!["hop_limit"]!);
        var dump = (await board.JsonAsync("registers dump"))["registers"]!.AsArray();
        Assert.DoesNotContain(dump, register => (string)register!["name"]! == "isn.key");
        Assert.Equal(["name", "address", "words"], Members(dump[0]!));
        Assert.Equal(0, await board.StopAsync());
    }

    [SkippableFact]
    public async Task Keys_are_rotated_each_by_itself_and_never_shown()
    {
        Rights.NeedBitstream();
        await using var board = await RunningBoard.StartAsync($"--bitstream {Repository.Bitstream}");
        var before = (int)(await board.JsonAsync("isn show"))["key_generation"]!;
        var cookie = await board.JsonAsync("isn rotate --keys cookie");
        Assert.Equal("cookie", (string)Assert.Single(cookie["keys"]!.AsArray())!);
        Assert.InRange((long)cookie["cookie_key_takes_effect_in_us"]!, 0, 1 << 26);
        Assert.Equal(before, (int)(await board.JsonAsync("isn show"))["key_generation"]!);
        var isn = await board.JsonAsync("isn rotate --keys isn");
        Assert.Null(isn["cookie_key_takes_effect_in_us"]);
        Assert.Equal(before + 1, (int)(await board.JsonAsync("isn show"))["key_generation"]!);
        Assert.DoesNotMatch("[0-9a-fA-F]{16}", (await board.RunAsync("isn rotate")).Output);
    }

    [SkippableFact]
    public async Task Timers_are_all_set_or_none()
    {
        Rights.NeedBitstream();
        await using var board = await RunningBoard.StartAsync($"--bitstream {Repository.Bitstream}");
        async Task<long> Value(string name)
        {
            var timer = Assert.Single((await board.JsonAsync($"timers show {name}"))["timers"]!.AsArray())!;
            return (long)(timer["value_us"] ?? timer["value"])!;
        }

        var set = (await board.JsonAsync("timers set rto_initial=200s rto_max=300s tcp_syn_retries=3"))["timers"]!.AsArray();
        Assert.Equal(["rto_initial", "rto_max", "tcp_syn_retries"], set.Select(timer => (string)timer!["name"]!));
        Assert.InRange(await Value("rto_initial"), 200_000_000, 200_002_000);
        await board.JsonAsync("timers set rto_max=2s rto_initial=1s watch_idle=never");

        // Refused by what the others are: the first of the two is put back.
        var error = await board.FailAsync("timers set tcp_syn_retries=9 rto_initial=5s", ExitCode.Usage);
        Assert.Contains("rto_max", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal(3, await Value("tcp_syn_retries"));
        await board.FailAsync("timers set tcp_syn_retries=9 time_wait=1", ExitCode.Usage);
        Assert.Equal(3, await Value("tcp_syn_retries"));
        var table = await board.RunAsync("timers show");
        Assert.Matches(@"watch_idle +never +never", table.Output);
        Assert.Equal(11, table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [SkippableFact]
    public async Task A_listener_is_added_listed_and_removed()
    {
        Rights.NeedBitstream();
        await using var board = await RunningBoard.StartAsync($"--bitstream {Repository.Bitstream}");
        const string Add = "listeners add 127.0.0.1:45917 --mac 02:00:00:00:00:01 --mss 1000 --no-sack";
        var added = (await board.JsonAsync(Add))["listener"]!;
        Assert.Equal((45917, 1000, false), ((int)added["port"]!, (int)added["mss"]!, (bool)added["sack"]!));
        var listed = Assert.Single((await board.JsonAsync("listeners list"))["listeners"]!.AsArray());
        Assert.True(JsonNode.DeepEquals(added, listed));
        await board.FailAsync(Add, ExitCode.Busy);
        Assert.Equal(0, (int)(await board.JsonAsync("listeners remove 0"))["removed"]!);
        await board.FailAsync("listeners remove 0", ExitCode.NoSuchItem);
        await board.FailAsync("abort 127.0.0.1:45917 127.0.0.1:5", ExitCode.NoSuchItem);
    }

    [SkippableFact]
    public async Task What_belongs_to_the_holder_or_does_not_fit_is_not_written()
    {
        Rights.NeedBitstream();
        await using var board = await RunningBoard.StartAsync($"--bitstream {Repository.Bitstream}");
        await board.FailAsync("registers write identity.magic 1", ExitCode.Usage);
        await board.FailAsync("registers write isn.mode.mode 4", ExitCode.Usage);
        await board.FailAsync("registers read isn.key", ExitCode.Usage);
        await board.FailAsync("registers write control.reset 1", ExitCode.Failed);
    }

    [Fact]
    public async Task A_second_board_of_the_same_id_is_refused()
    {
        await using var board = await RunningBoard.StartAsync();
        await board.FailAsync("virtual run --id bench", ExitCode.Busy);
    }

    [Fact]
    public async Task A_socket_elsewhere_is_reached_by_its_path()
    {
        var folder = Directory.CreateTempSubdirectory("offload-cli-");
        try
        {
            var socket = Path.Combine(folder.FullName, "here.sock");
            await using var board = await RunningBoard.StartAsync($"--socket {socket}");
            Assert.Equal("bench", (string)(await board.JsonAsync($"info --board {socket}"))["board"]!["id"]!);
            if (OperatingSystem.IsLinux())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket) & ~UnixFileMode.UserExecute);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_pipe_whose_reader_has_gone_ends_the_command()
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash")
        {
            // It begins when the pipe has no reader any more.
            ArgumentList =
            {
                "-c",
                $"gone=$(mktemp -u); {{ until [ -e $gone ]; do sleep 0.01; done; dotnet '{Repository.Program}' registers list; }} | {{ exec <&-; touch $gone; }}; "
                + "echo ${PIPESTATUS[0]}; rm $gone",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Assert.Equal("141\n", await shell.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
    }

    private static string[] Members(JsonNode node) => [.. node.AsObject().Select(member => member.Key)];
}
