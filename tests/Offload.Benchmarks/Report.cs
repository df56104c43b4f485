using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offload.Benchmarks;

/// <summary>Writes rows: as a table for people, or an object a line for programs.</summary>
internal static class Report
{
    private static readonly string[] Head = ["name", "value", "unit", "goal", "floor", "goal met"];
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One row as an object in one line.</summary>
    public static string Json(Row row)
    {
        var line = new JsonObject
        {
            ["name"] = row.Name,
            ["value"] = Number(row.Value),
            ["unit"] = row.Unit,
            ["goal"] = Number(row.Goal),
            ["floor"] = Number(row.Floor),
        };
        if (row.Note is not null)
        {
            line["note"] = row.Note;
        }

        return line.ToJsonString(Plain);
    }

    /// <summary>All rows as one Markdown table, its columns aligned; notes below it.</summary>
    public static string Table(IReadOnlyList<Row> rows)
    {
        List<string[]> lines = [Head];
        foreach (Row row in rows)
        {
            lines.Add([row.Name, Text(row.Value), row.Unit, Text(row.Goal), Text(row.Floor), row.Met switch { true => "yes", false => "NO", null => "" } + (row.Fails ? ", FAILS" : "")]);
        }

        int[] widths = [.. Enumerable.Range(0, Head.Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            Append(text, lines[i].Select((cell, column) => IsNumber(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])));
            if (i == 0)
            {
                Append(text, widths.Select((width, column) => new string('-', IsNumber(column) ? width - 1 : width) + (IsNumber(column) ? ":" : "")));
            }
        }

        Row[] noted = [.. rows.Where(row => row.Note is not null)];
        if (noted.Length > 0)
        {
            text.AppendLine();
            foreach (IGrouping<string, Row> group in noted.GroupBy(row => row.Note!))
            {
                text.Append(CultureInfo.InvariantCulture, $"- {string.Join(", ", group.Select(row => $"`{row.Name}`"))}: {group.Key}").AppendLine();
            }
        }

        return text.ToString();
    }

    private static bool IsNumber(int column) => column is 1 or 3 or 4;

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static JsonValue? Number(double? value) => value is double number ? JsonValue.Create(Math.Round(number, Decimals(number))) : null;

    private static string Text(double? value) => value is double number
        ? Math.Round(number, Decimals(number)).ToString(Math.Abs(number) >= 1000 ? "N0" : "0.####", CultureInfo.InvariantCulture)
        : "";

    private static int Decimals(double number) => Math.Abs(number) >= 1000 ? 0 : Row.Decimals;
}
