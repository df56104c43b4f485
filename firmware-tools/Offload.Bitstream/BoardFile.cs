using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Offload.Bitstream;

/// <summary>What a bitstream needs of boards/NAME/board.yaml.</summary>
/// <param name="Name">Name of the kind of board.</param>
/// <param name="IdCode">JTAG IDCODE of its part.</param>
/// <param name="PayloadKinds">Kinds of payload that it runs.</param>
internal sealed record BoardFile(string Name, uint IdCode, IReadOnlyList<string> PayloadKinds)
{
    /// <summary>Reads a board file.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    internal static BoardFile Read(string path)
    {
        string text = ToolFiles.ReadText(path);
        try
        {
            YamlStream yaml = [];
            using StringReader reader = new(text);
            yaml.Load(reader);
            if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            {
                throw Wrong(path, "it is not one YAML mapping");
            }

            string idCode = Scalar(path, root, "idcode");
            if (!idCode.StartsWith("0x", StringComparison.Ordinal)
                || !uint.TryParse(idCode.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            {
                throw Wrong(path, $"idcode '{idCode}' is not a hexadecimal number such as 0x0ff100ff");
            }

            if (!root.Children.TryGetValue("payloads", out YamlNode? payloads) || payloads is not YamlMappingNode kinds)
            {
                throw Wrong(path, "it has no mapping 'payloads'");
            }

            return new BoardFile(
                Scalar(path, root, "name"), value, [.. kinds.Children.Values.OfType<YamlScalarNode>().Select(kind => kind.Value ?? "")]);
        }
        catch (YamlException exception)
        {
            throw new ToolException(
                ExitCode.Usage, $"{path}:{exception.Start.Line}: {exception.Message}; a board file looks like boards/virtual/board.yaml", exception);
        }
    }

    private static string Scalar(string path, YamlMappingNode root, string key) =>
        root.Children.TryGetValue(key, out YamlNode? node) && node is YamlScalarNode { Value: { Length: > 0 } value }
            ? value
            : throw Wrong(path, $"it has no '{key}'");

    private static ToolException Wrong(string path, string what) =>
        new(ExitCode.Usage, $"{path} is not a board file: {what}; it looks like boards/virtual/board.yaml");
}
