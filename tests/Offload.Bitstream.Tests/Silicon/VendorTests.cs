using System.Text.RegularExpressions;
using Offload.Bitstream.Silicon;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>Boards whose FPGA only its vendor's tool places and routes; and the pins of every board of silicon.</summary>
public sealed partial class VendorTests : IDisposable
{
    private const string Yaml = """
        name: tiny
        idcode: 0x03636093
        part: XC7A200T-2FBG484I
        device: {family: xilinx7, luts: 134600, registers: 269200, block_rams: 730}
        vendor: {tool: Vivado, script: build.tcl}
        top: tiny
        constraints: pins.lpf
        parameters: {WIDTH: 4, CONNECTIONS: 64}
        clocks: {core: {net: clk_core, hz: 100000000}}
        payloads: {}

        """;

    private readonly Board _board = new();

    public VendorTests()
    {
        _board.Write(Yaml);
        File.WriteAllText(_board["tiny/build.tcl"], "");
    }

    /// <summary>Folders of boards with an FPGA.</summary>
    public static TheoryData<string> Boards => [.. Directory.EnumerateFiles(Path.Combine(Board.RepositoryRoot, "boards"), "board.yaml", SearchOption.AllDirectories)
        .Where(path => File.ReadAllText(path).Contains("\ndevice:", StringComparison.Ordinal))
        .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!))];

    public void Dispose() => _board.Dispose();

    [Fact]
    public void Its_board_file_is_read()
    {
        BoardRecipe recipe = _board.Recipe();
        Assert.Equal((134600, 269200, 730), (recipe.Luts, recipe.Registers, recipe.BlockRams));
        Assert.Equal((null, new VendorTool("Vivado", "build.tcl")), (recipe.Nextpnr, recipe.Vendor));
    }

    [Theory]
    [InlineData("XC7A200T-2FBG484I", "LFE5UM5G-45F-8BG381", "not the name of an FPGA of the 7 series")]
    [InlineData("XC7A200T-2FBG484I", "XC7A200T", "not the name of an FPGA of the 7 series")]
    [InlineData("registers: 269200, ", "", "it has no 'device.registers'")]
    [InlineData("registers: 269200", "speed: 2", "'device.speed' is not known")]
    [InlineData("family: xilinx7", "family: xilinx6", "device.family is 'xilinx6'")]
    [InlineData("vendor: {tool: Vivado, script: build.tcl}", "", "it has no mapping 'vendor'")]
    [InlineData("tool: Vivado, ", "", "it has no 'vendor.tool'")]
    [InlineData("script: build.tcl", "", "it has no 'vendor.script'")]
    [InlineData("script: build.tcl", "scripts: build.tcl", "'vendor.scripts' is not known")]
    [InlineData("payloads: {}", "", "it has no mapping 'payloads'")]
    [InlineData("payloads: {}", "payloads: {}\nplacer: {timing_weight: 60}", "'placer' is for nextpnr")]
    public void A_broken_board_file_is_refused_by_name(string old, string @new, string message)
    {
        Assert.Contains(old, Yaml, StringComparison.Ordinal);
        _board.Write(Yaml.Replace(old, @new, StringComparison.Ordinal));
        ToolException exception = Assert.Throws<ToolException>(_board.Recipe);
        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("board.yaml", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_is_for_the_area_and_says_who_does_the_rest()
    {
        Directory.CreateDirectory(_board["tiny/vendor"]);
        File.WriteAllText(_board["tiny/vendor/block.v"], "");
        (ExitCode code, _, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.True(code == ExitCode.Ok, error);
        string script = File.ReadAllText(_board["work/synth.ys"]);
        Assert.StartsWith($"read_verilog -lib \"{_board["tiny/vendor/block.v"]}\"\n", script, StringComparison.Ordinal);
        Assert.Contains("synth_xilinx -family xc7 -noiopad -abc9 -top tiny\n", script, StringComparison.Ordinal);
        Assert.Contains("opt_clean\nautoname\nwrite_json", script, StringComparison.Ordinal);
        Assert.False(File.Exists(_board["work/nextpnr.args"]));
        string help = File.ReadAllText(_board["work/vendor.txt"]);
        Assert.Contains($"vivado -mode batch -source {_board["tiny/build.tcl"]}", help, StringComparison.Ordinal);
        Assert.Contains("XC7A200T-2FBG484I is placed and routed by Vivado", help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_without_its_vendors_script_is_refused()
    {
        File.Delete(_board["tiny/build.tcl"]);
        (ExitCode code, _, string error) = _board.Command("plan", "--root", _board.Root);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("build.tcl is not there", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_area_counts_the_cells_of_the_7_series()
    {
        Assert.Equal(new ModuleArea(1, 0, 0, 0, 0), ModuleArea.OfCell("LUT6"));
        Assert.Equal(new ModuleArea(4, 0, 0, 0, 0), ModuleArea.OfCell("RAM64M"));
        Assert.Equal(new ModuleArea(0, 0, 1, 0, 0), ModuleArea.OfCell("FDRE"));
        Assert.Equal(new ModuleArea(0, 0, 0, 2, 0), ModuleArea.OfCell("RAMB36E1"));
        Assert.Equal(default, ModuleArea.OfCell("CARRY4")); // the LUTs in front of it are cells of their own
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_port_of_a_board_has_a_pin_of_its_own(string board)
    {
        string folder = Path.Combine(Board.RepositoryRoot, "boards", board);
        BoardRecipe recipe = BoardRecipe.Read(Path.Combine(folder, "board.yaml"));
        string text = File.ReadAllText(Path.Combine(folder, recipe.Constraints));
        List<(string Port, string Pin)> pins = [.. Pins().Matches(text).Select(match => (match.Groups["port"].Value, match.Groups["pin"].Value))];
        Assert.NotEmpty(pins);
        Assert.Equal(pins.Count, pins.DistinctBy(pin => pin.Port).Count());
        Assert.Equal(pins.Count, pins.DistinctBy(pin => pin.Pin).Count());

        string module = Comments().Replace(File.ReadAllText(Path.Combine(folder, "top.v")), "");
        module = module[..module.IndexOf(");", StringComparison.Ordinal)];
        IEnumerable<string> ports = Ports().Matches(module).SelectMany(match =>
            match.Groups["top"].Success
                ? Enumerable.Range(0, int.Parse(match.Groups["top"].Value, System.Globalization.CultureInfo.InvariantCulture) + 1).Select(bit => $"{match.Groups["name"].Value}[{bit}]")
                : [match.Groups["name"].Value]);
        Assert.Equal(ports.Order(StringComparer.Ordinal), pins.Select(pin => pin.Port).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""^(LOCATE COMP "(?<port>[^"]+)" SITE "(?<pin>[A-Z]+[0-9]+)"|set_property [^#\n]*PACKAGE_PIN (?<pin>[A-Z]+[0-9]+)[^\[\n]*\[get_ports \{?(?<port>[a-z0-9_]+(\[[0-9]+\])?)\}?\])""",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Pins();

    [GeneratedRegex("//[^\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(input|output|inout)\s+wire\s+(\[(?<top>[0-9]+):0\]\s+)?(?<name>[a-z0-9_]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Ports();
}
