using System.Globalization;
using System.Text.RegularExpressions;
using Offload.Engine.Tests.Harness;
using Xunit.Abstractions;

namespace Offload.Engine.Tests.Hdl;

/// <summary>The Verilog itself: clean for the linter, understood by two more tools, and synthesized to what it is meant to be.</summary>
public sealed partial class SourceTests(ITestOutputHelper output)
{
    // hdl/lint.vlt holds the waivers, each with its reason.
    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 66)]
    [InlineData(128, 1)]
    [InlineData(256, 1)]
    [InlineData(512, 1)]
    public async Task Verilator_finds_nothing_to_warn_of(int dataWidth, int frameClocks)
    {
        (int exitCode, string said) = await Tool.RunAsync(
            "verilator", ["--lint-only", "-Wall", "hdl/lint.vlt", $"-GDATA_WIDTH={dataWidth}", $"-GFRAME_CLOCKS={frameClocks}", "-Ihdl/rtl/generated", "--top-module", "offload_core", .. Tool.Sources], TimeSpan.FromMinutes(5));
        Assert.True(exitCode == 0 && said.Trim().Length == 0, said);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    public async Task Icarus_compiles_it_as_Verilog_2005(int dataWidth)
    {
        string target = Path.GetTempFileName();
        try
        {
            (int exitCode, string said) = await Tool.RunAsync(
                "iverilog",
                ["-g2005", "-Wall", "-Wno-timescale", "-Ihdl/rtl/generated", "-s", "offload_core", $"-Poffload_core.DATA_WIDTH={dataWidth}", "-o", target, .. Tool.Sources],
                TimeSpan.FromMinutes(5));
            Assert.True(exitCode == 0 && !said.Contains("error", StringComparison.OrdinalIgnoreCase), said);
        }
        finally
        {
            File.Delete(target);
        }
    }

    [Theory]
    [InlineData("DATA_WIDTH=100")]
    [InlineData("FRAME_CLOCKS=66")] // needs 64 bits, and the default is 512
    public async Task A_wrong_parameter_ends_elaboration(string parameter)
    {
        (int exitCode, _) = await Tool.RunAsync(
            "iverilog", ["-g2005", "-Ihdl/rtl/generated", "-s", "offload_core", $"-Poffload_core.{parameter}", "-o", "/dev/null", .. Tool.Sources], TimeSpan.FromMinutes(5));
        Assert.NotEqual(0, exitCode);
    }

    [Fact]
    public async Task Every_file_follows_the_house_rules()
    {
        foreach (string file in Tool.Sources)
        {
            string text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, file));
            Assert.True(text.Contains("`default_nettype none", StringComparison.Ordinal), $"{file} does not say `default_nettype none");
            Assert.True(text.TrimEnd().EndsWith("`default_nettype wire", StringComparison.Ordinal), $"{file} does not end with `default_nettype wire");
            Assert.True(ModuleHead().Count(text) == 1, $"{file} does not hold exactly one module");
        }
    }

    /// <summary>The core of a small board, mapped to an ECP5's memories, carries and flip-flops. Its LUTs are counted where a board's bitstream is built.</summary>
    [Fact]
    public async Task Yosys_synthesizes_it_without_latches_and_with_its_memories_in_block_RAM()
    {
        (int exitCode, string said) = await Tool.RunAsync(
            "yosys",
            [
                "-p",
                $"read_verilog -Ihdl/rtl/generated {string.Join(' ', Tool.Sources)}; "
                + "chparam -set DATA_WIDTH 64 -set CONNECTIONS 1024 -set EVENT_DEPTH 64 -set FRAME_FIFO_BYTES 8192 -set FRAME_CLOCKS 66 offload_core; "
                + "synth_ecp5 -top offload_core -noflatten -run begin:map_gates; select -assert-none t:$dlatch; "
                + "synth_ecp5 -top offload_core -noflatten -run map_gates:map_luts; stat",
            ],
            TimeSpan.FromMinutes(25));
        Assert.True(exitCode == 0, said.Length > 4000 ? said[^4000..] : said);
        string statistics = said[said.LastIndexOf("Printing statistics", StringComparison.Ordinal)..];
        int Cells(string name) => Regex.Matches(statistics, $@"^\s+{name}\s+(\d+)\s*$", RegexOptions.Multiline)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).LastOrDefault();
        output.WriteLine(
            $"area of offload_core (64 bits, 1,024 connections) by Yosys for ECP5: {Cells("CCU2C")} CCU2C, "
            + $"{Cells("TRELLIS_FF")} flip-flops, {Cells("DP16KD")} DP16KD, {Cells("TRELLIS_DPR16X4")} TRELLIS_DPR16X4");

        // 1,024 entries of 788 bits take 44 block RAMs of 18 kbit by themselves, the index 8, the frame FIFOs 8; what became flip-flops
        // instead would show as tens of thousands of them.
        Assert.InRange(Cells("DP16KD"), 60, 200);
        Assert.InRange(Cells("TRELLIS_FF"), 1, 80_000);
        Assert.InRange(Cells("TRELLIS_DPR16X4"), 1, 2000);
    }

    [GeneratedRegex(@"^module\s", RegexOptions.Multiline)]
    private static partial Regex ModuleHead();
}
