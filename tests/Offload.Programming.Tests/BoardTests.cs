using Offload.Boards;
using Offload.Programming.Flash;
using Offload.Registers;
using Offload.VirtualBoard;

namespace Offload.Programming.Tests;

/// <summary>A board with the model of an ECP5, by the SDK: what is loaded for silicon is taken by the model, then the Verilated core runs, and the engine is
/// started only where its register map is the one that the container promised.</summary>
public sealed class BoardTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-");

    private string SocketPath => Path.Combine(_folder.FullName, "board.sock");

    internal static string CoreFile
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offload.sln")))
            {
                folder = folder.Parent;
            }

            return Path.Combine(folder!.FullName, "artifacts", "virtual", "offload-virtual.obit");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task A_stream_for_silicon_starts_the_engine_from_part_and_from_flash()
    {
        Skip.IfNot(File.Exists(CoreFile), "the virtual board is not built: firmware-tools/build-virtual-board.sh");
        await using OffloadBoard board = await OpenAsync();
        Assert.False((await board.GetPartAsync()).IsLoaded);
        Assert.Equal(OffloadError.NoBitstream, (await Assert.ThrowsAsync<OffloadException>(async () => await board.GetStatusAsync())).Code);
        await board.LoadBitstreamAsync(Write(1));
        Assert.Equal(RegisterMap.Hash, (await board.GetIdentityAsync()).MapHash);
        Assert.Equal("1.2.3", (await board.GetPartAsync()).LoadedVersion);
        await board.LoadBitstreamAsync(Write(2), LoadTarget.Golden);
        await board.LoadBitstreamAsync(Write(3), LoadTarget.Flash);
        Assert.True((await board.GetPartAsync()).IsLoaded);
        await board.GetStatusAsync();

        IReadOnlyList<string> plan = await board.PlanLoadAsync(Write(4), LoadTarget.Flash);
        Assert.Contains(plan, step => step.Contains("spare slot", StringComparison.Ordinal));

        // Through the process that holds the board, as every other process does it.
        await using OffloadBoard client = await OffloadBoard.ConnectAsync(SocketPath, new OffloadBoardOptions());
        Assert.Equal(plan, await client.PlanLoadAsync(Write(4), LoadTarget.Flash));
        await client.LoadBitstreamAsync(Write(4), LoadTarget.Flash);
        Assert.True((await client.GetPartAsync()).IsLoaded);
        await client.GetStatusAsync();
    }

    [SkippableFact]
    public async Task A_load_that_fails_leaves_a_board_that_says_what_it_is()
    {
        Skip.IfNot(File.Exists(CoreFile), "the virtual board is not built: firmware-tools/build-virtual-board.sh");
        VirtualEcp5Provider provider = new(Options());
        VirtualEcp5Hardware? hardware = null;
        await using OffloadBoard board = await OpenAsync(new Spy(provider, opened => hardware = opened));
        await board.LoadBitstreamAsync(Write(2), LoadTarget.Golden);
        await board.LoadBitstreamAsync(Write(3), LoadTarget.Flash);

        // As before: it started again from the flash, and its engine is on again.
        hardware!.Flash.WornOut = new FlashLayout(hardware.Flash.Cells.Length).Spare + 0x100;
        LoadFailedException failed = await Assert.ThrowsAsync<LoadFailedException>(async () => await board.LoadBitstreamAsync(Write(5), LoadTarget.Flash));
        Assert.Contains("worn out", failed.Message, StringComparison.Ordinal);
        Assert.Equal(RegisterMap.Hash, (await board.GetIdentityAsync()).MapHash);
        await board.GetStatusAsync();

        // Needs recovery: nothing runs, and the board says so until the next load.
        hardware.Chain.SpikeAt = hardware.Chain.Clocks + 500_000;
        await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await board.LoadBitstreamAsync(Write(5)));
        Assert.Equal(OffloadError.NoBitstream, (await Assert.ThrowsAsync<OffloadException>(async () => await board.GetStatusAsync())).Code);
        await board.LoadBitstreamAsync(Write(6));
        await board.GetStatusAsync();
    }

    [Fact]
    public void The_models_of_boards_are_those_of_their_board_files()
    {
        string boards = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(CoreFile)!, "..", "..", "boards"));
        foreach (string board in VirtualEcp5Options.Known)
        {
            VirtualEcp5Options options = VirtualEcp5Options.For(board, CoreFile, new VirtualBoardOptions());
            string yaml = File.ReadAllText(Path.Combine(boards, board, "board.yaml"));
            Assert.Contains($"\nidcode: 0x{options.IdCode:x8}\n", yaml, StringComparison.Ordinal);
            Assert.Contains($"flash: {{kind: spi-nor, bytes: {options.FlashLength}}}", yaml, StringComparison.Ordinal);
        }
    }

    private static VirtualEcp5Options Options() => new()
    {
        Board = "versa-5g",
        IdCode = Streams.Lfe5um5g45,
        FlashLength = 1 << 20,
        CoreFile = CoreFile,
        Ports = new VirtualBoardOptions { Id = "versa:model", Trust = BitstreamTrust.OwnFilesOnly },
    };

    private ValueTask<OffloadBoard> OpenAsync(BoardProvider? provider = null)
    {
        OffloadBoardOptions options = new() { RuntimeDirectory = _folder.FullName, SocketPath = SocketPath };
        options.Providers.Add(provider ?? new VirtualEcp5Provider(Options()));
        return OffloadBoard.OpenAsync("versa:model", options);
    }

    private string Write(uint userCode)
    {
        string path = Path.Combine(_folder.FullName, $"{userCode}.obit");
        File.WriteAllBytes(path, BitstreamWriter.Pack(
            "versa-5g", Streams.Lfe5um5g45, "1.2.3", RegisterMap.Canonical, BitstreamPayload.Ecp5, Streams.WithUserCode(Streams.Read("lfe5um5g-45f-compressed"), userCode)));
        return path;
    }

    /// <summary>Shows the board that is opened.</summary>
    private sealed class Spy(VirtualEcp5Provider provider, Action<VirtualEcp5Hardware> opened) : BoardProvider
    {
        public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) => provider.DiscoverAsync(cancellationToken);

        public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
        {
            BoardHardware hardware = await provider.OpenAsync(board, cancellationToken);
            opened((VirtualEcp5Hardware)hardware);
            return hardware;
        }
    }
}
