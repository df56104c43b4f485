using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Offload.Bitstream;

/// <summary>One mapping of a boards/NAME/board.yaml, read with errors that name the file, the line and the key.</summary>
internal sealed class BoardYaml
{
    private readonly string _path;
    private readonly string _prefix;
    private readonly YamlMappingNode _node;

    private BoardYaml(string path, string prefix, YamlMappingNode node)
    {
        _path = path;
        _prefix = prefix;
        _node = node;
    }

    /// <summary>Keys of the mapping, in the order of the file.</summary>
    internal IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    /// <summary>Reads a board file.</summary>
    /// <exception cref="ToolException">It is not there, or not one YAML mapping.</exception>
    internal static BoardYaml Read(string path)
    {
        string text = ToolFiles.ReadText(path);
        try
        {
            YamlStream yaml = [];
            using StringReader reader = new(text);
            yaml.Load(reader);
            return yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode root
                ? new BoardYaml(path, "", root)
                : throw new ToolException(ExitCode.Usage, $"{path} is not a board file: it is not one YAML mapping; it looks like boards/virtual/board.yaml");
        }
        catch (YamlException exception)
        {
            throw new ToolException(
                ExitCode.Usage, $"{path}:{exception.Start.Line}: {exception.Message}; a board file looks like boards/virtual/board.yaml", exception);
        }
    }

    /// <summary>A text that has to be there.</summary>
    internal string Text(string key) => OptionalText(key) ?? throw Wrong($"it has no '{_prefix}{key}'");

    /// <summary>A text, or null where the key is not there.</summary>
    internal string? OptionalText(string key) => _node.Children.TryGetValue(key, out YamlNode? node)
        ? node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Wrong($"'{_prefix}{key}' is not a text", node)
        : null;

    /// <summary>A whole number that has to be there.</summary>
    internal long Number(string key, long least, long most) =>
        OptionalNumber(key, least, most) ?? throw Wrong($"it has no '{_prefix}{key}'");

    /// <summary>A whole number, or null where the key is not there.</summary>
    internal long? OptionalNumber(string key, long least, long most)
    {
        if (OptionalText(key) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw Wrong($"'{_prefix}{key}' is {text}, and not a whole number from {least} to {most}", _node.Children[key]);
    }

    /// <summary>A hexadecimal number of 32 bits that has to be there.</summary>
    internal uint Hexadecimal(string key)
    {
        string text = Text(key);
        return text.StartsWith("0x", StringComparison.Ordinal)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw Wrong($"{_prefix}{key} '{text}' is not a hexadecimal number such as 0x0ff100ff", _node.Children[key]);
    }

    /// <summary>A mapping that has to be there.</summary>
    internal BoardYaml Mapping(string key) => OptionalMapping(key) ?? throw Wrong($"it has no mapping '{_prefix}{key}'");

    /// <summary>A mapping, or null where the key is not there.</summary>
    internal BoardYaml? OptionalMapping(string key) => _node.Children.TryGetValue(key, out YamlNode? node)
        ? node is YamlMappingNode mapping ? new BoardYaml(_path, $"{_prefix}{key}.", mapping) : throw Wrong($"'{_prefix}{key}' is not a mapping", node)
        : null;

    /// <summary>Refuses keys that nobody would read, so that a slip of the pen does not pass for a default.</summary>
    internal BoardYaml Only(params string[] known) =>
        Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown
            ? throw Wrong($"'{_prefix}{unknown}' is not known; known there are {string.Join(", ", known)}")
            : this;

    /// <summary>What is wrong with the file; the caller throws it.</summary>
    internal ToolException Wrong(string what) => Wrong(what, _node);

    private ToolException Wrong(string what, YamlNode node) =>
        new(ExitCode.Usage, $"{_path}:{node.Start.Line} is not a board file: {what}; it looks like boards/virtual/board.yaml");
}
