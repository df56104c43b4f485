using System.Text;

namespace Offload.RegisterMap.Output;

/// <summary>Text with LF line ends and four-space indentation, the same on every machine.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', 4 * _depth).Append(line.TrimEnd());
        }

        _text.Append('\n');
    }

    /// <summary>Several lines at the present depth.</summary>
    public void Lines(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            Line(line);
        }
    }

    public void Indent() => _depth++;

    public void Outdent() => _depth--;

    /// <summary>Lines of at most <paramref name="width"/> columns, each behind <paramref name="prefix"/>.</summary>
    public void Wrapped(string prefix, string text, int width = 118)
    {
        foreach (var line in Wrap(text, width - (4 * _depth) - prefix.Length))
        {
            Line(prefix + line);
        }
    }

    /// <summary>Breaks a text at its spaces.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    public override string ToString() => _text.ToString();
}
