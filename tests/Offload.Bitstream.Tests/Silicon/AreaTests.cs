using System.Text;
using System.Text.Json;
using Offload.Bitstream.Silicon;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>What a design takes of its device.</summary>
public sealed class AreaTests : IDisposable
{
    private readonly Board _board = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public void A_design_that_fits_is_summed_up()
    {
        (ExitCode code, string output, string error) = _board.Command("area", "--output", _board["report.json"]);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("LUT                31   43,848      0%", output, StringComparison.Ordinal);
        Assert.Contains("flip-flop           8   43,848", output, StringComparison.Ordinal);
        Assert.DoesNotContain("instance", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_board["report.json"]));
    }

    [Fact]
    public void The_modules_are_shown_with_what_they_take()
    {
        (_, string output, _) = _board.Command("area", "--depth", "2");
        string[] lines = [.. output.Split('\n').Where(line => line.Length > 0).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Equal(["tiny 31 0 8 0 0", "first 15 0 4 0 0", "second 15 0 4 0 0"], lines[^3..]);
    }

    [Fact]
    public void A_design_that_does_not_fit_is_refused_with_its_largest_modules()
    {
        _board.Change("luts: 43848", "luts: 30");
        (ExitCode code, string output, string error) = _board.Command("area", "--output", _board["report.json"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("does not fit: 1 too many", output, StringComparison.Ordinal);
        Assert.Contains("first", output, StringComparison.Ordinal);
        Assert.Contains("the design does not fit the LFE5UM5G-45F-8BG381: 1 of 31 LUTs too many", error, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_board["report.json"]));
        Assert.False(report.RootElement.GetProperty("fits").GetBoolean());
        Assert.Equal(0, report.RootElement.GetProperty("clocks").GetArrayLength());
    }

    [Fact]
    public void Too_many_block_RAMs_for_the_board_are_refused_by_nextpnrs_own_sums()
    {
        string log = Board.Recorded("nextpnr.log");
        File.WriteAllText(_board["fits.log"], log);
        Assert.Equal(ExitCode.Ok, _board.Command("area", "--log", _board["fits.log"]).Code);

        Assert.Contains("DP16KD:     0/  108     0%", log, StringComparison.Ordinal);
        File.WriteAllText(_board["full.log"], log.Replace("DP16KD:     0/  108     0%", "DP16KD:   147/  108   136%", StringComparison.Ordinal));
        (ExitCode code, _, string error) = _board.Command("area", "--log", _board["full.log"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("39 of 147 block RAMs too many", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_ends_before_the_sums_leaves_those_of_the_netlist()
    {
        string log = Board.Recorded("nextpnr.log");
        File.WriteAllText(_board["short.log"], log[..log.IndexOf("Info: Device utilisation", StringComparison.Ordinal)]);
        (ExitCode code, string output, _) = _board.Command("area", "--log", _board["short.log"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("LUT                31", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_exceeds_the_budget_alone_is_said_and_fits()
    {
        File.WriteAllText(_board["log"], Board.Recorded("nextpnr.log").Replace("DP16KD:     0/  108     0%", "DP16KD:   100/  108    92%", StringComparison.Ordinal));
        (ExitCode code, string output, _) = _board.Command("area", "--log", _board["log"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("over the budget by 4", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_file_that_is_wrong_about_its_device_is_refused()
    {
        _board.Change("block_rams: 108", "block_rams: 208");
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("43848 LUTs and 208 block RAMs, and it has 43848 and 108", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LUT4", 1, 0, 0, 0, 0)]
    [InlineData("CCU2C", 2, 2, 0, 0, 0)]
    [InlineData("TRELLIS_DPR16X4", 6, 0, 0, 0, 0)]
    [InlineData("TRELLIS_FF", 0, 0, 1, 0, 0)]
    [InlineData("DP16KD", 0, 0, 0, 1, 0)]
    [InlineData("MULT18X18D", 0, 0, 0, 0, 1)]
    [InlineData("PFUMX", 0, 0, 0, 0, 0)]
    [InlineData("EHXPLLL", 0, 0, 0, 0, 0)]
    public void Cells_take_what_nextpnr_gives_them(string type, int luts, int carries, int registers, int blockRams, int multipliers) =>
        Assert.Equal(new ModuleArea(luts, carries, registers, blockRams, multipliers), ModuleArea.OfCell(type));

    [Theory]
    [InlineData("core.table.way_LUT4_Z_3", "core.table")]
    [InlineData("core.table.memory.0.1", "core.table")]
    [InlineData("core.table.memory.0.1_DOA_LUT4_Z", "core.table")]
    [InlineData("core.way[3].words.old_TRELLIS_FF_Q", "core.way[3].words")]
    [InlineData("q_TRELLIS_FF_Q", "")]
    [InlineData("0", "")]
    [InlineData("$abc$1.2", "")]
    public void A_cell_lies_in_an_instance(string cell, string instance) => Assert.Equal(instance, FlatNetlist.Instance(cell));

    [Fact]
    public void Names_of_one_net_are_told_from_those_of_others()
    {
        FlatNetlist netlist = FlatNetlist.Read(Encoding.UTF8.GetBytes(Board.Recorded("netlist.json")), "tiny");
        Assert.True(netlist.AreSame("$glbnet$clk_in$TRELLIS_IO_IN", "clk_core"));
        Assert.True(netlist.AreSame("first.clk", "clk_core"));
        Assert.True(netlist.AreSame("w[3]", "first.value[3]"));
        Assert.False(netlist.AreSame("w[3]", "first.value[2]"));
        Assert.False(netlist.AreSame("clk_rx", "clk_core"));
        Assert.False(netlist.AreSame("clk_core$other", "clk_core"));
        Assert.False(netlist.AreSame("nothing", "nothing"));
        Assert.Equal("counter.v:3", netlist.Source("first.value_TRELLIS_FF_Q_DI[0]"));
    }

    [Theory]
    [InlineData("{\"modules\":{\"other\":{\"cells\":{},\"netnames\":{}}}}")]
    [InlineData("{\"modules\":{\"tiny\":{\"cells\":{}}}}")]
    [InlineData("{\"modules\":[]}")]
    [InlineData("ERROR")]
    [InlineData("")]
    public void What_is_no_netlist_is_refused(string text)
    {
        File.WriteAllText(_board["work/netlist.json"], text);
        (ExitCode code, _, string error) = _board.Command("area");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("is not a netlist of tiny", error, StringComparison.Ordinal);
    }
}
