using System.Globalization;
using System.Text.RegularExpressions;
using Offload.Programming;

namespace Offload.Bitstream.Silicon;

/// <summary>What of boards/NAME/board.yaml the tools need to make a configuration stream of sources.</summary>
internal sealed partial class BoardRecipe
{
    /// <summary>Name of the clock that the core runs on; every board of silicon has it.</summary>
    internal const string CoreClock = "core";

    private BoardRecipe(BoardFile board, string part, int luts, int registers, int blockRams, string top, string constraints)
    {
        Board = board;
        Part = part;
        Luts = luts;
        Registers = registers;
        BlockRams = blockRams;
        Top = top;
        Constraints = constraints;
    }

    /// <summary>Name, IDCODE, kinds of payload.</summary>
    internal BoardFile Board { get; }

    /// <summary>The part's full name, as the vendor sells it.</summary>
    internal string Part { get; }

    /// <summary>What nextpnr has to know of the device, or null where <see cref="Vendor"/> places and routes it.</summary>
    internal NextpnrDevice? Nextpnr { get; private init; }

    /// <summary>The vendor's tool, or null where nextpnr places and routes it.</summary>
    internal VendorTool? Vendor { get; private init; }

    /// <summary>LUTs that the device has.</summary>
    internal int Luts { get; }

    /// <summary>Flip-flops that the device has.</summary>
    internal int Registers { get; }

    /// <summary>Block RAMs (of 18 kbit) that the device has.</summary>
    internal int BlockRams { get; }

    /// <summary>Module of the top level.</summary>
    internal string Top { get; }

    /// <summary>File of pin constraints, in the board's folder.</summary>
    internal string Constraints { get; }

    /// <summary>Block RAMs that the design may take, or null.</summary>
    internal int? BlockRamBudget { get; private init; }

    /// <summary>LUTs that the design shall take at most, or null.</summary>
    internal int? LutBudget { get; private init; }

    /// <summary>Parameters of the top level, with their values.</summary>
    internal required IReadOnlyList<(string Name, long Value)> Parameters { get; init; }

    /// <summary>Every clock of the design.</summary>
    internal required IReadOnlyList<BoardClock> Clocks { get; init; }

    /// <summary>Entries of the connection table.</summary>
    internal long Connections => Parameters.First(parameter => parameter.Name == "CONNECTIONS").Value;

    /// <summary>Reads a board file.</summary>
    /// <exception cref="ToolException">It is none, or of a board that is not silicon.</exception>
    internal static BoardRecipe Read(string path)
    {
        BoardYaml yaml = BoardYaml.Read(path);
        BoardFile board = BoardFile.Read(yaml);
        if (yaml.OptionalMapping("device") is not { } device)
        {
            throw new ToolException(
                ExitCode.Usage,
                $"board '{board.Name}' has no FPGA to make a bitstream for ({path} has no 'device'); the virtual board's is made by firmware-tools/build-virtual-board.sh");
        }

        string part = yaml.Text("part");
        string family = device.Text("family");
        NextpnrDevice? nextpnr = null;
        VendorTool? vendor = null;
        switch (family)
        {
            case "ecp5":
                device.Only("family", "nextpnr", "package", "speed", "luts", "block_rams");
                if (!board.PayloadKinds.Contains(BitstreamPayload.Ecp5))
                {
                    throw yaml.Wrong($"payloads does not list {BitstreamPayload.Ecp5}");
                }

                BoardYaml? placer = yaml.OptionalMapping("placer")?.Only("timing_weight", "criticality_exponent");
                nextpnr = new NextpnrDevice(
                    device.Text("nextpnr"), device.Text("package"), (int)device.Number("speed", 6, 8),
                    placer?.OptionalNumber("timing_weight", 1, 1000), placer?.OptionalNumber("criticality_exponent", 1, 10));
                CheckEcp5(yaml, part, nextpnr);
                break;
            case "xilinx7":
                if (yaml.OptionalMapping("placer") is not null)
                {
                    throw yaml.Wrong("'placer' is for nextpnr's placer, and a part of the 7 series is placed by its vendor's tool");
                }

                device.Only("family", "luts", "registers", "block_rams");
                vendor = new VendorTool(yaml.Mapping("vendor").Only("tool", "script").Text("tool"), yaml.Mapping("vendor").Text("script"));
                if (!XilinxName().IsMatch(part))
                {
                    throw yaml.Wrong($"part '{part}' is not the name of an FPGA of the 7 series such as XC7A200T-2FBG484I");
                }

                break;
            default:
                throw yaml.Wrong($"device.family is '{family}', and ecp5 and xilinx7 are what the tools are for");
        }

        int luts = (int)device.Number("luts", 1, 1_000_000);
        return new BoardRecipe(
            board,
            part,
            luts,
            nextpnr is null ? (int)device.Number("registers", 1, 2_000_000) : luts,
            (int)device.Number("block_rams", 1, 10_000),
            Identifier(yaml, "top", yaml.Text("top")),
            yaml.Text("constraints"))
        {
            Nextpnr = nextpnr,
            Vendor = vendor,
            Parameters = ReadParameters(yaml),
            Clocks = ReadClocks(yaml),
            BlockRamBudget = (int?)yaml.OptionalMapping("block_ram")?.Only("budget").OptionalNumber("budget", 1, 10_000),
            LutBudget = (int?)yaml.OptionalMapping("lut")?.Only("budget").OptionalNumber("budget", 1, 1_000_000),
        };
    }

    // A speed grade of another part gives clocks that the board does not keep.
    private static void CheckEcp5(BoardYaml yaml, string part, NextpnrDevice nextpnr)
    {
        Match match = Ecp5Name().Match(part);
        if (!match.Success)
        {
            throw yaml.Wrong($"part '{part}' is not the name of an ECP5 such as LFE5UM5G-45F-8BG381");
        }

        string device = match.Groups["kind"].Value switch { "U" => "", "UM" => "um-", _ => "um5g-" } + match.Groups["size"].Value + "k";
        if (device != nextpnr.Device)
        {
            throw yaml.Wrong($"part {part} is nextpnr's device {device}, and device.nextpnr is {nextpnr.Device}");
        }

        if (match.Groups["speed"].Value != nextpnr.Speed.ToString(CultureInfo.InvariantCulture))
        {
            throw yaml.Wrong($"part {part} is of speed grade {match.Groups["speed"].Value}, and device.speed is {nextpnr.Speed}");
        }

        if ("CABGA" + match.Groups["balls"].Value != nextpnr.Package)
        {
            throw yaml.Wrong($"part {part} is in package CABGA{match.Groups["balls"].Value}, and device.package is {nextpnr.Package}");
        }
    }

    private static List<(string Name, long Value)> ReadParameters(BoardYaml yaml)
    {
        BoardYaml mapping = yaml.Mapping("parameters");
        _ = mapping.Number("CONNECTIONS", 1, int.MaxValue);
        return [.. mapping.Keys.Select(key => (Identifier(mapping, "a parameter", key), mapping.Number(key, 0, int.MaxValue)))];
    }

    private static List<BoardClock> ReadClocks(BoardYaml yaml)
    {
        BoardYaml mapping = yaml.Mapping("clocks");
        List<BoardClock> clocks = [];
        foreach (string name in mapping.Keys)
        {
            BoardYaml clock = mapping.Mapping(name).Only("net", "hz", "goal_hz", "description");
            BoardClock read = new(name, NetName(clock, clock.Text("net")), clock.Number("hz", 1, 1_000_000_000), clock.OptionalNumber("goal_hz", 1, 1_000_000_000));
            if (read.GoalHz < read.Hz)
            {
                throw clock.Wrong($"the goal of clock '{name}' is below what the board runs it at");
            }

            if (clocks.Find(other => other.Net == read.Net) is { } same)
            {
                throw clock.Wrong($"clocks '{same.Name}' and '{name}' have the same net {read.Net}");
            }

            clocks.Add(read);
        }

        return clocks.Exists(clock => clock.Name == CoreClock) ? clocks : throw yaml.Wrong($"clocks has no '{CoreClock}'");
    }

    private static string Identifier(BoardYaml yaml, string what, string text) =>
        VerilogName().IsMatch(text) ? text : throw yaml.Wrong($"{what} is '{text}', which is not a name in Verilog");

    private static string NetName(BoardYaml yaml, string text) =>
        HierarchicalName().IsMatch(text) ? text : throw yaml.Wrong($"'{text}' is not the name of a net");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VerilogName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.\[\]$]*$", RegexOptions.CultureInvariant)]
    private static partial Regex HierarchicalName();

    [GeneratedRegex("^LFE5(?<kind>U|UM|UM5G)-(?<size>12|25|45|85)F-(?<speed>[678])BG(?<balls>[0-9]+)[CI]?$", RegexOptions.CultureInvariant)]
    private static partial Regex Ecp5Name();

    // DS180, "Artix-7 FPGA ordering information".
    [GeneratedRegex("^XC7[ASKV][0-9]+T?-(1|2|3|1L|2L|1LI|2LE)[A-Z]{3}[0-9]+[CEIQ]$", RegexOptions.CultureInvariant)]
    private static partial Regex XilinxName();
}
