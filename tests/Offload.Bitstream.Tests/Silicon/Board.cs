using Offload.Bitstream.Silicon;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>
/// A board folder and a working folder, with what Yosys 0.52 and nextpnr-ecp5 0.7 made of a design of two counters (in recorded/):
/// 465.5 MHz at clk_core, which is the pin clk_in, and 502.3 MHz at clk_rx, which is the pin rx_in.
/// </summary>
internal sealed class Board : IDisposable
{
    internal const string Yaml = """
        name: tiny
        idcode: 0x81112043
        part: LFE5UM5G-45F-8BG381
        device: {family: ecp5, nextpnr: um5g-45k, package: CABGA381, speed: 8, luts: 43848, block_rams: 108}
        top: tiny
        constraints: pins.lpf
        parameters: {WIDTH: 4, CONNECTIONS: 64}
        clocks:
          core: {net: clk_core, hz: 100000000, goal_hz: 500000000}
          rx: {net: clk_rx, hz: 125000000}
        block_ram: {budget: 96}
        payloads: {ecp5: ecp5-bit}

        """;

    internal const string Top = """
        // module tiny #(parameter NO = 0) is what a comment may say.
        module tiny #(
            parameter WIDTH = 8, /* parameter NO = 1, */
            parameter CONNECTIONS = clog2(3)
        ) (input wire clk_in);
            localparam NO = 2;
        endmodule

        """;

    private readonly TemporaryFolder _folder = new();

    internal Board()
    {
        Directory.CreateDirectory(_folder["tiny"]);
        Directory.CreateDirectory(_folder["work"]);
        Directory.CreateDirectory(_folder["root/hdl/rtl/common"]);
        File.WriteAllText(_folder["root/hdl/rtl/common/fifo.v"], "");
        File.WriteAllText(_folder["root/hdl/rtl/a.v"], "");
        File.WriteAllText(_folder["tiny/top.v"], Top);
        File.WriteAllText(_folder["tiny/pins.lpf"], "LOCATE COMP \"clk_in\" SITE \"P3\";\n");
        File.WriteAllText(_folder["work/netlist.json"], Recorded("netlist.json"));
        Write(Yaml);
        Seed(1, Recorded("report.json"));
    }

    /// <summary>Folder of the repository that the tests run in.</summary>
    internal static string RepositoryRoot
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offload.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
        }
    }

    internal string Folder => _folder["tiny"];

    internal string Work => _folder["work"];

    internal string Root => _folder["root"];

    internal string BoardFilePath => _folder["tiny/board.yaml"];

    internal string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    internal static string Recorded(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Silicon", "recorded", name));

    internal void Write(string yaml) => File.WriteAllText(BoardFilePath, yaml);

    /// <summary>Writes the board file with something in it replaced, which has to be there.</summary>
    internal void Change(string old, string @new)
    {
        Assert.Contains(old, Yaml, StringComparison.Ordinal);
        Write(Yaml.Replace(old, @new, StringComparison.Ordinal));
    }

    /// <summary>Writes what nextpnr reported for a seed.</summary>
    internal void Seed(int seed, string report)
    {
        Directory.CreateDirectory(_folder[$"work/seed-{seed}"]);
        File.WriteAllText(_folder[$"work/seed-{seed}/report.json"], report);
    }

    internal BoardRecipe Recipe() => BoardRecipe.Read(BoardFilePath);

    internal static (ExitCode Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        ExitCode code = BitstreamTool.Run(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The commands with this board's folders.</summary>
    internal (ExitCode Code, string Output, string Error) Command(string name, params string[] more) =>
        Run([name, "--board-dir", Folder, "--work", Work, .. more]);
}
