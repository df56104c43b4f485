using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Offload.RegisterMap.Tests;

/// <summary>
/// Runs a generated register block in Icarus Verilog under a script of AXI accesses. The bench prints a line that begins
/// with FAIL for everything that is not as the script expects, and DONE at its end.
/// </summary>
internal static partial class VerilogBench
{
    private const string Tasks = """
            integer failures = 0;
            integer waited, taken;

            // Checks one value.
            task check(input [8*40-1:0] what, input [511:0] actual, input [511:0] expected);
                if (actual !== expected) begin
                    failures = failures + 1;
                    $display("FAIL at %0t: %0s is %0h, not %0h", $time, what, actual, expected);
                end
            endtask

            // One write. The delays are in clocks: of the address, of the data, of the readiness for the answer.
            task write(input [15:0] address, input [31:0] data, input [3:0] strobe, input integer aw, input integer w, input integer b, input [1:0] expected); begin
                fork
                    begin
                        repeat (aw) @(negedge clk);
                        s_axil_awaddr = address;
                        s_axil_awvalid = 1;
                        while (!s_axil_awready) @(negedge clk);
                        @(negedge clk) s_axil_awvalid = 0;
                        s_axil_awaddr = 16'hxxxx;
                    end
                    begin
                        repeat (w) @(negedge clk);
                        s_axil_wdata = data;
                        s_axil_wstrb = strobe;
                        s_axil_wvalid = 1;
                        while (!s_axil_wready) @(negedge clk);
                        @(negedge clk) s_axil_wvalid = 0;
                        s_axil_wdata = 32'hxxxxxxxx;
                        s_axil_wstrb = 4'hx;
                    end
                join
                waited = 0;
                while (!s_axil_bvalid && waited < 20) @(negedge clk) waited = waited + 1;
                repeat (b) begin
                    check("held bvalid", s_axil_bvalid, 1);
                    @(negedge clk);
                end
                check("bvalid", s_axil_bvalid, 1);
                check("bresp", s_axil_bresp, expected);
                s_axil_bready = 1;
                @(negedge clk) s_axil_bready = 0;
                check("bvalid after", s_axil_bvalid, 0);
            end endtask

            // One read; the answer must come four clocks after the address was taken, and stay until it is.
            task read(input [15:0] address, input integer r, input [1:0] expected_response, input [31:0] expected); begin
                s_axil_araddr = address;
                s_axil_arvalid = 1;
                while (!s_axil_arready) @(negedge clk);
                @(negedge clk) s_axil_arvalid = 0;
                s_axil_araddr = 16'hxxxx;
                waited = 1;
                while (!s_axil_rvalid && waited < 20) @(negedge clk) waited = waited + 1;
                check("clocks of a read", waited, 4);
                repeat (r) begin
                    check("held rvalid", s_axil_rvalid, 1);
                    check("held rdata", s_axil_rdata, expected);
                    @(negedge clk);
                end
                check("rresp", s_axil_rresp, expected_response);
                check("rdata", s_axil_rdata, expected);
                s_axil_rready = 1;
                @(negedge clk) s_axil_rready = 0;
                check("rvalid after", s_axil_rvalid, 0);
            end endtask
        """;

    /// <summary>Why benches cannot run here; null where they can.</summary>
    public static string? MissingTool(string tool)
    {
        try
        {
            Run(Path.GetTempPath(), tool, tool == "verilator" ? "--version" : "-V");
            return null;
        }
        catch (Win32Exception)
        {
            return $"{tool} is not installed";
        }
    }

    /// <summary>The lines that begin with FAIL, after a run to the end.</summary>
    /// <param name="verilog">The register block.</param>
    /// <param name="declarations">What the bench has beside the script: monitors and models.</param>
    /// <param name="script">Statements, run after reset.</param>
    public static IReadOnlyList<string> Failures(string verilog, string declarations, string script)
    {
        var folder = Directory.CreateTempSubdirectory("offload-registers-bench-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "offload_registers.v"), verilog);
            File.WriteAllText(Path.Combine(folder, "bench.v"), Bench(verilog, declarations, script));
            var (code, output) = Run(folder, "iverilog", "-g2005", "-Wall", "-o", "bench.vvp", "bench.v", "offload_registers.v");
            Assert.True(code == 0, output);
            (code, output) = Run(folder, "vvp", "-n", "bench.vvp");
            Assert.True(code == 0, output);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Contains("DONE") ? [.. lines.Where(line => line.StartsWith("FAIL", StringComparison.Ordinal))] : ["FAIL: the bench did not end"];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What Verilator has to say; empty where the block is clean.</summary>
    public static (int Code, string Output) Lint(string verilog)
    {
        var folder = Directory.CreateTempSubdirectory("offload-registers-lint-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "offload_registers.v"), verilog);
            return Run(folder, "verilator", "--lint-only", "-Wall", "offload_registers.v");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Bench(string verilog, string declarations, string script)
    {
        var text = new StringBuilder("`timescale 1ns / 1ns\nmodule bench;\n");
        List<string> connections = [];
        foreach (Match port in PortPattern().Matches(verilog[..verilog.IndexOf(");", StringComparison.Ordinal)]))
        {
            var name = port.Groups["name"].Value;
            var isInput = port.Groups["direction"].Value == "input";
            text.Append(CultureInfo.InvariantCulture, $"    {(isInput ? "reg" : "wire")} {port.Groups["range"].Value} {name}{(isInput ? " = 0" : "")};\n");
            connections.Add($".{name}({name})");
        }

        return text.Append(CultureInfo.InvariantCulture, $$"""
                offload_registers registers ({{string.Join(", ", connections)}});

                always #5 clk = !clk;

            {{Tasks}}
            {{declarations}}

                initial begin
                    rst = 1;
                    repeat (3) @(negedge clk);
                    rst = 0;
                    @(negedge clk);
            {{script}}
                    $display("DONE");
                    $finish;
                end

                // Nothing here takes as long as this: a bus that hangs ends the bench without DONE.
                initial begin
                    #10000000 $display("FAIL: hangs");
                    $finish;
                end
            endmodule

            """).ToString();
    }

    private static (int Code, string Output) Run(string folder, string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    [GeneratedRegex(@"^\s*(?<direction>input|output)\s+(?:wire|reg)\s+(?<range>\[[^\]]*\])?\s*(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PortPattern();
}
