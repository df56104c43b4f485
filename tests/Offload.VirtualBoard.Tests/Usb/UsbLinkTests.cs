using Offload.Boards;
using Offload.Links;
using Offload.Links.Usb;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>What boards at USB do besides being a register link, in process and behind a real host controller: the same tests.</summary>
public abstract class UsbLinkTests
{
    private const byte UartIn = 0x83;
    private const byte UartOut = 0x04;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int MostAttempts = 50;
    private static readonly uint Staging = RegisterMap.Listener.Staging.Address;

    /// <summary>The rig, with both boards plugged in and without faults.</summary>
    private protected abstract Task<UsbBench> StartAsync();

    [SkippableFact]
    public async Task Two_boards_are_told_apart_by_their_serial_numbers()
    {
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider();
        IReadOnlyList<BoardDescription> found = await provider.DiscoverAsync();
        Assert.Equal(["versa-5g:" + UsbRig.UartSerial, "versa-5g:" + UsbRig.FifoSerial], found.Select(board => board.Id).Order(StringComparer.Ordinal));
        Assert.All(found, board => Assert.Equal("versa-5g", board.Kind));

        await using BoardHardware uart = await provider.OpenAsync(found.Single(board => board.Id.EndsWith(UsbRig.UartSerial, StringComparison.Ordinal)));
        await using BoardHardware fifo = await provider.OpenAsync(found.Single(board => board.Id.EndsWith(UsbRig.FifoSerial, StringComparison.Ordinal)));
        await uart.Link.WriteAsync(Staging, new uint[] { 1 });
        await fifo.Link.WriteAsync(Staging, new uint[] { 2 });
        Assert.Equal((1u, 2u), (await ReadAsync(uart.Link), await ReadAsync(fifo.Link)));
    }

    [SkippableFact]
    public async Task A_board_is_opened_once_at_a_time()
    {
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider();
        BoardDescription board = (await provider.DiscoverAsync())[0];
        await using (await provider.OpenAsync(board))
        {
            OffloadException busy = await Assert.ThrowsAsync<OffloadException>(async () => await provider.OpenAsync(board));
            Assert.Equal(OffloadError.BoardBusy, busy.Code);
        }

        await using BoardHardware again = await provider.OpenAsync(board);
        _ = await ReadAsync(again.Link);
    }

    [SkippableFact]
    public async Task A_board_that_is_pulled_out_is_gone_at_once_and_can_be_opened_again()
    {
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider();
        BoardDescription board = await FindAsync(provider, UsbRig.FifoSerial);
        await using (BoardHardware hardware = await provider.OpenAsync(board))
        {
            Task interrupt = hardware.Link.WaitForInterruptAsync().AsTask();
            Task<uint> reading = ReadForeverAsync(hardware.Link);
            await Task.Delay(50);
            await bench.UnplugAsync(1);
            await Assert.ThrowsAsync<BoardGoneException>(() => reading.WaitAsync(Patience));
            await Assert.ThrowsAsync<BoardGoneException>(() => interrupt.WaitAsync(Patience));
            await Assert.ThrowsAsync<BoardGoneException>(async () => await ReadAsync(hardware.Link));
        }

        await Eventually.TrueAsync(() => Boards(bench) == 1, "the board is still listed");
        await Assert.ThrowsAsync<BoardGoneException>(async () => await provider.OpenAsync(board));
        await bench.PlugAsync(1);
        await Eventually.TrueAsync(() => Boards(bench) == 2, "the board is not listed again");
        await using BoardHardware again = await provider.OpenAsync(board);
        _ = await ReadAsync(again.Link);
    }

    [SkippableFact]
    public async Task A_board_that_is_pulled_out_in_mid_burst_is_gone()
    {
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider();
        await using BoardHardware hardware = await provider.OpenAsync(await FindAsync(provider, UsbRig.UartSerial));
        await bench.FailAsync(0, UartIn, UsbFault.Unplug, after: 3);
        await Assert.ThrowsAsync<BoardGoneException>(() => ReadForeverAsync(hardware.Link).WaitAsync(Patience));
        await bench.PlugAsync(0);
    }

    [SkippableTheory]
    [InlineData((int)UsbFault.Error)]
    [InlineData((int)UsbFault.Stall)]
    [InlineData((int)UsbFault.Shortened)]
    [InlineData((int)UsbFault.Garbage)]
    public async Task A_failed_transfer_is_an_error_or_nothing_and_never_a_wrong_word(int kind)
    {
        UsbFault fault = (UsbFault)kind;
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider(options => options.Link = options.Link with { AnswerTimeout = TimeSpan.FromMilliseconds(300) });
        await using BoardHardware hardware = await provider.OpenAsync(await FindAsync(provider, UsbRig.UartSerial));
        uint last = 0;
        await WriteQuietlyAsync(hardware.Link, last);
        int errors = 0;
        for (int round = 0; round < 8; round++)
        {
            await bench.FailAsync(0, round % 2 == 0 ? UartIn : UartOut, fault, after: (byte)(round / 2 % 3));
            uint next = (uint)(0x1000 + round);
            HashSet<uint> possible = [last, next];
            for (int access = 0; access < 4; access++)
            {
                try
                {
                    if (access == 0)
                    {
                        await hardware.Link.WriteAsync(Staging, new uint[] { next });
                        _ = possible.Remove(last);
                    }
                    else
                    {
                        Assert.Contains(await ReadAsync(hardware.Link), possible);
                    }
                }
                catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
                {
                    errors++;
                }
            }

            await bench.FailAsync(0, 0, UsbFault.None);
            last = await ReadQuietlyAsync(hardware.Link);
            Assert.Contains(last, possible);
        }

        Assert.InRange(errors, 1, 32);
    }

    [SkippableFact]
    public async Task A_board_that_only_stalls_is_given_up()
    {
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider(options => options.Link = options.Link with { AnswerTimeout = TimeSpan.FromMilliseconds(300) });
        await using BoardHardware hardware = await provider.OpenAsync(await FindAsync(provider, UsbRig.UartSerial));
        await bench.FailAsync(0, UartIn, UsbFault.Stall, count: 255);
        OffloadException? last = null;
        for (int i = 0; i < 50 && last is not BoardGoneException; i++)
        {
            try
            {
                _ = await ReadAsync(hardware.Link); // may still find a transfer that began before
            }
            catch (OffloadException exception)
            {
                last = exception;
            }
        }

        Assert.IsType<BoardGoneException>(last);
        await bench.FailAsync(0, 0, UsbFault.None);
    }

    [SkippableFact]
    public async Task A_table_is_read_with_several_programs_on_their_way()
    {
        const int entries = 128, each = 16;
        await using UsbBench bench = await StartAsync();
        UsbBoardProvider provider = bench.Provider();
        await using BoardHardware hardware = await provider.OpenAsync(await FindAsync(provider, UsbRig.FifoSerial));
        List<LinkProgram> programs = [.. Enumerable.Range(0, entries / each).Select(i => TableProgram.Of(i * each, each))];
        uint[] answers = new uint[entries * TableProgram.Stride];
        Assert.Equal(answers.Length, await ((UsbRegisterLink)hardware.Link).RunAsync(programs, answers));
        for (int i = 0; i < entries; i++)
        {
            Assert.Equal((uint)i, RegisterMap.TableRead.Status.Index.Get(answers[i * TableProgram.Stride]));
        }
    }

    private static int Boards(UsbBench bench) => bench.Bus.List().Count(device => device.VendorId == 0x0403);

    private static async Task<BoardDescription> FindAsync(UsbBoardProvider provider, string serial) =>
        (await provider.DiscoverAsync()).Single(board => board.Id.EndsWith(serial, StringComparison.Ordinal));

    private static async Task<uint> ReadAsync(RegisterLink link)
    {
        uint[] word = new uint[1];
        await link.ReadAsync(Staging, word);
        return word[0];
    }

    private static async Task<uint> ReadForeverAsync(RegisterLink link)
    {
        uint[] words = new uint[RegisterMap.Listener.Staging.Words];
        while (true)
        {
            await link.ReadAsync(Staging, words);
        }
    }

    private static async Task WriteQuietlyAsync(RegisterLink link, uint word)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await link.WriteAsync(Staging, new[] { word });
                return;
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault && attempt < MostAttempts)
            {
                await Task.Delay(1);
            }
        }
    }

    // What a fault left behind may take one more access with it, and a machine that is busy for so long another.
    private static async Task<uint> ReadQuietlyAsync(RegisterLink link)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(link);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault && attempt < MostAttempts)
            {
                await Task.Delay(1);
            }
        }
    }
}

/// <summary>The program that reads entries of the connection table.</summary>
internal static class TableProgram
{
    /// <summary>Words of an entry's answer: the status, and the entry.</summary>
    internal const int Stride = 1 + EntryLayout.Words;

    internal static LinkProgram Of(int first, int entries) => new LinkProgram()
        .Repeat(entries)
        .Write(RegisterMap.TableRead.Go.Address, (uint)first)
        .Wait(RegisterMap.TableRead.Status.Address, RegisterMap.TableRead.Status.Busy.Mask, 0)
        .Read(RegisterMap.TableRead.Entry.Address, EntryLayout.Words);
}

/// <summary>In process: the transfers go to the chip's model directly.</summary>
public sealed class InProcessUsbLinkTests : UsbLinkTests
{
    private protected override async Task<UsbBench> StartAsync() => (await UsbBench.InProcessAsync()).Bench;
}

/// <summary>The link's contract over the UART of an FT2232H, in process.</summary>
public sealed class UartLinkContractTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => await UsbLinkUnderTest.OpenAsync((await UsbBench.InProcessAsync()).Bench, UsbRig.UartSerial);
}

/// <summary>The link's contract over the synchronous FIFO of an FT2232H, in process.</summary>
public sealed class FifoLinkContractTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => await UsbLinkUnderTest.OpenAsync((await UsbBench.InProcessAsync()).Bench, UsbRig.FifoSerial);
}

/// <summary>The link's contract over no bus at all.</summary>
public sealed class VirtualLinkContractTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => new Own((await UsbBench.InProcessAsync()).Rig);

    private sealed class Own(UsbRig rig) : LinkUnderTest
    {
        public override RegisterLink Link => rig.Boards[0].Link;

        public override ValueTask DisposeAsync() => rig.DisposeAsync();
    }
}

/// <summary>A board that was opened at USB.</summary>
internal sealed class UsbLinkUnderTest(UsbBench bench, BoardHardware hardware) : LinkUnderTest
{
    public override RegisterLink Link => hardware.Link;

    internal static async Task<UsbLinkUnderTest> OpenAsync(UsbBench bench, string serial)
    {
        UsbBoardProvider provider = bench.Provider();
        BoardDescription board = (await provider.DiscoverAsync()).Single(one => one.Id.EndsWith(serial, StringComparison.Ordinal));
        return new UsbLinkUnderTest(bench, await provider.OpenAsync(board));
    }

    public override async ValueTask DisposeAsync()
    {
        await hardware.DisposeAsync();
        await bench.DisposeAsync();
    }
}
