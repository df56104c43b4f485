namespace Offload.Bitstream;

/// <summary>What a bitstream needs of boards/NAME/board.yaml.</summary>
/// <param name="Name">Name of the kind of board.</param>
/// <param name="IdCode">JTAG IDCODE of its part.</param>
/// <param name="PayloadKinds">Kinds of payload that it runs.</param>
internal sealed record BoardFile(string Name, uint IdCode, IReadOnlyList<string> PayloadKinds)
{
    /// <summary>Reads a board file.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    internal static BoardFile Read(string path) => Read(BoardYaml.Read(path));

    /// <summary>Takes it from a board file that was read.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    internal static BoardFile Read(BoardYaml yaml)
    {
        BoardYaml payloads = yaml.Mapping("payloads");
        return new BoardFile(yaml.Text("name"), yaml.Hexadecimal("idcode"), [.. payloads.Keys.Select(payloads.Text)]);
    }
}
