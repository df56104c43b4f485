using System.Text.Json;
using Offload.Bitstream.Silicon;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>Whether what nextpnr made will do, and what is said of it.</summary>
public sealed class ReportTests : IDisposable
{
    private const string CoreReached = "465.5493469238281";
    private readonly Board _board = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public void A_placement_that_is_fast_enough_is_taken()
    {
        (ExitCode code, string output, string error) = _board.Command("report", "--output", _board["report.json"], "--chosen", _board["chosen"]);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal("1\n", File.ReadAllText(_board["chosen"]));
        Assert.Contains("core            465.5         100  met          500  missed by 34.5", output, StringComparison.Ordinal);
        Assert.Contains("rx              502.3         125  met          125  met", output, StringComparison.Ordinal);
        Assert.Contains("block RAM           0      108      0%       96", output, StringComparison.Ordinal);
        Assert.Contains("slowest path of the core: 2.15 ns = 0.60 logic + 1.55 routing, 3 wires", output, StringComparison.Ordinal);
        Assert.Contains("from first.value_TRELLIS_FF_Q\n", output, StringComparison.Ordinal);
        Assert.Contains("0.66 w[3]  top.v:4", output, StringComparison.Ordinal);
        Assert.Contains("ns  core -> rx: first.value", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_has_what_the_benchmarks_read()
    {
        _ = _board.Command("report", "--output", _board["report.json"]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_board["report.json"]));
        JsonElement report = document.RootElement;
        Assert.Equal("tiny", report.GetProperty("board").GetString());
        Assert.Equal((1, 32, 43848, 8, 0, 108, 64), (Number("seed"), Number("luts"), Number("luts_of"), Number("ffs"), Number("block_rams"), Number("block_rams_of"), Number("connections")));
        Assert.True(report.GetProperty("met").GetBoolean());
        JsonElement core = report.GetProperty("clocks")[0];
        Assert.Equal(("core", 465.549, 100, 500), (core.GetProperty("name").GetString(), core.GetProperty("mhz").GetDouble(), core.GetProperty("constraint_mhz").GetDouble(), core.GetProperty("goal_mhz").GetDouble()));
        JsonElement path = report.GetProperty("critical_path");
        Assert.Equal((2.148, 0.601, 1.547, 3), (path.GetProperty("total_ns").GetDouble(), path.GetProperty("logic_ns").GetDouble(), path.GetProperty("routing_ns").GetDouble(), path.GetProperty("wires").GetInt32()));
        Assert.Equal("first", path.GetProperty("through")[0].GetProperty("instance").GetString());

        int Number(string name) => report.GetProperty(name).GetInt32();
    }

    [Fact]
    public void One_clock_that_is_too_slow_is_enough_to_refuse()
    {
        _board.Change("hz: 125000000", "hz: 510000000");
        _board.Seed(1, Board.Recorded("report.json").Replace("\"constraint\":125", "\"constraint\":510", StringComparison.Ordinal));
        (ExitCode code, string output, string error) = _board.Command("report", "--output", _board["report.json"], "--chosen", _board["chosen"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("clock rx reaches 502.3 MHz of 510 (0.03 ns too slow)", error, StringComparison.Ordinal);
        Assert.DoesNotContain("clock core", error, StringComparison.Ordinal);
        Assert.Contains("MISSED", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_board["chosen"]));
        Assert.Contains("\"met\":false", File.ReadAllText(_board["report.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nextpnr_held_to_another_frequency_is_refused_however_fast_it_is()
    {
        _board.Change("hz: 125000000", "hz: 126000000");
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("nextpnr held clock rx to 125 MHz, and the board file says 126", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_the_board_file_does_not_know_is_refused()
    {
        _board.Change("  rx: {net: clk_rx, hz: 125000000}\n", "");
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("does not know the clock rx_in$TRELLIS_IO_IN", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_nextpnr_says_nothing_of_is_refused()
    {
        _board.Seed(1, Board.Recorded("report.json").Replace("\"clk_in$TRELLIS_IO_IN\":{\"achieved\"", "\"rx_in\":{\"achieved\"", StringComparison.Ordinal));
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("nextpnr says nothing of clock core (net clk_core)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_whose_net_is_not_in_the_design_is_refused()
    {
        _board.Change("clk_rx", "clock_rx");
        foreach (string command in new[] { "area", "report" })
        {
            (ExitCode code, _, string error) = _board.Command(command);
            Assert.Equal(ExitCode.Usage, code);
            Assert.Contains("the net clock_rx, and the design has no net of that name", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_the_nets_of_one_clock_the_slowest_counts()
    {
        _board.Seed(1, Board.Recorded("report.json").Replace("\"fmax\":{", "\"fmax\":{\"$glbnet$first.clk\":{\"achieved\":99.5,\"constraint\":100},", StringComparison.Ordinal));
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("clock core reaches 99.5 MHz of 100", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 99.0, 101.0, 120.0, 110.0 }, 3, true)]
    [InlineData(new[] { 90.0, 99.0, 95.0 }, 2, false)]
    [InlineData(new[] { 120.0, 120.0 }, 1, true)]
    public void The_best_seed_is_taken(double[] megahertz, int best, bool isMet)
    {
        for (int i = 0; i < megahertz.Length; i++)
        {
            _board.Seed(i + 1, Board.Recorded("report.json").Replace(CoreReached, megahertz[i].ToString("0.0", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        (ExitCode code, string output, string error) = _board.Command("report", "--output", _board["report.json"]);
        Assert.Equal(isMet ? ExitCode.Ok : ExitCode.Failed, code);
        Assert.Contains($"\"seed\":{best},", File.ReadAllText(_board["report.json"]), StringComparison.Ordinal);
        Assert.Equal(megahertz.Length, output.Split('\n').Count(line => line.StartsWith("  seed ", StringComparison.Ordinal)));
        Assert.Equal(!isMet, error.Contains($"seed {best}, the best, will not do", StringComparison.Ordinal));
    }

    [Fact]
    public void A_seed_that_meets_everything_goes_before_one_with_a_faster_core()
    {
        string report = Board.Recorded("report.json");
        _board.Seed(1, report.Replace("502.2601623535156", "124.9", StringComparison.Ordinal));
        _board.Seed(2, report.Replace(CoreReached, "100.1", StringComparison.Ordinal));
        (ExitCode code, _, _) = _board.Command("report", "--chosen", _board["chosen"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal("2\n", File.ReadAllText(_board["chosen"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"fmax\":{}")]
    [InlineData("{\"fmax\":{\"a\":{\"achieved\":\"fast\",\"constraint\":1}},\"utilization\":{},\"critical_paths\":[]}")]
    [InlineData("[]")]
    public void What_is_no_report_is_refused(string text)
    {
        _board.Seed(1, text);
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("is not what `nextpnr-ecp5 --report` writes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_placement_there_is_nothing_to_report()
    {
        Directory.Delete(_board["work/seed-1"], recursive: true);
        (ExitCode code, _, string error) = _board.Command("report");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("nextpnr has placed nothing", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_tells_which_instances_it_passes()
    {
        const string Text = """
            {"fmax":{},"utilization":{},"critical_paths":[{"from":"posedge clk","to":"negedge clk","path":[
            {"delay":0.5,"from":{"cell":"odd"},"to":{"cell":"core.table.a_TRELLIS_FF_Q"},"type":"clk-to-q"},
            {"delay":1.0,"from":{"cell":"x"},"to":{"cell":"core.table.b_LUT4_Z"},"net":"n1","type":"routing"},
            {"delay":0.2,"from":{"cell":"x"},"to":{"cell":"core.table.b_LUT4_Z"},"type":"logic"},
            {"delay":2.0,"from":{"cell":"x"},"to":{"cell":"core.way[3].words.memory.0.1"},"net":"n2","type":"routing"},
            {"delay":0.1,"from":{"cell":"x"},"to":{"cell":"core.way[3].words.memory.0.1"},"type":"setup"}]}]}
            """;
        TimingPath path = Assert.Single(PlacementReport.Read(System.Text.Encoding.UTF8.GetBytes(Text)).Paths);
        Assert.Equal(("clk", "clk", "core.table.a_TRELLIS_FF_Q", "core.way[3].words.memory.0.1", 2), (path.FromClock, path.ToClock, path.From, path.To, path.Wires));
        Assert.Equal((0.8, 3.0), (Math.Round(path.Logic, 6), Math.Round(path.Routing, 6)));
        Assert.Equal(["core.table: 2 cells", "core.way[3].words: 1 cells"], path.Stays.Select(stay => $"{stay.Instance}: {stay.Cells} cells"));
    }
}
