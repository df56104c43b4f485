using System.Globalization;
using System.Text.RegularExpressions;
using Offload.RegisterMap.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Offload.RegisterMap.Reading;

/// <summary>Makes the model from YAML text. Looks at one file at a time; <see cref="MapChecker"/> then looks at all together.</summary>
internal sealed partial class MapReader(MapModel model, Diagnostics diagnostics)
{
    private static readonly string[] FileKeys = ["internal", "enums", "layouts", "counters", "block"];
    private static readonly string[] EnumKeys = ["name", "description", "values"];
    private static readonly string[] EnumValueKeys = ["name", "value", "description"];
    private static readonly string[] LayoutKeys = ["name", "description", "fields"];
    private static readonly string[] LayoutFieldKeys = ["name", "width", "layout", "enum", "description"];
    private static readonly string[] CounterKeys = ["name", "description"];
    private static readonly string[] BlockKeys = ["name", "base", "description", "registers"];
    private static readonly string[] RegisterKeys =
        ["name", "offset", "access", "description", "count", "layout", "window", "strobe", "reset", "value", "read_effect", "fields"];
    private static readonly string[] FieldKeys = ["name", "bits", "reset", "value", "enum", "description"];

    /// <summary>Reads every <c>*.yaml</c> of a folder, in the order of their names, and checks the whole.</summary>
    public static (MapModel Model, Diagnostics Diagnostics) ReadFolder(string folder) =>
        ReadTexts([.. Directory.EnumerateFiles(folder, "*.yaml")
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileName(path), File.ReadAllText(path)))]);

    /// <summary>Reads texts, each with the file name that errors show, and checks the whole.</summary>
    public static (MapModel Model, Diagnostics Diagnostics) ReadTexts(IReadOnlyList<(string File, string Text)> sources)
    {
        var model = new MapModel();
        var diagnostics = new Diagnostics();
        var reader = new MapReader(model, diagnostics);
        foreach (var (file, text) in sources)
        {
            reader.ReadFile(file, text);
        }

        model.Blocks.Sort((left, right) => left.Base.CompareTo(right.Base));
        new MapChecker(model, diagnostics).Check();
        return (model, diagnostics);
    }

    private void ReadFile(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            diagnostics.Add(new SourceLocation(file, (int)exception.Start.Line), $"not valid YAML: {exception.Message}");
            return;
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            diagnostics.Add(new SourceLocation(file, 1), "the file must be one YAML document with keys and values");
            return;
        }

        var top = new MappingReader(root, file, "the file", diagnostics, FileKeys);
        var isInternal = top.Flag("internal");
        foreach (var reader in top.List("enums", "enum", EnumKeys))
        {
            model.Enums.Add(ReadEnum(reader, isInternal));
        }

        foreach (var reader in top.List("layouts", "layout", LayoutKeys))
        {
            model.Layouts.Add(ReadLayout(reader, isInternal));
        }

        foreach (var reader in top.List("counters", "counter", CounterKeys))
        {
            model.Counters.Add(new CounterModel(reader.Name(), reader.Description(), reader.Location));
        }

        if (top.Mapping("block", BlockKeys) is { } block)
        {
            model.Blocks.Add(ReadBlock(block));
        }

        if (isInternal && (top.Has("block") || top.Has("counters")))
        {
            diagnostics.Add(top.LocationOf("internal"), "an internal file has no block and no counters: software sees those");
        }
    }

    private static EnumModel ReadEnum(MappingReader reader, bool isInternal) => new(
        reader.Name(),
        reader.Description(),
        [.. reader.List("values", "enum value", EnumValueKeys, required: true)
            .Select(value => new EnumValueModel(value.Name(), value.Number("value", required: true) ?? 0, value.Description(), value.Location))],
        isInternal,
        reader.Location);

    private LayoutModel ReadLayout(MappingReader reader, bool isInternal) => new(
        reader.Name(),
        reader.Description(),
        [.. reader.List("fields", "field", LayoutFieldKeys, required: true).Select(ReadLayoutField)],
        isInternal,
        reader.Location);

    private LayoutFieldModel ReadLayoutField(MappingReader reader)
    {
        var name = reader.Name();
        var layout = reader.Scalar("layout");
        var width = reader.Number("width", maximum: 128);
        if (reader.Has("layout") == reader.Has("width"))
        {
            diagnostics.Add(reader.Location, $"field '{name}' must have either a width or a layout");
        }
        else if (width == 0)
        {
            diagnostics.Add(reader.LocationOf("width"), $"field '{name}' is 0 bits wide");
        }

        if (reader.Has("layout") && reader.Has("enum"))
        {
            diagnostics.Add(reader.LocationOf("enum"), $"field '{name}' is a layout and cannot have an enum");
        }

        return new LayoutFieldModel(name, (int?)width, layout, reader.Scalar("enum"), reader.Description(), reader.Location);
    }

    private BlockModel ReadBlock(MappingReader reader)
    {
        var name = reader.Name();
        var origin = Aligned(reader, "base");
        return new BlockModel(
            name,
            origin,
            reader.Description(),
            [.. reader.List("registers", "register", RegisterKeys, required: true).Select(register => ReadRegister(register, name, origin))],
            reader.Location);
    }

    private RegisterModel ReadRegister(MappingReader reader, string blockName, uint origin)
    {
        var access = ReadAccess(reader);
        var isMapHash = reader.Scalar("value") == "map_hash";
        var register = new RegisterModel
        {
            BlockName = blockName,
            Name = reader.Name(),
            Address = origin + Aligned(reader, "offset"),
            Access = access,
            Description = reader.Description(),
            Count = Positive(reader, "count"),
            Window = Positive(reader, "window"),
            LayoutName = reader.Scalar("layout"),
            Strobe = reader.Flag("strobe"),
            HasReadEffect = ReadEffect(reader),
            Reset = reader.Number("reset") ?? 0,
            Value = isMapHash ? 0 : reader.Number("value") ?? 0,
            IsMapHash = isMapHash,
            Fields = [.. reader.List("fields", "field", FieldKeys).Select(field => ReadField(field, access)).OfType<FieldModel>()],
            Location = reader.Location,
        };
        RegisterRules.Check(register, reader, diagnostics);
        return register;
    }

    private AccessKind ReadAccess(MappingReader reader)
    {
        switch (reader.Scalar("access", required: true))
        {
            case "ro":
                return AccessKind.ReadOnly;
            case "rw":
                return AccessKind.ReadWrite;
            case "wo":
                return AccessKind.WriteOnly;
            case "pulse":
                return AccessKind.Pulse;
            case "constant":
                return AccessKind.Constant;
            case { } other:
                diagnostics.Add(reader.LocationOf("access"), $"unknown access '{other}'; known: ro, rw, wo, pulse, constant");
                return AccessKind.ReadOnly;
            default:
                return AccessKind.ReadOnly;
        }
    }

    private bool ReadEffect(MappingReader reader)
    {
        var text = reader.Scalar("read_effect");
        if (text is not (null or "none" or "side_effect"))
        {
            diagnostics.Add(reader.LocationOf("read_effect"), $"unknown read_effect '{text}'; known: none, side_effect");
        }

        return text == "side_effect";
    }

    /// <summary>Reads a field; null where its bits are wrong, for everything else about it depends on them.</summary>
    private FieldModel? ReadField(MappingReader reader, AccessKind access)
    {
        var name = reader.Name();
        var description = reader.Description();
        if (ReadBits(reader, name) is not var (msb, lsb))
        {
            return null;
        }

        var field = new FieldModel(
            name, msb, lsb, reader.Number("reset") ?? 0, reader.Number("value") ?? 0, reader.Scalar("enum"), description, reader.Location);
        RegisterRules.CheckField(field, access, reader, diagnostics);
        return field;
    }

    private (int Msb, int Lsb)? ReadBits(MappingReader reader, string name)
    {
        if (reader.Scalar("bits", required: true) is not { } text)
        {
            return null;
        }

        var match = BitsPattern().Match(text);
        if (!match.Success)
        {
            diagnostics.Add(reader.LocationOf("bits"), $"bits of field '{name}' must be \"N\" or \"MSB:LSB\", not '{text}'");
            return null;
        }

        var msb = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var lsb = match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : msb;
        if (msb > 31 || lsb > msb)
        {
            diagnostics.Add(reader.LocationOf("bits"), $"bits {text} of field '{name}' are not within 31:0, highest first");
            return null;
        }

        return (msb, lsb);
    }

    private uint Aligned(MappingReader reader, string key)
    {
        var value = reader.Number(key, required: true, maximum: 0xFFFF) ?? 0;
        if (value % 4 != 0)
        {
            diagnostics.Add(reader.LocationOf(key), $"{key} 0x{value:X} is not a multiple of 4");
        }

        return value & ~3u;
    }

    private int? Positive(MappingReader reader, string key)
    {
        var value = reader.Number(key, maximum: 0x4000);
        if (value == 0)
        {
            diagnostics.Add(reader.LocationOf(key), $"{key} must be at least 1");
            return 1;
        }

        return (int?)value;
    }

    [GeneratedRegex("^([0-9]{1,2})(?::([0-9]{1,2}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex BitsPattern();
}
