using System.IO.Compression;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Offload.Programming;
using Offload.Programming.Flash;
using Offload.Registers;
using Offload.VirtualBoard;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary><c>offload load</c> onto a board with the model of an ECP5: part, flash, dry run, and the exit codes of what can go wrong.</summary>
public sealed class LoadCommandTests : IDisposable
{
    private const uint IdCode = 0x81112043;

    private readonly string _folder = Directory.CreateTempSubdirectory("offload-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Part_and_flash_are_loaded_and_failures_are_told_apart_by_exit_code()
    {
        Skip.IfNot(File.Exists(Repository.Bitstream), "the virtual board is not built: firmware-tools/build-virtual-board.sh");
        var provider = new Provider();
        var socket = Path.Combine(_folder, "board.sock");
        var options = new OffloadBoardOptions { RuntimeDirectory = _folder, SocketPath = socket };
        options.Providers.Add(provider);
        await using var board = await OffloadBoard.OpenAsync("versa", options);
        var file = Write("good.obit", "versa-5g");

        Task<CommandRun> Load(string arguments) => CommandRun.OfAsync($"load {arguments} --board {socket}");

        var plan = await Load($"{file} --flash --dry-run");
        Assert.Equal(0, plan.ExitCode);
        Assert.Contains("erase the spare slot", plan.Output, StringComparison.Ordinal);
        var planned = (await Load($"{file} --dry-run --json")).Json;
        Assert.Equal(["schema", "board", "bitstream", "target", "steps"], planned.Select(member => member.Key));
        Assert.False((await board.GetPartAsync()).IsLoaded);

        Assert.Equal((int)ExitCode.BitstreamRejected, (await Load($"{Write("other.obit", "colorlight-i9")}")).ExitCode);
        Assert.Equal((int)ExitCode.BitstreamRejected, (await Load($"{file} --flash")).ExitCode);
        var loaded = await Load($"{file} --json");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        Assert.Equal("core", (string)loaded.Json["target"]!);
        Assert.Equal((0, "versa has good.obit as its golden image"), Ended(await Load($"{file} --golden")));
        Assert.Equal((0, "versa starts from good.obit, version 1.2.3"), Ended(await Load($"{file} --flash")));
        Assert.Equal(0, provider.Hardware!.Part.BootAddress);

        var hardware = provider.Hardware;
        hardware.Flash.Cells[5000] ^= 0x10;
        hardware.Flash.WornOut = 5000;
        var worn = await Load($"{file} --flash --json");
        Assert.Equal(((int)ExitCode.NeedsRecovery, "board_needs_recovery"), (worn.ExitCode, (string?)worn.JsonError["code"]));
        hardware.Flash.WornOut = null;
        Assert.Equal(0, (await Load($"{file} --flash")).ExitCode);

        hardware.Flash.WornOut = new FlashLayout(hardware.Flash.Cells.Length).Spare + 5000;
        var other = Write("next.obit", "versa-5g", userCode: true);
        Assert.Equal((int)ExitCode.LoadFailed, (await Load($"{other} --flash")).ExitCode);
        Assert.True((await board.GetPartAsync()).IsLoaded);

        hardware.Chain.UnplugAfter = 700_000;
        Assert.Equal((int)ExitCode.BoardNotFound, (await Load($"{file}")).ExitCode);
        hardware.Chain.UnplugAfter = null;
        Assert.Equal(0, (await Load($"{file}")).ExitCode);
    }

    [Fact]
    public async Task Working_and_golden_image_are_loaded_one_at_a_time()
    {
        var run = await CommandRun.OfAsync("load x.obit --flash --golden");
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
    }

    private static (int ExitCode, string Output) Ended(CommandRun run) => (run.ExitCode, run.ExitCode == 0 ? run.Output.Trim() : run.Error);

    private string Write(string name, string board, bool userCode = false)
    {
        using var compressed = new GZipStream(
            File.OpenRead(Path.Combine(Repository.Root, "tests", "Offload.Programming.Tests", "vectors", "lfe5um5g-45f-compressed.bit.gz")), CompressionMode.Decompress);
        using var stream = new MemoryStream();
        compressed.CopyTo(stream);
        byte[] payload = stream.ToArray();
        if (userCode)
        {
            // Another comment in front of the stream makes another image of the same design.
            payload[8] ^= 0x01;
        }

        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, BitstreamWriter.Pack(board, IdCode, "1.2.3", RegisterMap.Canonical, BitstreamPayload.Ecp5, payload));
        return path;
    }

    private sealed class Provider : BoardProvider
    {
        private readonly VirtualEcp5Provider _provider = new(new VirtualEcp5Options
        {
            Board = "versa-5g",
            IdCode = IdCode,
            FlashLength = 1 << 20,
            CoreFile = Repository.Bitstream,
            Ports = new VirtualBoardOptions { Id = "versa", Trust = BitstreamTrust.OwnFilesOnly },
        });

        internal VirtualEcp5Hardware? Hardware { get; private set; }

        public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) =>
            _provider.DiscoverAsync(cancellationToken);

        public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
            Hardware = (VirtualEcp5Hardware)await _provider.OpenAsync(board, cancellationToken);
    }
}
