using System.Globalization;
using System.Text.RegularExpressions;
using Offload.RegisterMap.Model;
using YamlDotNet.RepresentationModel;

namespace Offload.RegisterMap.Reading;

/// <summary>Reads the keys of one YAML mapping; what is unknown, missing or of the wrong form becomes an error at its line.</summary>
internal sealed partial class MappingReader
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly string _file;
    private readonly string _what;
    private readonly Diagnostics _diagnostics;

    /// <param name="node">The mapping.</param>
    /// <param name="file">Its file, as errors show it.</param>
    /// <param name="what">What the mapping describes ("register"), for messages.</param>
    /// <param name="diagnostics">Takes the errors.</param>
    /// <param name="known">Every key that may occur.</param>
    public MappingReader(YamlMappingNode node, string file, string what, Diagnostics diagnostics, IReadOnlyList<string> known)
    {
        _file = file;
        _what = what;
        _diagnostics = diagnostics;
        Location = LocationOf(node);
        foreach (var (key, value) in node.Children)
        {
            var text = (key as YamlScalarNode)?.Value ?? "";
            if (known.Contains(text, StringComparer.Ordinal))
            {
                _entries[text] = (key, value);
            }
            else
            {
                diagnostics.Add(LocationOf(key), $"unknown key '{text}' in {what}; known: {string.Join(", ", known)}");
            }
        }
    }

    public SourceLocation Location { get; }

    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>Line of a key, or of the mapping where the key is absent.</summary>
    public SourceLocation LocationOf(string key) => _entries.TryGetValue(key, out var entry) ? LocationOf(entry.Key) : Location;

    /// <summary>A lower-case name with underscores; "" after an error.</summary>
    public string Name()
    {
        var name = Scalar("name", required: true);
        if (name is not null && !NamePattern().IsMatch(name))
        {
            _diagnostics.Add(LocationOf("name"), $"name '{name}' of {_what} is not lower case letters, digits and single underscores");
        }

        return name ?? "";
    }

    /// <summary>The description, which everything must have.</summary>
    public string Description()
    {
        if (!Has("description"))
        {
            var name = _entries.TryGetValue("name", out var entry) ? $" '{entry.Value}'" : "";
            _diagnostics.Add(Location, $"{_what}{name} has no description");
            return "";
        }

        var text = Scalar("description", required: true)?.Trim() ?? "";
        if (text.Length == 0)
        {
            _diagnostics.Add(LocationOf("description"), $"description of {_what} is empty");
        }

        return text;
    }

    /// <summary>The text of a scalar; null where it is absent or not a scalar (an error where required).</summary>
    public string? Scalar(string key, bool required = false)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (required)
            {
                _diagnostics.Add(Location, $"{_what} has no key '{key}'");
            }

            return null;
        }

        if (entry.Value is YamlScalarNode { Value: { } text })
        {
            return text;
        }

        _diagnostics.Add(LocationOf(entry.Key), $"'{key}' of {_what} must be a single value");
        return null;
    }

    /// <summary>A decimal or 0x number of 0 to <paramref name="maximum"/>; null where it is absent or wrong.</summary>
    public uint? Number(string key, bool required = false, uint maximum = uint.MaxValue)
    {
        if (Scalar(key, required) is not { } text)
        {
            return null;
        }

        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var parsed = isHex
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed)
        {
            _diagnostics.Add(LocationOf(key), $"'{key}' of {_what} is not a number: '{text}'");
            return null;
        }

        if (value > maximum)
        {
            _diagnostics.Add(LocationOf(key), $"'{key}' of {_what} is {text}; the largest is {maximum}");
            return null;
        }

        return (uint)value;
    }

    /// <summary>true or false; false where it is absent.</summary>
    public bool Flag(string key)
    {
        var text = Scalar(key);
        if (text is not (null or "true" or "false"))
        {
            _diagnostics.Add(LocationOf(key), $"'{key}' of {_what} must be true or false, not '{text}'");
        }

        return text == "true";
    }

    /// <summary>The mappings of a list; empty where it is absent. An empty list is an error.</summary>
    public IReadOnlyList<MappingReader> List(string key, string itemWhat, IReadOnlyList<string> known, bool required = false)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (required)
            {
                _diagnostics.Add(Location, $"{_what} has no key '{key}'");
            }

            return [];
        }

        if (entry.Value is not YamlSequenceNode { Children.Count: > 0 } sequence)
        {
            _diagnostics.Add(LocationOf(entry.Key), $"'{key}' of {_what} must be a list with at least one {itemWhat}");
            return [];
        }

        List<MappingReader> items = [];
        foreach (var child in sequence.Children)
        {
            if (child is YamlMappingNode mapping)
            {
                items.Add(new MappingReader(mapping, _file, itemWhat, _diagnostics, known));
            }
            else
            {
                _diagnostics.Add(LocationOf(child), $"{itemWhat} in '{key}' must have keys and values");
            }
        }

        return items;
    }

    /// <summary>A mapping under a key; null where it is absent.</summary>
    public MappingReader? Mapping(string key, IReadOnlyList<string> known)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            return null;
        }

        if (entry.Value is YamlMappingNode mapping)
        {
            return new MappingReader(mapping, _file, key, _diagnostics, known);
        }

        _diagnostics.Add(LocationOf(entry.Key), $"'{key}' must have keys and values");
        return null;
    }

    private SourceLocation LocationOf(YamlNode node) => new(_file, (int)node.Start.Line);

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
