using Offload.Boards;
using Offload.Links.Usb;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Parts;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.Programming.Tests;

/// <summary>A board behind a module, whose JTAG hangs on a CMSIS-DAP probe that the wiring names: all of them models.</summary>
public sealed class ProbeLoadTests : ModelBoardTest
{
    private const string Id = "versa-5g:MODULE1";

    [SkippableTheory]
    [InlineData(DapInterface.Bulk, 512)]
    [InlineData(DapInterface.Bulk, 64)]
    [InlineData(DapInterface.Hid, 64)]
    [InlineData(DapInterface.HidWithoutOut, 64)]
    public async Task A_board_is_loaded_through_its_probe(DapInterface kind, int packet)
    {
        await using OffloadBoard board = await OpenAsync("cmsis-dap");
        Plug(1, kind, packet: packet);
        await board.LoadBitstreamAsync(Write(1));
        Assert.Equal((true, 1u), (Model.Part.IsRunning, Model.Part.UserCode));
        Assert.Equal(RegisterMap.Hash, (await board.GetIdentityAsync()).MapHash);

        // The probe is given back after each load.
        await board.LoadBitstreamAsync(Write(2));
        Assert.Equal(2u, Model.Part.UserCode);
    }

    [SkippableFact]
    public async Task A_probe_that_is_not_there_is_named_and_so_is_what_is()
    {
        await using OffloadBoard board = await OpenAsync("cmsis-dap:DAP1");
        OffloadException none = await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Equal(OffloadError.BoardNotFound, none.Code);
        Assert.Contains("no CMSIS-DAP probe with the serial number DAP1", none.Message, StringComparison.Ordinal);
        Plug(1, DapInterface.Bulk, "DAP2");
        OffloadException other = await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Contains("(DAP2)", other.Message, StringComparison.Ordinal);
        Assert.False(Model.Part.IsRunning);

        // It was plugged in in the meantime.
        Plug(2, DapInterface.Hid, "DAP1");
        await board.LoadBitstreamAsync(Write(1));
        Assert.True(Model.Part.IsRunning);
    }

    [SkippableFact]
    public async Task Of_several_probes_none_is_taken_by_chance()
    {
        await using OffloadBoard board = await OpenAsync("cmsis-dap");
        Plug(1, DapInterface.Bulk, "DAP1");
        Plug(2, DapInterface.Bulk, "DAP2");
        OffloadException several = await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Equal(OffloadError.BoardAmbiguous, several.Code);
        Assert.Contains("DAP1, DAP2", several.Message, StringComparison.Ordinal);
        Assert.False(Model.Part.IsRunning);
    }

    [SkippableFact]
    public async Task What_only_calls_itself_a_probe_is_refused()
    {
        await using OffloadBoard board = await OpenAsync("cmsis-dap");
        Plug(1, DapInterface.None);
        OffloadException wrong = await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Equal(OffloadError.LinkFault, wrong.Code);
        Assert.Contains("no interface of a CMSIS-DAP probe", wrong.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(UsbFault.Error)]
    [InlineData(UsbFault.Garbage)]
    [InlineData(UsbFault.Shortened)]
    [InlineData(UsbFault.Unplug)]
    public async Task A_probe_that_fails_in_a_load_is_an_error_and_the_next_load_works(UsbFault fault)
    {
        await using OffloadBoard board = await OpenAsync("cmsis-dap");
        DapDevice probe = Plug(1, DapInterface.Bulk);
        int left = 400;
        probe.Fault = _ => Interlocked.Decrement(ref left) == 0 ? fault : UsbFault.None;
        await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)).AsTask().WaitAsync(Patience));
        Assert.True(left <= 0, $"{left} transfers before the fault");
        Plug(1, DapInterface.Bulk);
        await board.LoadBitstreamAsync(Write(2));
        Assert.Equal((true, 2u), (Model.Part.IsRunning, Model.Part.UserCode));
    }

    [Theory]
    [InlineData(DapInterface.Bulk, 1, 0x02)]
    [InlineData(DapInterface.Hid, 0, 0x01)]
    public async Task An_answer_that_nobody_waited_for_is_not_taken_for_another(DapInterface kind, int face, byte endpoint)
    {
        Bus.Plug(1, new DapDevice(new VirtualDapProbe(new VirtualJtagChain()), kind, "DAP1"));
        await using (UsbTransport other = Bus.Open(Bus.List().Single(one => one.SerialNumber == "DAP1")))
        {
            other.Claim(face);
            await other.WriteAsync(endpoint, new byte[] { 0x00, 0xF0 });
        }

        await using UsbDapPipe pipe = await UsbDapPipe.OpenAsync(Bus, "DAP1");
        Assert.Equal(64, pipe.PacketLength);
    }

    [SkippableFact]
    public async Task Without_a_cable_the_error_says_where_to_name_one()
    {
        await using OffloadBoard board = await OpenAsync(null);
        OffloadException none = await Assert.ThrowsAnyAsync<OffloadException>(async () => await board.LoadBitstreamAsync(Write(1)));
        Assert.Equal(OffloadError.Unsupported, none.Code);
        Assert.Contains("/etc/offload/wiring.json", none.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "a:1": { "jtag": "cmsis" } }""", "jtag 'cmsis'")]
    [InlineData("""{ "a:1": { "jtag": "cmsis-dap:" } }""", "jtag 'cmsis-dap:'")]
    [InlineData("""{ "a:1": { "jtag": "gpio:gpiochip0:1,2,3" } }""", "TCK,TMS,TDI,TDO")]
    [InlineData("""{ "a:1": { "jtag": "gpio:gpiochip0:1,2,3,3" } }""", "TCK,TMS,TDI,TDO")]
    [InlineData("""{ "a:1": { "jtag": "gpio:gpiochip0:1,2,3,-4" } }""", "TCK,TMS,TDI,TDO")]
    [InlineData("""{ "a:1": { "lines": "gpio::1,2,3" } }""", "PROGRAMN,INITN,DONE")]
    [InlineData("""{ "a:1": { "line": "gpio:gpiochip0:1,2,3" } }""", "line")]
    [InlineData("""{ "a:1": 5 }""", "a:1")]
    [InlineData("[]", "the wiring")]
    [InlineData("{", "the wiring")]
    public void A_wiring_that_is_wrong_is_refused_with_its_place(string text, string said)
    {
        OffloadException wrong = Assert.Throws<OffloadException>(() => BoardWiring.Parse(text));
        Assert.Equal(OffloadError.InvalidArgument, wrong.Code);
        Assert.Contains(said, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wiring_is_of_the_boards_that_it_names()
    {
        BoardWiring wiring = BoardWiring.Parse("""
            {
              // a bench
              "a:1": { "jtag": "gpio:gpiochip0:11,25,10,9", "lines": "gpio:gpiochip0:3,6,7" },
              "a:2": { "jtag": "cmsis-dap:0123" },
            }
            """);
        BoardDescription Board(string id) => new(id, "a", "", "");
        Assert.NotNull(wiring.Jtag(Board("a:1")));
        Assert.NotNull(wiring.Jtag(Board("a:2")));
        Assert.Null(wiring.Jtag(Board("a:3")));
        Assert.Null(wiring.Lines(Board("a:2")));
    }

    private DapDevice Plug(int port, DapInterface kind, string serialNumber = "DAP1", int packet = 64)
    {
        DapDevice probe = new(new VirtualDapProbe(Model.Chain, packet), kind, serialNumber);
        Bus.Plug(port, probe);
        return probe;
    }

    private async ValueTask<OffloadBoard> OpenAsync(string? jtag)
    {
        await MakeModelAsync();
        Bus.Plug(0, new FtdiChip(new FtdiChipOptions { SerialNumber = "MODULE1", Product = "Offload versa-5g uart", ChannelA = LinkEnd }));
        return await OpenAsync(Id, usb => usb.Wiring = BoardWiring.Parse(jtag is null ? "{}" : $$"""{ "{{Id}}": { "jtag": "{{jtag}}" } }"""));
    }
}
