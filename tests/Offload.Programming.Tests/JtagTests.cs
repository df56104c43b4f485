using Offload.Programming.Jtag;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>JTAG ports and chain scan, over models of parts: the same by function calls, by lines and through a CMSIS-DAP probe.</summary>
public sealed class JtagTests
{
    private const uint Ecp5 = 0x81112043;

    public enum Way
    {
        Direct,
        Lines,
        Dap64,
        Dap512,
    }

    public static TheoryData<Way> Ways => [Way.Direct, Way.Lines, Way.Dap64, Way.Dap512];

    [Fact]
    public void Every_path_leads_where_it_says()
    {
        foreach (TapState from in Enum.GetValues<TapState>())
        {
            foreach (TapState to in Enum.GetValues<TapState>())
            {
                TapPath path = TapPath.Between(from, to);
                TapState state = from;
                for (int bit = 0; bit < path.Length; bit++)
                {
                    state = TapPath.Next(state, ((path.Tms >> bit) & 1) != 0);
                }

                Assert.Equal(to, state);
            }

            // IEEE 1149.1, 6.1.1: five clocks with TMS high reset from anywhere.
            TapState reset = from;
            for (int clock = 0; clock < 5; clock++)
            {
                reset = TapPath.Next(reset, tms: true);
            }

            Assert.Equal(TapState.TestLogicReset, reset);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_scan_finds_devices_and_instruction_lengths(Way way)
    {
        VirtualJtagChain model = new(new OtherJtagPart(4, null), new OtherJtagPart(8, Ecp5), new OtherJtagPart(5, 0x0BA00477));
        await using JtagPort port = await OpenAsync(way, model);
        JtagChain chain = await JtagChain.ScanAsync(port, new Dictionary<uint, int> { [0x0BA00477] = 5 });
        Assert.Equal([new JtagDevice(0, null, 4), new JtagDevice(1, Ecp5, 8), new JtagDevice(2, 0x0BA00477, 5)], chain.Devices);
        Assert.Equal(1, chain.Find(Ecp5).Position);
        Assert.Equal(TapState.RunTestIdle, port.State);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_shifted_through_comes_out_late_by_the_chains_length(Way way)
    {
        VirtualJtagChain model = new(new OtherJtagPart(4, null), new OtherJtagPart(6, null), new OtherJtagPart(2, null));
        await using JtagPort port = await OpenAsync(way, model);
        await port.ResetAsync();
        Random random = new(1);
        foreach (int count in new[] { 1, 7, 8, 9, 63, 64, 65, 66, 129, 1000, 5003 })
        {
            byte[] data = new byte[(count + 7) / 8];
            random.NextBytes(data);
            byte[] read = new byte[data.Length];
            Array.Fill(read, (byte)0xA5);
            // In two pieces, without leaving the shift state between them.
            int first = count / 2 / 8 * 8;
            if (first > 0)
            {
                await port.ShiftDrAsync(data, first, read, TapState.ShiftDr);
            }

            byte[] rest = new byte[data.Length - (first / 8)];
            await port.ShiftDrAsync(data.AsMemory(first / 8), count - first, rest);
            rest.CopyTo(read, first / 8);
            for (int bit = 0; bit < read.Length * 8; bit++)
            {
                bool expected = bit >= 3 && bit < count && Bit(data, bit - 3);
                Assert.True(expected == Bit(read, bit), $"{way}: bit {bit} of {count}");
            }

            Assert.Equal(TapState.RunTestIdle, port.State);
        }
    }

    [Theory]
    [InlineData(false, "stays low")]
    [InlineData(true, "stays high")]
    public async Task A_TDO_that_is_stuck_is_named(bool level, string expected)
    {
        VirtualJtagChain model = new(new OtherJtagPart(8, Ecp5)) { TdoStuck = level };
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await JtagChain.ScanAsync(new VirtualJtagPort(model)));
        Assert.Equal(OffloadError.LinkFault, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_without_devices_or_with_an_open_TDI_is_told()
    {
        OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await JtagChain.ScanAsync(new VirtualJtagPort(new VirtualJtagChain())));
        Assert.Contains("stays high", none.Message, StringComparison.Ordinal);
        VirtualJtagChain open = new(new OtherJtagPart(8, Ecp5)) { TdiOpen = true };
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await JtagChain.ScanAsync(new VirtualJtagPort(open)));
        Assert.Equal(OffloadError.LinkFault, error.Code);
    }

    [Fact]
    public async Task A_length_that_does_not_add_up_is_refused()
    {
        VirtualJtagChain model = new(new OtherJtagPart(9, Ecp5));
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await JtagChain.ScanAsync(new VirtualJtagPort(model)));
        Assert.Contains("9 bits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_is_not_there_is_listed_against_those_that_are()
    {
        VirtualJtagChain model = new(new OtherJtagPart(8, 0x41113043));
        JtagChain chain = await JtagChain.ScanAsync(new VirtualJtagPort(model));
        OffloadException error = Assert.Throws<OffloadException>(() => chain.Find(Ecp5));
        Assert.Contains("0x81112043; it has 0x41113043", error.Message, StringComparison.Ordinal);
        OffloadException two = await Assert.ThrowsAsync<OffloadException>(async () =>
            (await JtagChain.ScanAsync(new VirtualJtagPort(new VirtualJtagChain(new OtherJtagPart(8, Ecp5), new OtherJtagPart(8, Ecp5))))).Find(Ecp5));
        Assert.Contains("more than one", two.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_device_nearest_to_TDI_can_be_addressed()
    {
        VirtualJtagChain model = new(new OtherJtagPart(8, Ecp5), new OtherJtagPart(4, null));
        VirtualJtagPort port = new(model);
        JtagChain chain = await JtagChain.ScanAsync(port);
        OffloadException error = Assert.Throws<OffloadException>(() => new JtagTarget(port, chain, chain.Find(Ecp5)));
        Assert.Equal(OffloadError.Unsupported, error.Code);
        Assert.Equal(0, new JtagTarget(port, await JtagChain.ScanAsync(new VirtualJtagPort(new VirtualJtagChain(new OtherJtagPart(8, Ecp5)))), new JtagDevice(0, Ecp5, 8)).DevicesBehind);
    }

    [Fact]
    public async Task An_adapter_that_goes_away_says_so()
    {
        VirtualJtagChain model = new(new OtherJtagPart(8, Ecp5)) { UnplugAfter = 50 };
        await Assert.ThrowsAsync<BoardGoneException>(async () => await JtagChain.ScanAsync(new VirtualJtagPort(model)));
        VirtualJtagChain second = new(new OtherJtagPart(8, Ecp5)) { UnplugAfter = 50 };
        await Assert.ThrowsAsync<BoardGoneException>(async () => await JtagChain.ScanAsync(new BitBangJtagPort(new VirtualJtagLines(second))));
    }

    [Fact]
    public async Task A_probe_without_JTAG_is_refused()
    {
        VirtualDapProbe probe = new(new VirtualJtagChain(), capabilities: 0b01);
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await CmsisDapJtagPort.ConnectAsync(probe));
        Assert.Equal(OffloadError.Unsupported, error.Code);
    }

    private static bool Bit(byte[] bits, int position) => ((bits[position / 8] >> (position % 8)) & 1) != 0;

    internal static async ValueTask<JtagPort> OpenAsync(Way way, VirtualJtagChain model) => way switch
    {
        Way.Direct => new VirtualJtagPort(model),
        Way.Lines => new BitBangJtagPort(new VirtualJtagLines(model)),
        Way.Dap64 => await CmsisDapJtagPort.ConnectAsync(new VirtualDapProbe(model)),
        _ => await CmsisDapJtagPort.ConnectAsync(new VirtualDapProbe(model, 512)),
    };
}
