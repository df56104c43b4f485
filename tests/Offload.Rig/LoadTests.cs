using System.Diagnostics;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Engine.Tests.Harness;
using Offload.Links.Gpio;
using Offload.Links.Usb;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Rig;

/// <summary>A board that was found at USB is loaded through the MPSSE of its chip, watched at its own pins; then its core answers.</summary>
public sealed class LoadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [BoardFact(Needs.Loading | Needs.Pins)]
    public async Task A_board_is_found_loaded_through_its_JTAG_and_runs()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offload-rig-");
        try
        {
            using GpioChip pins = PinTests.Open();
            GpioConfigurationLines lines = await LinesAsync(pins);
            OffloadBoardOptions options = new() { RuntimeDirectory = folder.FullName, CommandTimeout = Patience, ReadyTimeout = Patience, LoggerFactory = RigLog.Current };
            options.Providers.Add(new UsbBoardProvider(new UsbBoardOptions
            {
                ConfigurationLines = _ => lines,
                StartTimeout = Patience,
                Link = new() { AnswerTimeout = Patience, FirstAnswerTimeout = TimeSpan.FromSeconds(1) },
            }));
            await using OffloadBoard board = await OffloadBoard.OpenAsync(RigConfiguration.Current.Loads, options);
            Stopwatch time = Stopwatch.StartNew();
            List<bool> done = [];
            await board.LoadBitstreamAsync(RigConfiguration.Current.Container!, new During(() => done.Add(lines.ReadDone())));
            RigReport.Measure("load: container by MPSSE", "s", time.Elapsed.TotalSeconds, 0, Patience.TotalSeconds);
            Assert.NotEmpty(done);
            Assert.DoesNotContain(true, done); // what ran before had stopped
            Assert.True(lines.ReadDone() && lines.ReadInitN());
            Assert.Equal(RegisterMap.Hash, (await board.GetIdentityAsync()).MapHash);
            Assert.Equal("1.2.3", (await board.GetPartAsync()).LoadedVersion);
            await board.GetStatusAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [BoardFact(Needs.Loading | Needs.Pins)]
    public async Task The_command_loads_it_and_serves_it()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offload-rig-");
        try
        {
            using GpioChip pins = PinTests.Open();
            using GpioConfigurationLines lines = await LinesAsync(pins);
            string board = RigConfiguration.Current.Loads!;
            (int code, string output) = await RunAsync(folder, "load", RigConfiguration.Current.Container!, "--board", board, "--json");
            Assert.True(code == 0, output);
            Assert.Equal((board, "1.2.3"), ((string?)JsonNode.Parse(output)!["board"], (string?)JsonNode.Parse(output)!["bitstream_version"]));
            Assert.True(lines.ReadDone());

            using Serving serving = new(Start(folder, "board", "serve", board, "--json"));
            string? running = await serving.Process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            Assert.Equal("running", (string?)JsonNode.Parse(running!)!["event"]);
            (code, output) = await RunAsync(folder, "info", "--board", board, "--json");
            Assert.True(code == 0, output);
            if (!(bool)JsonNode.Parse(output)!["loaded"]!)
            {
                // This machine was slower than the link's first patience; loading it again goes through the process that serves it.
                (code, output) = await RunAsync(folder, "load", RigConfiguration.Current.Container!, "--board", board, "--json");
                Assert.True(code == 0, output);
                (code, output) = await RunAsync(folder, "info", "--board", board, "--json");
            }

            Assert.Equal(RegisterMap.Hash, (string?)JsonNode.Parse(output)!["core"]!["map_hash"]);
            using Process stop = Process.Start("kill", ["-TERM", serving.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await serving.Process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, serving.Process.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Takes the lines; the part runs what its flash has, or what was loaded before.</summary>
    private static async Task<GpioConfigurationLines> LinesAsync(GpioChip pins)
    {
        GpioConfigurationLines lines = new(pins, programN: 3, initN: 6, done: 7);
        await PinTests.WaitAsync(lines.ReadDone);
        return lines;
    }

    private static async Task<(int Code, string Output)> RunAsync(DirectoryInfo folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, process.ExitCode == 0 ? output : await error);
    }

    /// <summary>A process that has the board; it never has it longer than its test.</summary>
    private sealed class Serving(Process process) : IDisposable
    {
        public Process Process { get; } = process;

        public void Dispose()
        {
            if (!Process.HasExited)
            {
                Process.Kill();
                Process.WaitForExit();
            }

            Process.Dispose();
        }
    }

    /// <summary>Calls while the payload is on its way, and some of it is there.</summary>
    private sealed class During(Action action) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value)
        {
            if (value.Stage == LoadStage.Transferring && value.BytesDone > 0)
            {
                action();
            }
        }
    }

    private static Process Start(DirectoryInfo folder, params string[] arguments)
    {
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "Offload.Cli", "release", "Offload.Cli.dll");
        Assert.True(File.Exists(program), $"{program} is missing: dotnet build -c Release Offload.sln");
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OFFLOAD_RUNTIME_DIR"] = folder.FullName;
        return Process.Start(start)!;
    }
}
