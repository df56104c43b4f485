using Offload.Programming.Ecp5;
using Offload.Programming.Flash;
using Offload.VirtualBoard.Parts;
using Xunit.Abstractions;

namespace Offload.Programming.Tests;

/// <summary>
/// An update of the flash loses power before every erase and every programming, and in the middle of each in three ways: the board starts the old image
/// or the new one, always. What an operation was changing is undefined then. The cuts are looked at beside the update, on copies of the flash.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const uint Old = 0x0001;
    private const uint New = 0x0002;
    private const uint Golden = 0x0060;
    private const int WaysToBeInterrupted = 3;

    /// <summary>Bytes in which a part looks for a preamble: few, and all to the flash's end.</summary>
    private static readonly int[] Windows = [4096, Rig.FlashLength];

    [Fact]
    public async Task An_update_starts_the_old_image_or_the_new_wherever_power_goes()
    {
        Rig rig = new();
        rig.Install(Rig.Image(Old), Rig.Image(Golden));
        await CheckAsync(rig, Rig.Image(New), LoadTarget.Flash, [Old, New]);
        Assert.Equal((New, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
    }

    [Fact]
    public async Task An_update_of_a_board_that_starts_from_golden_starts_golden_or_the_new_image()
    {
        Rig rig = new();
        rig.Install(null, Rig.Image(Golden));
        await CheckAsync(rig, Rig.Image(New), LoadTarget.Flash, [Golden, New]);
    }

    [Fact]
    public async Task An_update_after_an_interrupted_one_starts_what_started_or_the_new_image()
    {
        // The one before was cut off while it replaced the working image: the board starts from the spare slot.
        Rig rig = new();
        rig.Install(null, Rig.Image(Golden), jump: Rig.Layout.Spare, spare: Rig.Image(Old));
        await CheckAsync(rig, Rig.Image(New), LoadTarget.Flash, [Old, New]);
        Assert.Equal(Rig.Layout.Golden, FlashLayout.JumpTarget(rig.Flash.Cells[Rig.Layout.Jump..]));
        // Or before the jump was led back: working and spare are the same.
        rig.Install(Rig.Image(Old), Rig.Image(Golden), jump: Rig.Layout.Spare, spare: Rig.Image(Old));
        await CheckAsync(rig, Rig.Image(New), LoadTarget.Flash, [Old, New]);
    }

    [Fact]
    public async Task A_new_golden_image_never_stops_the_working_one()
    {
        Rig rig = new();
        rig.Install(Rig.Image(Old), Rig.Image(Golden));
        await CheckAsync(rig, Rig.Image(New), LoadTarget.Golden, [Old]);
    }

    [Theory]
    [InlineData(LoadTarget.Flash)]
    [InlineData(LoadTarget.Golden)]
    public async Task The_check_finds_an_update_that_is_none(LoadTarget mutant)
    {
        // In place, as most loaders do it: the board starts golden meanwhile, or nothing where the golden image is what is replaced.
        Rig rig = new();
        rig.Install(mutant == LoadTarget.Flash ? Rig.Image(Old) : null, Rig.Image(Golden));
        List<string> wrong = [];
        int cuts = 0;
        Watch(rig, [Old, New], wrong, () => cuts++);
        int slot = mutant == LoadTarget.Flash ? FlashLayout.Working : Rig.Layout.Golden;
        byte[] image = Rig.Image(New);
        DirectSpi spi = new(rig.Flash);
        SpiFlash flash = await SpiFlash.IdentifyAsync(spi);
        for (int block = 0; block < image.Length; block += SpiFlash.BlockLength)
        {
            await flash.EraseBlockAsync(slot + block);
        }

        for (int page = 0; page < image.Length; page += SpiFlash.PageLength)
        {
            await flash.ProgramPageAsync(slot + page, image.AsMemory(page, Math.Min(SpiFlash.PageLength, image.Length - page)));
        }

        Assert.True(wrong.Count > cuts / 2, $"{wrong.Count} of {cuts}");
    }

    [Fact]
    public async Task A_board_that_lost_power_in_an_update_takes_the_next_one()
    {
        int operations = await CountAsync();
        for (int cut = 1; cut < operations; cut += Math.Max(1, operations / 23))
        {
            Rig rig = new();
            rig.Install(Rig.Image(Old), Rig.Image(Golden));
            byte[] golden = rig.GoldenBytes();
            int seen = 0;
            int at = cut;
            rig.Flash.Beginning = operation =>
            {
                if (++seen == at)
                {
                    SpiFlashPart.Scramble(rig.Flash.Cells, operation, rig.Flash.PageBeingProgrammed, at % WaysToBeInterrupted);
                    rig.Chain.UnplugAfter = 0;
                    throw new BoardGoneException("The board has lost power.");
                }
            };
            Ecp5Programmer programmer = await rig.OpenAsync();
            await Assert.ThrowsAsync<BoardGoneException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(New)), LoadTarget.Flash));
            rig.Flash.Beginning = null;
            rig.PowerCycle();
            Assert.True(rig.Part is { IsRunning: true, UserCode: Old or New }, $"cut {cut}: {rig.Part.UserCode:x}");
            await programmer.LoadAsync(Rig.Container(Rig.Image(3)), LoadTarget.Flash);
            rig.PowerCycle();
            Assert.Equal((3u, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
            Assert.Equal(golden, rig.GoldenBytes());
            Assert.Equal(Rig.Layout.Golden, FlashLayout.JumpTarget(rig.Flash.Cells[Rig.Layout.Jump..]));
        }
    }

    private static async Task<int> CountAsync()
    {
        Rig rig = new();
        rig.Install(Rig.Image(Old), Rig.Image(Golden));
        int operations = 0;
        rig.Flash.Beginning = _ => operations++;
        await (await rig.OpenAsync()).LoadAsync(Rig.Container(Rig.Image(New)), LoadTarget.Flash);
        return operations;
    }

    private async Task CheckAsync(Rig rig, byte[] image, LoadTarget target, uint[] allowed)
    {
        List<string> wrong = [];
        int cuts = 0;
        byte[] golden = rig.GoldenBytes();
        Watch(rig, allowed, wrong, () => cuts++);
        Ecp5Programmer programmer = await rig.OpenAsync();
        await programmer.LoadAsync(Rig.Container(image), target);
        rig.Flash.Beginning = null;
        if (target == LoadTarget.Flash)
        {
            Assert.Equal(golden, rig.GoldenBytes());
        }

        output.WriteLine($"{cuts:N0} power cuts, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(10)));
        Assert.True(cuts > 100 * (WaysToBeInterrupted + 1), $"only {cuts} cuts were tried");
    }

    /// <summary>Starts a second board from a copy of the flash, as it is before every operation and in its middle.</summary>
    private static void Watch(Rig rig, uint[] allowed, List<string> wrong, Action cut)
    {
        SpiFlashPart copy = new(Rig.FlashLength);
        Ecp5Part part = new(Streams.Lfe5u25, copy);
        int index = 0;
        rig.Flash.Beginning = operation =>
        {
            index++;
            for (int way = -1; way < WaysToBeInterrupted; way++)
            {
                rig.Flash.Cells.CopyTo(copy.Cells);
                if (way >= 0)
                {
                    SpiFlashPart.Scramble(copy.Cells, operation, rig.Flash.PageBeingProgrammed, way);
                }

                part.PreambleWindow = Windows[(index + way) & 1];
                part.PowerOn();
                cut();
                if (!part.IsRunning || !allowed.Contains(part.UserCode))
                {
                    wrong.Add($"operation {index} ({operation}), way {way}: {(part.IsRunning ? $"starts 0x{part.UserCode:x}" : "does not start")}");
                }
            }
        };
    }
}
