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
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public async Task Verilator_finds_nothing_to_warn_of(int dataWidth)
    {
        (int exitCode, string said) = await Tool.RunAsync(
            "verilator", ["--lint-only", "-Wall", "hdl/lint.vlt", $"-GDATA_WIDTH={dataWidth}", "-Ihdl/rtl/generated", "--top-module", "offload_core", .. Tool.Sources], TimeSpan.FromMinutes(5));
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

    [Fact]
    public async Task A_wrong_parameter_ends_elaboration()
    {
        (int exitCode, _) = await Tool.RunAsync(
            "iverilog", ["-g2005", "-Ihdl/rtl/generated", "-s", "offload_core", "-Poffload_core.DATA_WIDTH=100", "-o", "/dev/null", .. Tool.Sources], TimeSpan.FromMinutes(5));
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

    /// <summary>
    /// With a bus of 64 bits, which leaves out nothing but copies. Mapping to LUTs takes Yosys many minutes more: with OFFLOAD_TEST_FULL=1.
    /// </summary>
    [Fact]
    public async Task Yosys_synthesizes_it_without_latches_and_with_its_memories_in_block_RAM()
    {
        bool full = Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1";
        string rest = full ? "; synth_ecp5 -run map_gates:; select -assert-none t:$_DLATCH_*; stat" : "";
        (int exitCode, string said) = await Tool.RunAsync(
            "yosys",
            [
                "-p",
                $"read_verilog -Ihdl/rtl/generated {string.Join(' ', Tool.Sources)}; chparam -set DATA_WIDTH 64 offload_core; "
                + $"synth_ecp5 -top offload_core -run begin:map_gates; select -assert-none t:$dlatch; stat{rest}",
            ],
            TimeSpan.FromMinutes(full ? 40 : 12));
        Assert.True(exitCode == 0, said.Length > 4000 ? said[^4000..] : said);
        string statistics = said[said.LastIndexOf("Printing statistics", StringComparison.Ordinal)..];
        output.WriteLine(statistics);
        int Cells(string name) => Regex.Matches(statistics, $@"^\s+{name}\s+(\d+)\s*$", RegexOptions.Multiline)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).LastOrDefault();
        string logic = full ? $"{Cells("LUT4")} LUT4, {Cells("TRELLIS_FF")} flip-flops, " : "";
        Console.WriteLine($"area of offload_core at 64 bits by Yosys: {logic}{Cells("DP16KD")} DP16KD, {Cells("TRELLIS_DPR16X4")} TRELLIS_DPR16X4");

        // 2,048 entries of 788 bits take 88 block RAMs of 18 kbit by themselves, the frame FIFOs 64 more.
        Assert.InRange(Cells("DP16KD"), 152, 400);
        Assert.InRange(Cells("TRELLIS_DPR16X4"), 1, 2000);
    }

    [GeneratedRegex(@"^module\s", RegexOptions.Multiline)]
    private static partial Regex ModuleHead();
}
