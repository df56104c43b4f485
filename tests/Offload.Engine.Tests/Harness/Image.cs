using System.Text;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Harness;

/// <summary>The values of a layout by name: what the core shows of an entry or an event, and what the model expects there.</summary>
internal sealed class Image
{
    private static readonly Dictionary<string, (IReadOnlyList<LayoutField> Fields, Dictionary<string, int> Index, int Words)> Layouts =
        new[] { "entry", "event", "key", "listener" }.ToDictionary(name => name, name =>
        {
            IReadOnlyList<LayoutField> fields = RegisterSource.Layout(name);
            return (fields, fields.Select((field, i) => (field.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i), (fields[^1].Lsb + fields[^1].Width + 31) / 32);
        });

    private readonly string _layout;
    private readonly UInt128[] _values;

    /// <summary>All fields zero.</summary>
    public Image(string layout)
    {
        _layout = layout;
        _values = new UInt128[Layouts[layout].Fields.Count];
    }

    /// <summary>Takes the words as registers give them, least significant first.</summary>
    public Image(string layout, ReadOnlySpan<uint> words)
        : this(layout)
    {
        int i = 0;
        foreach (LayoutField field in Layouts[layout].Fields)
        {
            UInt128 value = 0;
            for (int bit = 0; bit < field.Width;)
            {
                int at = field.Lsb + bit;
                int take = Math.Min(field.Width - bit, 32 - (at % 32));
                value |= (UInt128)((words[at / 32] >> (at % 32)) & (uint)((1ul << take) - 1)) << bit;
                bit += take;
            }

            _values[i++] = value;
        }
    }

    /// <summary>Words that a layout takes.</summary>
    public static int Words(string layout) => Layouts[layout].Words;

    /// <summary>A field by its name.</summary>
    public UInt128 this[string field]
    {
        get => _values[Layouts[_layout].Index[field]];
        set
        {
            LayoutField place = Layouts[_layout].Fields[Layouts[_layout].Index[field]];
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, place.Width == 128 ? UInt128.MaxValue : ((UInt128)1 << place.Width) - 1, field);
            _values[Layouts[_layout].Index[field]] = value;
        }
    }

    /// <summary>The connection that an entry is about.</summary>
    public Flow Flow => new(
        this["key_local_address"], this["key_remote_address"], (ushort)this["key_local_port"], (ushort)this["key_remote_port"],
        this["key_tagged"] == 1, (ushort)this["key_vlan"]);

    /// <summary>The words as registers take them.</summary>
    public uint[] ToWords()
    {
        var words = new uint[Words(_layout)];
        int i = 0;
        foreach (LayoutField field in Layouts[_layout].Fields)
        {
            UInt128 value = _values[i++];
            for (int bit = 0; bit < field.Width;)
            {
                int at = field.Lsb + bit;
                int take = Math.Min(field.Width - bit, 32 - (at % 32));
                words[at / 32] |= (uint)((value >> bit) & ((1ul << take) - 1)) << (at % 32);
                bit += take;
            }
        }

        return words;
    }

    /// <summary>Whether all fields are equal.</summary>
    public bool Same(Image other) => _layout == other._layout && _values.AsSpan().SequenceEqual(other._values);

    /// <summary>The fields that differ, one a line; empty where there are none.</summary>
    public string Differences(Image other, string mine, string theirs)
    {
        var text = new StringBuilder();
        for (int i = 0; i < _values.Length; i++)
        {
            if (_values[i] != other._values[i])
            {
                text.AppendLine($"    {Layouts[_layout].Fields[i].Name}: {mine} {_values[i]}, {theirs} {other._values[i]}");
            }
        }

        return text.ToString();
    }
}
