using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Offload.Bitstream.Silicon;

/// <summary>What the tools are told to make of a board's sources: scripts for Yosys, constraints and arguments for nextpnr.</summary>
internal static partial class BuildPlan
{
    /// <summary>What Yosys does.</summary>
    internal const string SynthesisScript = "synth.ys";

    /// <summary>Where the vendor's tool places and routes: what to do, for people. Not there otherwise.</summary>
    internal const string VendorFile = "vendor.txt";

    /// <summary>Folder beside a board file with what stands in for the vendor's own blocks, whose insides only its tool has.</summary>
    private const string VendorFolder = "vendor";

    /// <summary>Pins from the board's folder, clocks from its board file.</summary>
    internal const string ConstraintsFile = "constraints.lpf";

    /// <summary>Arguments of nextpnr that are the same for every seed, one a line.</summary>
    internal const string NextpnrArguments = "nextpnr.args";

    /// <summary>Parameter of a top level that makes its clocks itself: what the core runs at, in Hz.</summary>
    private const string CoreHertz = "CORE_HZ";

    /// <summary>The flat netlist.</summary>
    internal const string Netlist = "netlist.json";

    /// <summary>Verilog files of a board: the common ones, and those beside its board file.</summary>
    /// <param name="root">Folder of the repository, or of another tree with the same layout.</param>
    /// <param name="boardFolder">The board's folder.</param>
    internal static List<string> Sources(string root, string boardFolder)
    {
        string rtl = Path.Combine(root, "hdl", "rtl");
        if (!Directory.Exists(rtl))
        {
            throw new ToolException(ExitCode.Usage, $"{rtl} is not there; --root has to name the folder of the repository");
        }

        List<string> sources = [.. Directory.EnumerateFiles(rtl, "*.v", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        sources.AddRange(Directory.EnumerateFiles(boardFolder, "*.v").Order(StringComparer.Ordinal));
        return Relative(root, sources);
    }

    /// <summary>Verilog files that name a vendor's blocks, without their insides.</summary>
    internal static List<string> VendorSources(string root, string boardFolder) => Directory.Exists(Path.Combine(boardFolder, VendorFolder))
        ? Relative(root, Directory.EnumerateFiles(Path.Combine(boardFolder, VendorFolder), "*.v").Order(StringComparer.Ordinal))
        : [];

    private static List<string> Relative(string root, IEnumerable<string> paths) =>
        [.. paths.Select(path => Path.GetRelativePath(root, path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative)];

    /// <summary>Parameters of the top level with their values: those that the board file states, and the core's clock, where it asks for that.</summary>
    /// <exception cref="ToolException">The top level is not in the board's folder, or does not take what the board file states.</exception>
    internal static List<(string Name, long Value)> Parameters(BoardRecipe recipe, string boardFolder)
    {
        foreach (string path in Directory.EnumerateFiles(boardFolder, "*.v").Order(StringComparer.Ordinal))
        {
            string text = Comments().Replace(ToolFiles.ReadText(path), " ");
            Match module = Regex.Match(text, $@"\bmodule\s+{recipe.Top}\b\s*(?<hash>\#\s*\()?", RegexOptions.CultureInvariant);
            if (!module.Success)
            {
                continue;
            }

            string declared = module.Groups["hash"].Success ? Parenthesized(text, module.Index + module.Length) : "";
            foreach ((string name, _) in recipe.Parameters)
            {
                if (!IsDeclared(declared, name))
                {
                    throw new ToolException(
                        ExitCode.Usage, $"the board file sets parameter {name}, and module {recipe.Top} in {path} has none of that name; give it one, and hand it to offload_core");
                }
            }

            List<(string Name, long Value)> parameters = [.. recipe.Parameters];
            if (IsDeclared(declared, CoreHertz) && !parameters.Exists(parameter => parameter.Name == CoreHertz))
            {
                parameters.Add((CoreHertz, recipe.Clocks.First(clock => clock.Name == BoardRecipe.CoreClock).Hz));
            }

            return parameters;
        }

        throw new ToolException(ExitCode.Usage, $"there is no module {recipe.Top} in {Path.Combine(boardFolder, "*.v")}; the board file names it as 'top'");
    }

    /// <summary>A script for Yosys.</summary>
    /// <param name="recipe">The board.</param>
    /// <param name="parameters">Parameters of its top level.</param>
    /// <param name="sources">Its Verilog files.</param>
    /// <param name="vendorSources">Those of a vendor's blocks.</param>
    /// <param name="work">Folder that the results go to.</param>
    internal static string YosysScript(
        BoardRecipe recipe, IReadOnlyList<(string Name, long Value)> parameters, IEnumerable<string> sources, IReadOnlyList<string> vendorSources, string work)
    {
        StringBuilder script = new();
        if (vendorSources.Count > 0)
        {
            script.Append(CultureInfo.InvariantCulture, $"read_verilog -lib {string.Join(' ', vendorSources.Select(Quoted))}\n");
        }

        script.Append(CultureInfo.InvariantCulture, $"read_verilog -defer -Ihdl/rtl/generated {string.Join(' ', sources.Select(Quoted))}\n");
        if (parameters.Count > 0)
        {
            script.Append(CultureInfo.InvariantCulture, $"chparam {string.Join(' ', parameters.Select(parameter => $"-set {parameter.Name} {parameter.Value}"))} {recipe.Top}\n");
        }

        // What keeps its hierarchy is mapped by itself: within one module ABC spares area wherever a path is shorter than the longest one, and
        // knows of no clock that is faster than another. nextpnr and whoever counts areas get one flat netlist.
        script.Append(CultureInfo.InvariantCulture, $"{(recipe.Vendor is null ? "synth_ecp5" : "synth_xilinx -family xc7 -noiopad")} -abc9 -top {recipe.Top}\n");
        // synth_ecp5 names cells after the nets that they drive, by which the area is told apart by modules; synth_xilinx does not.
        string names = recipe.Vendor is null ? "" : "autoname\n";
        script.Append(CultureInfo.InvariantCulture, $"setattr -mod -unset keep_hierarchy *\nflatten\nopt_clean\n{names}write_json {Quoted(Path.Combine(work, Netlist))}\n");
        return script.ToString();
    }

    /// <summary>The board's pin constraints, with the frequency of every clock of its board file.</summary>
    /// <exception cref="ToolException">The pin constraints give a clock another frequency.</exception>
    internal static string Constraints(BoardRecipe recipe, string pins, string path)
    {
        foreach (Match match in Frequency().Matches(LpfComments().Replace(pins, "")))
        {
            double megahertz = double.Parse(match.Groups["mhz"].Value, CultureInfo.InvariantCulture);
            if (recipe.Clocks.FirstOrDefault(clock => clock.Net == match.Groups["net"].Value) is { } clock && Math.Abs(megahertz - (clock.Hz / 1e6)) > 1e-6)
            {
                throw new ToolException(
                    ExitCode.Usage, $"{path} gives net {clock.Net} {megahertz} MHz, and the board file gives it {clock.Hz / 1e6} MHz; leave it to the board file alone");
            }
        }

        StringBuilder text = new(pins);
        text.Append("\n# Clocks, from the board file.\n");
        foreach (BoardClock clock in recipe.Clocks)
        {
            text.Append(CultureInfo.InvariantCulture, $"FREQUENCY NET \"{clock.Net}\" {clock.Hz / 1e6:0.000000} MHZ;\n");
        }

        return text.ToString();
    }

    /// <summary>What a vendor's tool has to be told, for people.</summary>
    /// <exception cref="ToolException">Its script is not there.</exception>
    internal static string VendorHelp(BoardRecipe recipe, VendorTool vendor, string root, string boardFolder)
    {
        string script = Path.Combine(boardFolder, vendor.Script);
        if (!File.Exists(script))
        {
            throw new ToolException(ExitCode.Usage, $"{script} is not there; the board file names it as 'vendor.script'");
        }

        return $"the {recipe.Part} is placed and routed by {vendor.Tool}, which is no part of this: "
            + $"run `vivado -mode batch -source {Relative(root, [script])[0]}`. What can be done here is --synth-only, which shows the area\n";
    }

    /// <summary>Arguments of nextpnr-ecp5, apart from the seed and what it writes.</summary>
    internal static IReadOnlyList<string> Arguments(BoardRecipe recipe, NextpnrDevice device, string work) =>
    [
        $"--{device.Device}", "--package", device.Package, "--speed", device.Speed.ToString(CultureInfo.InvariantCulture),
        "--json", Path.Combine(work, Netlist), "--top", recipe.Top, "--lpf", Path.Combine(work, ConstraintsFile),

        // router2 does not converge on this design. And no --parallel-refine: it places another way at each run, and the same input is to
        // make the same bitstream.
        "--router", "router1",

        // The placer gives up where a cell found no place within a number of tries that is too small for a part as full as ours.
        "--placer-heap-cell-placement-timeout", "0",
        .. Option("--placer-heap-timingweight", device.TimingWeight),
        .. Option("--placer-heap-critexp", device.CriticalityExponent),

        // For clocks that the board file does not know; those are refused afterwards, for nobody says how fast they run.
        "--freq", (recipe.Clocks.Max(clock => clock.Hz) / 1e6).ToString("0.000", CultureInfo.InvariantCulture),

        // Whether the clocks are fast enough is judged from the report, which nextpnr writes only if it does not stop here.
        "--timing-allow-fail",
    ];

    private static string[] Option(string name, long? value) => value is { } number ? [name, number.ToString(CultureInfo.InvariantCulture)] : [];

    private static bool IsDeclared(string parameters, string name) => Regex.IsMatch(parameters, $@"\b{name}\s*=", RegexOptions.CultureInvariant);

    private static string Parenthesized(string text, int start)
    {
        int depth = 1;
        int end = start;
        while (end < text.Length && depth > 0)
        {
            depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
            end++;
        }

        return text[start..end];
    }

    private static string Quoted(string path) => path.Contains('"', StringComparison.Ordinal) || path.Contains('\n', StringComparison.Ordinal)
        ? throw new ToolException(ExitCode.Usage, $"{path}: Yosys reads no file with such a name; move the folder")
        : $"\"{path}\"";

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(#|//)[^\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex LpfComments();

    [GeneratedRegex(@"\bFREQUENCY\s+NET\s+""(?<net>[^""]+)""\s+(?<mhz>[0-9]+(\.[0-9]+)?)\s*MHZ", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Frequency();
}
