using Offload.Boards;
using Offload.Links.Usb;
using Offload.Programming.Jtag;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Parts;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.Programming.Tests;

/// <summary>
/// A board that is found at USB is loaded through the MPSSE of its own chip: FT2232H, JTAG at channel A, the register link at channel B, all of them models.
/// tests/Offload.Rig does the same through libusb and a kernel.
/// </summary>
public sealed class UsbLoadTests : ModelBoardTest
{
    private const string Id = "versa-5g:OFF00007";

    private FtdiChip? _chip;

    public override Task DisposeAsync()
    {
        _chip?.Unplug();
        return base.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_board_is_found_loaded_and_runs_the_core_of_its_container()
    {
        await PlugAsync();
        await using OffloadBoard board = await OpenAsync();
        Assert.False((await board.GetPartAsync()).IsLoaded);
        Assert.Equal(OffloadError.NoBitstream, (await Assert.ThrowsAsync<OffloadException>(async () => await board.GetStatusAsync())).Code);
        IReadOnlyList<string> plan = await board.PlanLoadAsync(Write(1), LoadTarget.Core);
        Assert.Contains(plan, step => step.Contains("0x81112043", StringComparison.Ordinal));
        Assert.False(Model.Part.IsRunning);

        List<LoadProgress> progress = [];
        await board.LoadBitstreamAsync(Write(1), new ImmediateProgress(progress.Add));
        Assert.Equal([LoadStage.Verifying, LoadStage.Transferring, LoadStage.Starting, LoadStage.Done], progress.Select(p => p.Stage).Distinct());
        Assert.Equal((true, 1u), (Model.Part.IsRunning, Model.Part.UserCode));
        Assert.Equal(RegisterMap.Hash, (await board.GetIdentityAsync()).MapHash);
        BoardPart part = await board.GetPartAsync();
        Assert.Equal(("versa-5g", 0x81112043u, true, "1.2.3"), (part.BoardName, part.IdCode, part.IsLoaded, part.LoadedVersion));

        // Over the one that runs; and by another process, which asks the holder.
        await using OffloadBoard client = await OffloadBoard.ConnectAsync(board.Description.SocketPath!, new OffloadBoardOptions());
        await client.LoadBitstreamAsync(Write(2));
        Assert.Equal(2u, Model.Part.UserCode);
        Assert.Equal(RegisterMap.Hash, (await client.GetIdentityAsync()).MapHash);
    }

    [Fact]
    public void What_is_known_of_a_board_is_what_its_board_file_says()
    {
        string boards = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(BoardTests.CoreFile)!, "..", "..", "boards"));
        foreach (UsbBoardKind kind in UsbBoardKind.Known)
        {
            string yaml = File.ReadAllText(Path.Combine(boards, kind.Name, "board.yaml"));
            Assert.Contains($"\nidcode: 0x{kind.IdCode:x8}\n", yaml, StringComparison.Ordinal);
            Assert.Contains($"flash: {{kind: spi-nor, bytes: {kind.FlashLength}}}", yaml, StringComparison.Ordinal);
            Assert.Contains($"\n    baud: {kind.Baud} ", yaml, StringComparison.Ordinal);
            if (kind.JtagChannel is { } channel) Assert.Contains($"jtag: FT2232H channel {(char)('A' + channel)}", yaml, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Who_opens_it_later_finds_it_loaded()
    {
        await PlugAsync();
        await using (OffloadBoard board = await OpenAsync())
        {
            await board.LoadBitstreamAsync(Write(1));
        }

        await using OffloadBoard again = await OpenAsync(options => options.Link = new() { AnswerTimeout = Patience, FirstAnswerTimeout = Patience });
        Assert.True((await again.GetPartAsync()).IsLoaded);
        Assert.Equal(RegisterMap.Hash, (await again.GetIdentityAsync()).MapHash);
    }

    [SkippableFact]
    public async Task It_is_loaded_into_its_flash_too()
    {
        await PlugAsync();
        await using OffloadBoard board = await OpenAsync();
        await board.LoadBitstreamAsync(Write(1), LoadTarget.Golden);
        Assert.Equal(1u, Model.Part.UserCode);
        await board.LoadBitstreamAsync(Write(2), LoadTarget.Flash);
        Assert.Equal((2u, (int?)0), (Model.Part.UserCode, Model.Part.BootAddress));
        await board.GetStatusAsync();
    }

    [SkippableFact]
    public async Task A_container_that_is_refused_leaves_the_board_at_work()
    {
        await PlugAsync();
        await using OffloadBoard board = await OpenAsync();
        await board.LoadBitstreamAsync(Write(1));
        string other = Write(2, board: "colorlight-i9");
        Assert.Equal(BitstreamRejection.WrongBoard, (await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await board.LoadBitstreamAsync(other))).Reason);
        Assert.Equal((true, 1u), (Model.Part.IsRunning, Model.Part.UserCode));
        await board.GetStatusAsync();
    }

    [SkippableFact]
    public async Task A_core_with_another_register_map_stays_off()
    {
        await PlugAsync(target => new OtherMap(target));
        await using OffloadBoard board = await OpenAsync();
        Assert.Equal(OffloadError.RegisterMapMismatch, (await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)))).Code);
        Assert.Equal(OffloadError.RegisterMapMismatch, (await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.GetStatusAsync())).Code);
        uint[] control = new uint[1];
        await Model.Link.ReadAsync(RegisterMap.Control.Control.Address, control);
        Assert.Equal(0u, RegisterMap.Control.Control.Enable.Get(control[0]));
    }

    [SkippableFact]
    public async Task A_design_without_this_link_is_told_from_one_that_did_not_load()
    {
        await PlugAsync(wired: false);
        await using OffloadBoard board = await OpenAsync(options => options.StartTimeout = TimeSpan.FromMilliseconds(100));
        BoardNeedsRecoveryException silent = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Contains("nothing answers at the board's register link (Uart, channel B)", silent.Message, StringComparison.Ordinal);
        Assert.True(Model.Part.IsRunning);
    }

    [SkippableFact]
    public async Task A_board_works_while_another_program_has_its_JTAG()
    {
        await PlugAsync();
        await using OffloadBoard board = await OpenAsync();
        await board.LoadBitstreamAsync(Write(1));
        await using (UsbTransport other = Bus.Open(Bus.List()[0]))
        {
            other.Claim(0);
            Assert.Equal(OffloadError.BoardBusy, (await Assert.ThrowsAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(2)))).Code);
            await board.GetStatusAsync();
        }

        await board.LoadBitstreamAsync(Write(2));
        Assert.Equal(2u, Model.Part.UserCode);
    }

    [SkippableFact]
    public async Task A_load_that_fails_leaves_nothing_and_the_next_one_works()
    {
        await PlugAsync();
        await using OffloadBoard board = await OpenAsync();
        await board.LoadBitstreamAsync(Write(1));
        Model.Chain.SpikeAt = Model.Chain.Clocks + 500_000;
        BoardNeedsRecoveryException failed = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await board.LoadBitstreamAsync(Write(2)));
        Assert.Contains("runs nothing now", failed.Message, StringComparison.Ordinal);
        Assert.Equal(OffloadError.NoBitstream, (await Assert.ThrowsAsync<OffloadException>(async () => await board.GetStatusAsync())).Code);
        await board.LoadBitstreamAsync(Write(3));
        await board.GetStatusAsync();
    }

    [SkippableFact]
    public async Task Where_PROGRAMN_is_wired_a_load_that_fails_starts_the_flash_again()
    {
        await PlugAsync();
        PartLines lines = new(Model.Part);
        await using (OffloadBoard board = await OpenAsync(options => options.ConfigurationLines = _ => lines))
        {
            await board.LoadBitstreamAsync(Write(1), LoadTarget.Golden);
            await board.LoadBitstreamAsync(Write(2));
            Model.Chain.SpikeAt = Model.Chain.Clocks + 500_000;
            BoardNeedsRecoveryException failed = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await board.LoadBitstreamAsync(Write(3)));
            Assert.Contains("CRC error", failed.Message, StringComparison.Ordinal);
            Assert.Contains("PROGRAMN has started the part from its flash", failed.Message, StringComparison.Ordinal);
            Assert.Equal((true, 1u), (Model.Part.IsRunning, Model.Part.UserCode));
            await board.GetStatusAsync();
            Assert.Null((await board.GetPartAsync()).LoadedVersion);
        }

        Assert.True(lines.IsDisposed);
    }

    [SkippableFact]
    public async Task Lines_of_another_board_are_noticed_before_anything_is_done()
    {
        await PlugAsync();
        Ecp5Part other = new(Streams.Lfe5um5g45);
        await using OffloadBoard board = await OpenAsync(options => options.ConfigurationLines = _ => new PartLines(other) { AlwaysDone = true });
        OffloadException wrong = await Assert.ThrowsAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Equal(OffloadError.LinkFault, wrong.Code);
        Assert.Contains("leads to another board", wrong.Message, StringComparison.Ordinal);
        Assert.False(Model.Part.IsRunning);
    }

    [SkippableFact]
    public async Task A_board_that_is_unplugged_in_a_load_can_be_loaded_when_it_is_back()
    {
        await PlugAsync();
        await using (OffloadBoard board = await OpenAsync())
        {
            ImmediateProgress pull = new(p =>
            {
                if (p.BytesDone > 20_000)
                {
                    _chip!.Unplug();
                }
            });
            BoardGoneException gone = await Assert.ThrowsAsync<BoardGoneException>(async () => await board.LoadBitstreamAsync(Write(1), pull).AsTask().WaitAsync(Patience));
            Assert.Contains("was being loaded", gone.Message, StringComparison.Ordinal);
        }

        PlugChip();
        await using OffloadBoard again = await OpenAsync();
        await again.LoadBitstreamAsync(Write(2));
        Assert.Equal(RegisterMap.Hash, (await again.GetIdentityAsync()).MapHash);
    }

    private async Task PlugAsync(Func<LinkTarget, LinkTarget>? target = null, bool wired = true)
    {
        await MakeModelAsync(target, wired);
        PlugChip();
    }

    private void PlugChip() => Bus.Plug(0, _chip = new FtdiChip(new FtdiChipOptions
    {
        SerialNumber = Id[(Id.IndexOf(':', StringComparison.Ordinal) + 1)..],
        ChannelA = new FtdiMpsse(Model.Chain),
        ChannelB = LinkEnd,
    }));

    private ValueTask<OffloadBoard> OpenAsync(Action<UsbBoardOptions>? configure = null) => OpenAsync(Id, usb =>
    {
        UsbBoardKind versa = usb.Kinds[0];
        usb.Kinds.Clear();
        usb.Kinds.Add(versa with { FlashLength = FlashLength });
        configure?.Invoke(usb);
    });

    /// <summary>The pins of a part.</summary>
    private sealed class PartLines(Ecp5Part part) : ConfigurationLines
    {
        internal bool AlwaysDone { get; init; }

        internal bool IsDisposed { get; private set; }

        public override void SetProgramN(bool level) => part.SetProgramN(level);

        public override bool ReadInitN() => part.InitN;

        public override bool ReadDone() => AlwaysDone || part.Done;

        public override void Dispose() => IsDisposed = true;
    }

    /// <summary>A board whose core says another hash of its register map.</summary>
    private sealed class OtherMap(LinkTarget board) : LinkTarget
    {
        private Registers? _registers;

        public override ValueTask<bool> PerformAsync(Action<ILinkRegisters> work) =>
            board.PerformAsync(inner => work(_registers?.Inner == inner ? _registers : _registers = new Registers(inner)));

        private sealed class Registers(ILinkRegisters inner) : ILinkRegisters
        {
            internal ILinkRegisters Inner => inner;

            public bool Interrupt => inner.Interrupt;

            public AxiResponse Read(uint address, Span<uint> words)
            {
                AxiResponse response = inner.Read(address, words);
                uint at = RegisterMap.Identity.MapHash.Address - address;
                if (RegisterMap.Identity.MapHash.Address >= address && at / sizeof(uint) < words.Length)
                {
                    words[(int)(at / sizeof(uint))] ^= 1;
                }

                return response;
            }

            public AxiResponse Write(uint address, uint word) => inner.Write(address, word);
        }
    }
}
