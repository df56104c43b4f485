using System.Globalization;
using YamlDotNet.Serialization;

namespace Offload.Engine.Tests.Harness;

/// <summary>One field of a layout; nested layouts are flattened, their names joined by an underscore.</summary>
internal sealed record LayoutField(string Name, int Lsb, int Width);

/// <summary>Addresses and layouts, read from <c>hdl/registers/*.yaml</c> itself and not from what the generator made of it.</summary>
internal static class RegisterSource
{
    private static readonly List<Dictionary<object, object>> Files =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "hdl", "registers"), "*.yaml").Order(StringComparer.Ordinal)
            .Select(file => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(file))),
    ];

    private static readonly Dictionary<string, int> Bits = [];
    private static readonly Dictionary<string, uint> Addresses = ReadAddresses();

    /// <summary>Names of the counters in the order of the snapshot.</summary>
    public static IReadOnlyList<string> Counters { get; } =
        [.. Files.SelectMany(file => Items(file, "counters")).Select(counter => (string)counter["name"])];

    /// <summary>Address of a register, named <c>block.register</c>.</summary>
    public static uint Address(string register) => Addresses[register];

    /// <summary>A value at the place of a register's field, named <c>block.register.field</c>.</summary>
    public static uint Place(string field, uint value) => value << Bits[field];

    /// <summary>Least significant bit of a register's field, named <c>block.register.field</c>.</summary>
    public static int Lsb(string field) => Bits[field];

    /// <summary>Fields of a layout from bit 0 upward.</summary>
    public static IReadOnlyList<LayoutField> Layout(string name)
    {
        var fields = new List<LayoutField>();
        int lsb = 0;
        Append(fields, "", name, ref lsb);
        return fields;
    }

    private static void Append(List<LayoutField> fields, string prefix, string name, ref int lsb)
    {
        Dictionary<object, object> layout = Files.SelectMany(file => Items(file, "layouts")).Single(item => (string)item["name"] == name);
        foreach (Dictionary<object, object> field in Items(layout, "fields"))
        {
            string path = prefix + (string)field["name"];
            if (field.TryGetValue("layout", out object? inner))
            {
                // An entry inside an event keeps its fields' own names.
                Append(fields, (string)inner == "entry" ? prefix : path + "_", (string)inner, ref lsb);
                continue;
            }

            int width = int.Parse((string)field["width"], CultureInfo.InvariantCulture);
            fields.Add(new LayoutField(path, lsb, width));
            lsb += width;
        }
    }

    private static Dictionary<string, uint> ReadAddresses()
    {
        var addresses = new Dictionary<string, uint>();
        foreach (Dictionary<object, object> file in Files.Where(file => file.ContainsKey("block")))
        {
            var block = (Dictionary<object, object>)file["block"];
            foreach (Dictionary<object, object> register in Items(block, "registers"))
            {
                string name = $"{block["name"]}.{register["name"]}";
                addresses[name] = Number(block["base"]) + Number(register["offset"]);
                foreach (Dictionary<object, object> field in Items(register, "fields"))
                {
                    string[] bits = ((string)field["bits"]).Split(':');
                    Bits[$"{name}.{field["name"]}"] = int.Parse(bits[^1], CultureInfo.InvariantCulture);
                }
            }
        }

        return addresses;
    }

    private static IEnumerable<Dictionary<object, object>> Items(Dictionary<object, object> owner, string name) =>
        owner.TryGetValue(name, out object? list) ? ((List<object>)list).Cast<Dictionary<object, object>>() : [];

    private static uint Number(object text) =>
        ((string)text).StartsWith("0x", StringComparison.Ordinal)
            ? Convert.ToUInt32((string)text, 16)
            : uint.Parse((string)text, CultureInfo.InvariantCulture);
}
