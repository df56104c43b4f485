using Offload.Programming.Ecp5;
using Offload.Programming.Flash;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>Loading the flash, and what is left where it fails.</summary>
public sealed class FlashTests
{
    private static readonly SpiFlashTimeouts Short = new(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));

    [Fact]
    public async Task A_blank_board_gets_its_golden_image_then_a_working_one()
    {
        Rig rig = new();
        Ecp5Programmer programmer = await rig.OpenAsync();
        BitstreamRejectedException refused = await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(1)), LoadTarget.Flash));
        Assert.Equal(BitstreamRejection.NoGoldenImage, refused.Reason);
        Assert.Equal(-1, rig.Flash.Cells.IndexOfAnyExcept((byte)0xFF));
        await programmer.LoadAsync(Rig.Container(Rig.Image(0x60)), LoadTarget.Golden);
        Assert.Equal((0x60u, (int?)Rig.Layout.Golden, true), (rig.Part.UserCode, rig.Part.BootAddress, programmer.IsLoaded));
        byte[] golden = rig.GoldenBytes();
        for (uint version = 1; version <= 3; version++)
        {
            await programmer.LoadAsync(Rig.Container(Rig.Image(version)), LoadTarget.Flash);
            rig.PowerCycle();
            Assert.Equal((version, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
            Assert.Equal(golden, rig.GoldenBytes());
        }

        FlashImages images = await programmer.ReadFlashAsync();
        Assert.Equal((3u, 0x60u, (int?)Rig.Layout.Golden, (int?)0), (images.Working.UserCode!.Value, images.Golden.UserCode!.Value, images.Jump, images.Starts));
    }

    [Fact]
    public async Task What_is_there_already_is_not_written_again()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        List<FlashOperation> operations = [];
        rig.Flash.Beginning = operations.Add;
        await programmer.LoadAsync(Rig.Container(Rig.Image(1)), LoadTarget.Flash);
        await programmer.LoadAsync(Rig.Container(Rig.Image(2)), LoadTarget.Golden);
        Assert.Empty(operations);
        Assert.Equal((1u, true), (rig.Part.UserCode, rig.Part.IsRunning));
        await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash);
        Assert.DoesNotContain(operations, operation => operation.Address >= Rig.Layout.Golden && operation.Address < Rig.Layout.Golden + Rig.Layout.SlotLength);
        Assert.NotEmpty(operations);
    }

    [Fact]
    public async Task The_golden_image_is_not_replaced_while_the_board_starts_from_it()
    {
        Rig rig = new();
        rig.Install(null, Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        BitstreamRejectedException error = await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(9)), LoadTarget.Golden));
        Assert.Equal((BitstreamRejection.OnlyImage, 2u, true), (error.Reason, rig.Part.UserCode, rig.Part.IsRunning));
        await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash);
        await programmer.LoadAsync(Rig.Container(Rig.Image(9)), LoadTarget.Golden);
        Assert.Equal((3u, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
        rig.Flash.Cells[100] ^= 0xFF;
        rig.PowerCycle();
        Assert.Equal((9u, (int?)Rig.Layout.Golden), (rig.Part.UserCode, rig.Part.BootAddress));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flash_that_does_not_erase_or_is_protected_leaves_a_board_that_starts(bool isProtected)
    {
        foreach (int area in new[] { Rig.Layout.Spare, Rig.Layout.JumpSector, FlashLayout.Working })
        {
            Rig rig = new();
            rig.Install(Rig.Image(1), Rig.Image(2), spare: Rig.Image(8));
            byte[] golden = rig.GoldenBytes();
            Ecp5Programmer programmer = await rig.OpenAsync();
            rig.Flash.WornOut = isProtected ? null : area + 0x110;
            rig.Flash.Protected = isProtected ? (area, area + 0x1000) : null;
            if (area == Rig.Layout.JumpSector)
            {
                rig.Flash.WornOut = isProtected ? null : Rig.Layout.Jump + 100;
            }

            Exception? error = await Record.ExceptionAsync(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash));
            if (area == Rig.Layout.Spare)
            {
                Assert.IsType<LoadFailedException>(error);
            }
            else
            {
                Assert.IsType<BoardNeedsRecoveryException>(error);
            }

            Assert.Contains(isProtected ? "block protection" : "worn out", error!.Message, StringComparison.Ordinal);
            rig.PowerCycle();
            Assert.Equal(area == FlashLayout.Working && !isProtected ? 3u : 1u, rig.Part.UserCode);
            Assert.Equal(golden, rig.GoldenBytes());
            rig.Flash.WornOut = null;
            rig.Flash.Protected = null;
            await programmer.LoadAsync(Rig.Container(Rig.Image(4)), LoadTarget.Flash);
            Assert.Equal((4u, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
        }
    }

    [Fact]
    public async Task A_flash_that_is_missing_or_another_one_is_named_and_the_board_runs_on_or_says_that_it_does_not()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        rig.Flash.IsMissing = true;
        BoardNeedsRecoveryException missing = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash));
        Assert.Contains("JEDEC id reads as 0xffffff", missing.Message, StringComparison.Ordinal);
        Assert.False(programmer.IsLoaded);
        rig.Flash.IsMissing = false;

        Ecp5Programmer other = await Ecp5Programmer.OpenAsync(new Ecp5ProgrammerOptions
        {
            BoardName = Rig.Board,
            IdCode = Streams.Lfe5u25,
            FlashLength = 1 << 22,
            Trust = BitstreamTrust.OwnFilesOnly,
            OpenPort = _ => ValueTask.FromResult<Jtag.JtagPort>(new VirtualJtagPort(rig.Chain)),
        });
        LoadFailedException size = await Assert.ThrowsAsync<LoadFailedException>(async () => await other.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash));
        Assert.Contains("1,048,576", size.Message, StringComparison.Ordinal);
        Assert.Equal((1u, true), (rig.Part.UserCode, rig.Part.IsRunning));
    }

    [Fact]
    public async Task A_flash_that_stays_busy_ends_the_load()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync(timeouts: Short);
        rig.Flash.StaysBusy = true;
        BoardNeedsRecoveryException error = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash));
        Assert.Contains("still busy", error.Message, StringComparison.Ordinal);
        rig.Flash.StaysBusy = false;
        rig.PowerCycle();
        Assert.Equal(1u, rig.Part.UserCode);
    }

    [Fact]
    public async Task A_flash_is_not_called_broken_for_a_host_that_is_held_up()
    {
        SpiFlashPart part = new(1 << 20);
        SpiFlash flash = await SpiFlash.IdentifyAsync(new DirectSpi(part, () => Thread.Sleep(part.IsBusy ? 2 * Short.Program : TimeSpan.Zero)), Short);
        byte[] page = [1, 2, 3];
        await flash.ProgramPageAsync(0, page);
        Assert.Equal(page, part.Cells[..page.Length].ToArray());
    }

    [Fact]
    public async Task A_design_that_came_without_the_flash_is_said_to_be_lost()
    {
        Rig rig = new();
        Ecp5Programmer programmer = await rig.OpenAsync();
        await programmer.LoadAsync(Rig.Container(Rig.Image(1)));
        await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash));
        Assert.False(rig.Part.IsRunning || programmer.IsLoaded);
    }

    [Fact]
    public async Task A_payload_that_is_longer_than_a_slot_is_refused()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        BitstreamFile file = Rig.Container(Streams.Read("lfe5u-25f"));
        Assert.Equal(BitstreamRejection.TooLong, (await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.LoadAsync(file, LoadTarget.Flash))).Reason);
        Assert.Equal(1u, rig.Part.UserCode);
    }

    [Fact]
    public async Task A_cancellation_is_heard_until_the_new_image_is_whole_somewhere()
    {
        foreach (long at in new[] { 0, 50_000, 150_000 })
        {
            Rig rig = new();
            rig.Install(Rig.Image(1), Rig.Image(2));
            Ecp5Programmer programmer = await rig.OpenAsync();
            using CancellationTokenSource cancel = new();
            ImmediateProgress progress = new(p => { if (p.Stage == LoadStage.Transferring && p.BytesDone >= at) { cancel.Cancel(); } });
            Exception? error = await Record.ExceptionAsync(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash, progress, cancel.Token));
            bool heard = at < 100_000;
            Assert.Equal(heard, error is OperationCanceledException);
            Assert.Equal((heard ? 1u : 3u, true), (rig.Part.UserCode, rig.Part.IsRunning));
        }
    }

    [Fact]
    public void A_jump_page_is_read_as_it_is_written_and_nothing_else_is_one()
    {
        byte[] page = FlashLayout.JumpPage(0x123456);
        Assert.Equal(0x123456, FlashLayout.JumpTarget(page));
        for (int index = 0; index < page.Length; index++)
        {
            byte[] bent = [.. page];
            bent[index] ^= 0x40;
            Assert.NotEqual(0x123456, FlashLayout.JumpTarget(bent));
        }
    }
}
