using System.Text;
using System.Text.Json;

namespace Offload.Bitstream.Silicon;

/// <summary>
/// A flat netlist as Yosys writes it. Flattening gives one wire the names of every level that it passes, and nextpnr reports
/// it by one of them that nobody can foretell; here they are found to be one. Cells keep the path of the instance that
/// they came from, so the flat netlist tells what each module takes as well.
/// </summary>
internal sealed class FlatNetlist
{
    private const string Global = "$glbnet$";
    private const string FromPin = "$TRELLIS_IO_IN";
    private readonly Dictionary<string, long> _bits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModuleArea> _areas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);

    private FlatNetlist()
    {
    }

    /// <summary>What the cells take, by the path of their instance; the top level's own is "".</summary>
    internal IReadOnlyDictionary<string, ModuleArea> Areas => _areas;

    /// <summary>What all of it takes.</summary>
    internal ModuleArea Total => _areas.Values.Aggregate(default(ModuleArea), (sum, area) => sum + area);

    /// <summary>Reads one module.</summary>
    /// <param name="json">A netlist that `synth_ecp5 -json` wrote.</param>
    /// <param name="module">Name of the module.</param>
    /// <exception cref="JsonException">It is not a netlist, or has no such module.</exception>
    internal static FlatNetlist Read(ReadOnlySpan<byte> json, string module)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 64 });
        _ = reader.Read();
        Enter(ref reader, "modules");
        Enter(ref reader, module);
        FlatNetlist netlist = new();
        Enter(ref reader, "cells");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            netlist.ReadCell(reader.GetString()!, ref reader);
        }

        // Behind the cells, in the same module.
        Find(ref reader, "netnames");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            netlist.ReadNet(reader.GetString()!, ref reader);
        }

        return netlist;
    }

    /// <summary>Reads one module of a file.</summary>
    /// <exception cref="ToolException">The file is no netlist, or has no such module.</exception>
    internal static FlatNetlist ReadFile(string path, string module)
    {
        try
        {
            return Read(ToolFiles.ReadBytes(path), module);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new ToolException(ExitCode.Usage, $"{path} is not a netlist of {module} as `synth_ecp5 -json` writes it: {exception.Message}", exception);
        }
    }

    /// <summary>Path of the instance that a cell lies in: core.table of core.table.way_LUT4_Z_3 and of core.table.mem.0.1.</summary>
    internal static string Instance(string cell)
    {
        // A memory's cells have numbers behind its name, or what was made of them has: mem.0.1, mem.0.1_DOA_1.
        string[] parts = cell.Split('.');
        int end = parts.Length - 1;
        if (cell.StartsWith('$'))
        {
            return "";
        }

        while (end > 0 && parts[end].Length > 0 && char.IsAsciiDigit(parts[end][0]))
        {
            end--;
        }

        return string.Join('.', parts[..end]);
    }

    /// <summary>Whether there is a net of that name.</summary>
    internal bool Contains(string net) => _bits.ContainsKey(net);

    /// <summary>Whether a name of nextpnr's means a net of the design, under whatever name.</summary>
    internal bool AreSame(string reported, string net) =>
        Resolve(reported) is { } bit && _bits.TryGetValue(net, out long other) && bit == other;

    /// <summary>Where in the sources a net is declared (file:line), or null where only a tool knows it.</summary>
    internal string? Source(string reported) => _sources.GetValueOrDefault(reported.EndsWith(']') ? reported[..reported.LastIndexOf('[')] : reported);

    // nextpnr's buffers add to the name: $glbnet$clk_in$TRELLIS_IO_IN.
    private long? Resolve(string reported)
    {
        string name = reported.StartsWith(Global, StringComparison.Ordinal) ? reported[Global.Length..] : reported;
        name = name.EndsWith(FromPin, StringComparison.Ordinal) ? name[..^FromPin.Length] : name;
        return _bits.TryGetValue(name, out long bit) ? bit : null;
    }

    // The reader stands at the start of an object, and then at the value of one of its members.
    private static void Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"\"{name}\" was looked for in what is no object");
        }

        Find(ref reader, name);
    }

    private static void Find(ref Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            _ = reader.Read();
            if (found)
            {
                return;
            }

            reader.Skip();
        }

        throw new JsonException($"it has no \"{name}\"");
    }

    private void ReadCell(string name, ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            _ = reader.Read();
            if (isType)
            {
                string instance = Instance(name);
                _areas[instance] = _areas.GetValueOrDefault(instance) + ModuleArea.OfCell(reader.GetString()!);
            }

            reader.Skip();
        }
    }

    private void ReadNet(string name, ref Utf8JsonReader reader)
    {
        List<long> bits = [];
        long offset = 0;
        bool upTo = false;
        string? source = null;
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("bits"u8))
            {
                _ = reader.Read();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    bits.Add(reader.TokenType == JsonTokenType.Number ? reader.GetInt64() : -1);
                }
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                _ = reader.Read();
                offset = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("upto"u8))
            {
                _ = reader.Read();
                upTo = reader.GetInt64() != 0;
            }
            else if (reader.ValueTextEquals("attributes"u8))
            {
                _ = reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    bool isSource = reader.ValueTextEquals("src"u8);
                    _ = reader.Read();
                    source = isSource ? reader.GetString() : source;
                }
            }
            else
            {
                _ = reader.Read();
                reader.Skip();
            }
        }

        if (FirstOfOurs(source) is { } ours)
        {
            _sources[name] = ours;
        }

        for (int i = 0; i < bits.Count; i++)
        {
            // Constants are texts, and no net.
            if (bits[i] >= 0)
            {
                string bitName = bits.Count == 1 && offset == 0 ? name : new StringBuilder(name).Append('[').Append(upTo ? offset + bits.Count - 1 - i : offset + i).Append(']').ToString();
                _bits[bitName] = bits[i];
            }
        }
    }

    // "a.v:3.8-3.16|/…/share/yosys/ecp5/cells_map.v:108.23-108.24": the second is the tool's own.
    private static string? FirstOfOurs(string? source)
    {
        foreach (string place in (source ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = place.LastIndexOf(':');
            if (colon > 0 && !place.Contains("/share/yosys/", StringComparison.Ordinal))
            {
                int dot = place.IndexOf('.', colon);
                return dot < 0 ? place : place[..dot];
            }
        }

        return null;
    }
}
