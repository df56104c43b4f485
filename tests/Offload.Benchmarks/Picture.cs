using System.Globalization;
using System.Text;

namespace Offload.Benchmarks;

/// <summary>docs/performance.svg: what it costs that the table grows, in bars.</summary>
internal static class Picture
{
    private const int Left = 20, Top = 60, PanelWidth = 220, PanelHeight = 200, Bar = 30, Gap = 8;

    private static readonly (string Figure, string Title)[] Panels =
        [("clocks_per_segment", "clocks a segment"), ("block_rams", "block RAMs"), ("luts", "LUTs"), ("core_mhz", "MHz")];

    /// <summary>Draws the <c>growth.tableN.*</c> rows; a size that was not built has its place.</summary>
    public static string OfGrowth(IReadOnlyList<Row> rows)
    {
        var growth = rows.Where(row => row.Name.StartsWith("growth.table", StringComparison.Ordinal)).ToDictionary(
            row => (Size: int.Parse(row.Name["growth.table".Length..row.Name.LastIndexOf('.')], CultureInfo.InvariantCulture), Figure: row.Name[(row.Name.LastIndexOf('.') + 1)..]),
            row => row.Value);
        int[] sizes = [.. growth.Keys.Select(key => key.Size).Distinct().Order()];
        int width = (2 * Left) + (Panels.Length * PanelWidth);
        int height = Top + PanelHeight + 60;
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">""");
        Add(svg, $"""<rect width="{width}" height="{height}" fill="white"/>""");
        Add(svg, $"""<text x="{Left}" y="24" font-size="16">What a larger table costs</text>""");
        for (int i = 0; i < Panels.Length; i++)
        {
            (string figure, string title) = Panels[i];
            double most = sizes.Max(size => growth.GetValueOrDefault((size, figure)) ?? 0);
            int left = Left + (i * PanelWidth);
            Add(svg, $"""<text x="{left}" y="{Top - 10}" font-weight="bold">{title}</text>""");
            for (int j = 0; j < sizes.Length; j++)
            {
                int x = left + (j * (Bar + Gap));
                Add(svg, $"""<text x="{x + (Bar / 2)}" y="{Top + PanelHeight + 36}" text-anchor="middle">{sizes[j]}</text>""");
                if (growth.GetValueOrDefault((sizes[j], figure)) is not double value || most == 0)
                {
                    Add(svg, $"""<text x="{x + (Bar / 2) + 4}" y="{Top + PanelHeight + 16}" fill="#777" transform="rotate(-90 {x + (Bar / 2) + 4} {Top + PanelHeight + 16})">not built</text>""");
                    continue;
                }

                double bar = Math.Max(1, value / most * (PanelHeight - 20));
                double top = Top + PanelHeight + 20 - bar;
                Add(svg, $"""<rect class="bar" x="{x}" y="{Number(top)}" width="{Bar}" height="{Number(bar)}" fill="#3b6ea5"/>""");
                Add(svg, $"""<text x="{x + (Bar / 2)}" y="{Number(top - 4)}" text-anchor="middle" font-size="10">{value.ToString("#,0.##", CultureInfo.InvariantCulture)}</text>""");
            }
        }

        Add(svg, $"""<text x="{Left}" y="{height - 6}" fill="#555">entries of the table; clocks at 512 bits, area and speed on an LFE5UM5G-45F-8</text>""");
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static void Add(StringBuilder svg, FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
