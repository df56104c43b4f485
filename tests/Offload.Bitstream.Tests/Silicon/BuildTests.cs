using System.Diagnostics;
using Offload.Programming;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>firmware-tools/build-bitstream, the script. What needs Yosys and nextpnr is skipped where they have not been fetched.</summary>
public sealed class BuildTests : IDisposable
{
    private const string Design = """
        `default_nettype none

        module tiny #(parameter WIDTH = 8, parameter CONNECTIONS = 1) (input wire clk_in, input wire rx_in, input wire d, output wire o);
            wire clk_core = clk_in;
            wire clk_rx   = rx_in;
            reg [WIDTH-1:0] fast, slow;
            always @(posedge clk_core) fast <= fast + {{(WIDTH-1){1'b0}}, d};
            always @(posedge clk_rx)   slow <= slow + fast;
            assign o = ^slow;
        endmodule

        `default_nettype wire

        """;

    private const string Pins = """
        LOCATE COMP "clk_in" SITE "P3";
        LOCATE COMP "rx_in" SITE "P4";
        LOCATE COMP "d" SITE "E5";
        LOCATE COMP "o" SITE "F5";

        """;

    private readonly Board _board = new();

    public BuildTests()
    {
        File.WriteAllText(_board["tiny/top.v"], Design);
        File.WriteAllText(_board["tiny/pins.lpf"], Pins);
    }

    private string Container => _board["out/tiny.obit"];

    public void Dispose() => _board.Dispose();

    [Theory]
    [InlineData(2, "which board?")]
    [InlineData(2, "there is no board 'atari'; there are: ", "atari")]
    [InlineData(2, "there is no board '../boards/virtual'", "../boards/virtual")]
    [InlineData(2, "one board at a time", "virtual", "virtual")]
    [InlineData(2, "either BOARD or --board-dir", "virtual", "--board-dir", ".")]
    [InlineData(2, "unknown option --fast", "--fast")]
    [InlineData(2, "--seeds needs a value", "virtual", "--seeds")]
    [InlineData(2, "--seeds needs a whole number", "virtual", "--seeds", "0")]
    [InlineData(2, "has no board.yaml", "--board-dir", "/")]
    [InlineData(2, "is not there; make a key", "virtual", "--sign", "/no/such/key")]
    [InlineData(2, "board 'virtual' has no FPGA", "virtual")]
    [InlineData(0, "usage: ", "--help")]
    public void A_wrong_command_line_is_told(int code, string message, params string[] arguments)
    {
        (int actual, string output) = Script(arguments);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Equal(code, actual);
    }

    [Fact]
    public void A_board_file_that_is_broken_leaves_no_container_of_before()
    {
        Directory.CreateDirectory(_board["out"]);
        File.WriteAllText(Container, "old");
        _board.Change("speed: 8", "speed: 6");
        (int code, string output) = Build();
        Assert.Equal(2, code);
        Assert.Contains("speed grade 8", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Container));
    }

    [SkippableFact]
    [Trait("Category", "Full")]
    public void A_bitstream_is_built_once_and_not_left_where_it_is_too_slow_or_too_large()
    {
        Skip.IfNot(File.Exists(Path.Combine(Board.RepositoryRoot, "artifacts", "fpga-tools", ".complete")), "Yosys and nextpnr have not been fetched (firmware-tools/fetch-fpga-tools.sh)");

        (int code, string output) = Build("--seeds", "1");
        Assert.True(code == 0, output);
        BitstreamFile container = BitstreamFile.Open(Container);
        Assert.Equal(("tiny", 0x81112043u, BitstreamPayload.Ecp5), (container.Header.Board, container.Header.IdCode, container.Header.PayloadKind));
        Assert.Contains("\"met\":true", File.ReadAllText(_board["out/report.json"]), StringComparison.Ordinal);

        // Nothing changed, so nothing is done.
        DateTime written = File.GetLastWriteTimeUtc(Container);
        (code, output) = Build("--seeds", "1");
        Assert.Equal(0, code);
        Assert.Contains("tiny.obit is up to date", output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Container));

        (code, output) = Build("--synth-only", "--depth", "1");
        Assert.True(code == 0, output);
        Assert.Contains("instance", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Container));

        // Faster than any ECP5: both seeds are tried, and what was there is gone.
        _board.Change("core: {net: clk_core, hz: 100000000, goal_hz: 500000000}", "core: {net: clk_core, hz: 990000000}");
        (code, output) = Build("--seeds", "2");
        Assert.Equal(1, code);
        Assert.Contains("MHz of 990", output, StringComparison.Ordinal);
        Assert.Contains("seed 2:", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Container));
        Assert.Contains("\"met\":false", File.ReadAllText(_board["out/report.json"]), StringComparison.Ordinal);

        // More than the device has.
        _board.Change("luts: 43848", "luts: 5");
        File.WriteAllText(Container, "old");
        (code, output) = Build();
        Assert.Equal(1, code);
        Assert.Contains("does not fit the LFE5UM5G-45F-8BG381", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Container));

        // A pin that the package does not have.
        _board.Write(Board.Yaml);
        File.WriteAllText(_board["tiny/pins.lpf"], Pins.Replace("\"P3\"", "\"ZZ99\"", StringComparison.Ordinal));
        (code, output) = Build();
        Assert.Equal(1, code);
        Assert.Contains("nextpnr failed before it placed anything", output, StringComparison.Ordinal);
        Assert.Contains("ZZ99", output, StringComparison.Ordinal);

        // What is not Verilog.
        File.WriteAllText(_board["tiny/top.v"], Design.Replace("assign o", "assing o", StringComparison.Ordinal));
        (code, output) = Build();
        Assert.Equal(1, code);
        Assert.Contains("Yosys failed", output, StringComparison.Ordinal);
        Assert.Contains("syntax error", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Script(params string[] arguments)
    {
        ProcessStartInfo start = new("bash", ["-c", "exec \"$0\" \"$@\" 2>&1 < /dev/null", Path.Combine(Board.RepositoryRoot, "firmware-tools", "build-bitstream"), .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private (int Code, string Output) Build(params string[] more) => Script(["--board-dir", _board.Folder, "--output", _board["out"], .. more]);
}
