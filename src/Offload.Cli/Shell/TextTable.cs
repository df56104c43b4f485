using System.Text;

namespace Offload.Cli.Shell;

/// <summary>Columns of text, aligned with spaces; the same on a terminal and in a pipe.</summary>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Numbers of columns whose cells are aligned to the right.</summary>
    internal int[] RightAligned { get; init; } = [];

    /// <summary>Adds a row, of as many cells as there are columns.</summary>
    internal void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes heading and rows.</summary>
    internal void WriteTo(TextWriter writer, string indent = "", bool heading = true)
    {
        var widths = columns.Select((name, i) => _rows.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        if (heading)
        {
            Line(writer, indent, columns, widths);
        }

        foreach (var row in _rows)
        {
            Line(writer, indent, row, widths);
        }
    }

    private void Line(TextWriter writer, string indent, string[] cells, int[] widths)
    {
        var line = new StringBuilder(indent);
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(RightAligned.Contains(i) ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
            line.Append("  ");
        }

        writer.WriteLine(line.ToString().TrimEnd());
    }
}
