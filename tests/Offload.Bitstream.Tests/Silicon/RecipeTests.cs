using Offload.Bitstream.Silicon;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>board.yaml of a board of silicon, and what is made of it for the tools.</summary>
public sealed class RecipeTests : IDisposable
{
    private readonly Board _board = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public void A_board_file_is_read()
    {
        BoardRecipe recipe = _board.Recipe();
        Assert.Equal(("tiny", 0x81112043u), (recipe.Board.Name, recipe.Board.IdCode));
        Assert.Equal([("WIDTH", 4L), ("CONNECTIONS", 64L)], recipe.Parameters);
        Assert.Equal([new BoardClock("core", "clk_core", 100_000_000, 500_000_000), new BoardClock("rx", "clk_rx", 125_000_000, null)], recipe.Clocks);
        Assert.Equal((43848, 108, 96, null), (recipe.Luts, recipe.BlockRams, recipe.BlockRamBudget, recipe.LutBudget));
    }

    [Fact]
    public void The_board_files_of_the_repository_are_read()
    {
        string boards = Path.Combine(Board.RepositoryRoot, "boards");
        foreach (string path in Directory.EnumerateFiles(boards, "board.yaml", SearchOption.AllDirectories))
        {
            if (File.ReadAllText(path).Contains("\ndevice:", StringComparison.Ordinal))
            {
                BoardRecipe recipe = BoardRecipe.Read(path);
                string folder = Path.GetDirectoryName(path)!;
                Assert.Equal(Path.GetFileName(folder), recipe.Board.Name);
                _ = BuildPlan.Parameters(recipe, folder);
                string pins = Path.Combine(folder, recipe.Constraints);
                Assert.True(File.Exists(pins), pins);
                Assert.NotEqual(recipe.Nextpnr is null, recipe.Vendor is null);
                if (recipe.Nextpnr is not null)
                {
                    _ = BuildPlan.Constraints(recipe, File.ReadAllText(pins), pins);
                }
            }
        }
    }

    [Theory]
    [InlineData("device:", "gadget:", "build-virtual-board.sh")]
    [InlineData("family: ecp5", "family: ice40", "device.family is 'ice40'")]
    [InlineData("speed: 8", "speed: 7", "speed grade 8")]
    [InlineData("speed: 8", "speed: 9", "whole number from 6 to 8")]
    [InlineData("luts: 43848", "registers: 43848", "'device.registers' is not known")]
    [InlineData("speed: 8", "sped: 8", "'device.sped' is not known")]
    [InlineData("um5g-45k", "um-45k", "device um5g-45k")]
    [InlineData("CABGA381", "CABGA756", "package CABGA381")]
    [InlineData("LFE5UM5G-45F-8BG381", "LFE5UM5G", "not the name of an ECP5")]
    [InlineData("luts: 43848", "luts: many", "'device.luts' is many")]
    [InlineData("top: tiny", "top: ti;ny", "not a name in Verilog")]
    [InlineData("top: tiny", "", "it has no 'top'")]
    [InlineData("constraints: pins.lpf", "", "it has no 'constraints'")]
    [InlineData("CONNECTIONS: 64", "CONNECTED: 64", "it has no 'parameters.CONNECTIONS'")]
    [InlineData("WIDTH: 4", "WIDTH: -4", "'parameters.WIDTH' is -4")]
    [InlineData("WIDTH: 4", "W-D: 4", "not a name in Verilog")]
    [InlineData("  core:", "  kernel:", "clocks has no 'core'")]
    [InlineData("hz: 125000000", "mhz: 125", "'clocks.rx.mhz' is not known")]
    [InlineData("hz: 125000000", "hz: 0", "'clocks.rx.hz' is 0")]
    [InlineData("net: clk_rx,", "", "it has no 'clocks.rx.net'")]
    [InlineData("net: clk_rx", "net: clk_core", "the same net clk_core")]
    [InlineData("net: clk_rx", "net: 'a\" b'", "is not the name of a net")]
    [InlineData("goal_hz: 500000000", "goal_hz: 90000000", "below what the board runs it at")]
    [InlineData("budget: 96", "limit: 96", "'block_ram.limit' is not known")]
    [InlineData("block_ram:", "placer: {timing_weight: 0}\nblock_ram:", "'placer.timing_weight' is 0")]
    [InlineData("block_ram:", "placer: {weight: 60}\nblock_ram:", "'placer.weight' is not known")]
    [InlineData("ecp5: ecp5-bit", "ecp5: verilated-linux-x64", "payloads does not list ecp5-bit")]
    [InlineData("clocks:", "clocks: [", "board.yaml:")]
    [InlineData("clocks:", "clocks: 3\nother:", "'clocks' is not a mapping")]
    public void A_broken_board_file_is_refused_by_name(string old, string @new, string message)
    {
        _board.Change(old, @new);
        ToolException exception = Assert.Throws<ToolException>(_board.Recipe);
        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("board.yaml", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_says_everything_that_the_tools_have_to_know()
    {
        (ExitCode code, string output, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("LFE5UM5G-45F-8BG381, 3 Verilog files, core 100 MHz, rx 125 MHz", output, StringComparison.Ordinal);

        string script = File.ReadAllText(_board["work/synth.ys"]);
        Assert.Contains($"read_verilog -defer -Ihdl/rtl/generated \"hdl/rtl/a.v\" \"hdl/rtl/common/fifo.v\" \"{_board["tiny/top.v"]}\"\n", script, StringComparison.Ordinal);
        Assert.Contains("chparam -set WIDTH 4 -set CONNECTIONS 64 tiny\n", script, StringComparison.Ordinal);
        Assert.EndsWith(
            $"synth_ecp5 -abc9 -top tiny\nsetattr -mod -unset keep_hierarchy *\nflatten\nopt_clean\nwrite_json \"{_board["work/netlist.json"]}\"\n", script, StringComparison.Ordinal);

        string constraints = File.ReadAllText(_board["work/constraints.lpf"]);
        Assert.StartsWith("LOCATE COMP", constraints, StringComparison.Ordinal);
        Assert.Contains("FREQUENCY NET \"clk_core\" 100.000000 MHZ;\nFREQUENCY NET \"clk_rx\" 125.000000 MHZ;\n", constraints, StringComparison.Ordinal);

        string[] arguments = File.ReadAllLines(_board["work/nextpnr.args"]);
        Assert.Equal(["--um5g-45k", "--package", "CABGA381", "--speed", "8"], arguments[..5]);
        Assert.Contains("router1", arguments);
        Assert.DoesNotContain("--parallel-refine", arguments);
        Assert.DoesNotContain("--lpf-allow-unconstrained", arguments);
        Assert.DoesNotContain("--placer-heap-timingweight", arguments);
    }

    [Fact]
    public void What_a_board_asks_of_the_placer_is_passed_on()
    {
        _board.Change("block_ram:", "placer: {timing_weight: 60, criticality_exponent: 4}\nblock_ram:");
        (ExitCode code, _, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.True(code == ExitCode.Ok, error);
        string arguments = string.Join(' ', File.ReadAllLines(_board["work/nextpnr.args"]));
        Assert.Contains(" --placer-heap-timingweight 60 --placer-heap-critexp 4 ", arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void A_top_level_that_asks_for_it_is_told_the_cores_clock()
    {
        File.WriteAllText(_board["tiny/top.v"], Board.Top.Replace("parameter WIDTH = 8", "parameter WIDTH = 8, parameter CORE_HZ = 1", StringComparison.Ordinal));
        Assert.Equal([("WIDTH", 4L), ("CONNECTIONS", 64L), ("CORE_HZ", 100_000_000L)], BuildPlan.Parameters(_board.Recipe(), _board.Folder));
    }

    [Fact]
    public void A_parameter_that_the_top_level_would_not_take_is_refused()
    {
        _board.Change("WIDTH: 4", "NO: 4");
        ToolException exception = Assert.Throws<ToolException>(() => BuildPlan.Parameters(_board.Recipe(), _board.Folder));
        Assert.Contains("parameter NO", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_without_its_top_level_is_refused()
    {
        _board.Change("top: tiny", "top: other");
        (ExitCode code, _, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("no module other", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_without_its_pins_is_refused()
    {
        File.Delete(_board["tiny/pins.lpf"]);
        (ExitCode code, _, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("pins.lpf is not there", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FREQUENCY NET \"clk_rx\" 100 MHZ;", true)]
    [InlineData("frequency  net \"clk_rx\" 125.5 MHz;", true)]
    [InlineData("FREQUENCY NET \"clk_rx\" 125.0 MHZ;", false)]
    [InlineData("FREQUENCY NET \"other\" 100 MHZ;", false)]
    [InlineData("# FREQUENCY NET \"clk_rx\" 100 MHZ;", false)]
    public void A_clock_has_one_frequency(string pins, bool isRefused)
    {
        Exception? exception = Record.Exception(() => BuildPlan.Constraints(_board.Recipe(), pins, "pins.lpf"));
        Assert.Equal(isRefused, exception is ToolException);
        Assert.True(isRefused || exception is null);
    }
}
