using System.CommandLine;

namespace Offload.Bitstream.Silicon;

/// <summary>Options that the commands for boards of silicon share.</summary>
internal static class SiliconOptions
{
    /// <summary>The board's folder.</summary>
    internal static Option<string> Board() => new("--board-dir") { Description = "Folder of the board: board.yaml, top level, constraints.", HelpName = "DIR", Required = true };

    /// <summary>The folder of what the tools read and write.</summary>
    internal static Option<string> Work() => new("--work") { Description = "Folder of what Yosys and nextpnr read and write.", HelpName = "DIR", Required = true };

    /// <summary>The board file in a board's folder.</summary>
    internal static string BoardFile(string folder) => Path.Combine(folder, "board.yaml");
}
