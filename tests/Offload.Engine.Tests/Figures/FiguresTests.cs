using System.Text.Json;
using Offload.Benchmarks;

namespace Offload.Engine.Tests.Figures;

/// <summary>What the benchmarks do with their arguments and with their figures, apart from the figures themselves.</summary>
public sealed class FiguresTests
{
    private static readonly string[] Names = ["core512.segments_per_clock", "latency.gmii.clocks"];

    [Fact]
    public void Arguments_are_read()
    {
        BenchArguments read = BenchArguments.Parse(["--json", "--only", "core", "--only", "latency.gmii", "--long", "--no-build"]);
        Assert.True(read.Json && read.Long && !read.Build && !read.List && !read.Docs && !read.Help);
        Assert.Equal(["core", "latency.gmii"], read.Only);
        Assert.All(Names, name => Assert.True(read.Wants(name)));
        Assert.False(read.Wants("latency.core64.clocks"));
        Assert.True(BenchArguments.Parse([]).Wants("anything"));
        read.Check(Names);
    }

    [Theory]
    [InlineData("--jsn", "unknown argument '--jsn'")]
    [InlineData("60", "unknown argument '60'")]
    [InlineData("--only", "--only needs")]
    [InlineData("--only --json", "--only needs")]
    [InlineData("--docs --only core", "--docs writes the whole table")]
    public void Wrong_arguments_are_told(string line, string message)
    {
        ArgumentsException exception = Assert.Throws<ArgumentsException>(() => BenchArguments.Parse(line.Split(' ')));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_of_no_row_is_told() =>
        Assert.Contains("'cor512'", Assert.Throws<ArgumentsException>(() => BenchArguments.Parse(["--only", "cor512"]).Check(Names)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Better.Higher, 1.0, 1.0, 0.95, true, false)]
    [InlineData(Better.Higher, 0.96, 1.0, 0.95, false, false)]
    [InlineData(Better.Higher, 0.94, 1.0, 0.95, false, true)]
    [InlineData(Better.Lower, 24.0, 24.0, 27.0, true, false)]
    [InlineData(Better.Lower, 25.0, 24.0, 27.0, false, false)]
    [InlineData(Better.Lower, 28.0, 24.0, 27.0, false, true)]
    [InlineData(Better.Higher, 0.0, null, null, null, false)]
    [InlineData(Better.Higher, null, 1.0, 1.0, null, false)]
    public void Goal_and_floor_judge_a_figure(Better better, double? value, double? goal, double? floor, bool? met, bool fails)
    {
        var row = new Row("name", value, "unit") { Better = better, Goal = goal, Floor = floor };
        Assert.Equal((met, fails), (row.Met, row.Fails));
    }

    [Fact]
    public void A_row_is_an_object_in_one_line()
    {
        string line = Report.Json(new Row("core512.segments_per_clock", 1.0 / 3, "a \"clock\", µs") { Goal = 1 });
        Assert.DoesNotContain('\n', line);
        JsonElement row = JsonDocument.Parse(line).RootElement;
        Assert.Equal(["name", "value", "unit", "goal", "floor"], row.EnumerateObject().Select(member => member.Name));
        Assert.Equal("core512.segments_per_clock", row.GetProperty("name").GetString());
        Assert.Equal(0.333, row.GetProperty("value").GetDouble());
        Assert.Equal("a \"clock\", µs", row.GetProperty("unit").GetString());
        Assert.Equal(1, row.GetProperty("goal").GetDouble());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("floor").ValueKind);
    }

    [Fact]
    public void A_row_that_was_skipped_says_why()
    {
        JsonElement row = JsonDocument.Parse(Report.Json(Row.Skipped("silicon.i9.core_mhz", "MHz", "build it first"))).RootElement;
        Assert.Equal(JsonValueKind.Null, row.GetProperty("value").ValueKind);
        Assert.Equal("build it first", row.GetProperty("note").GetString());
    }

    [Fact]
    public void The_table_shows_what_misses()
    {
        string[] lines = Report.Table(
        [
            new Row("a", 12345.6, "x") { Goal = 10000 },
            new Row("bb", 0.5, "y") { Goal = 1, Floor = 0.6, Note = "why" },
        ]).Split(Environment.NewLine);
        Assert.Equal(lines[0].Length, lines[2].Length);
        Assert.Equal(lines[0].Length, lines[1].Length);
        Assert.Matches(@"^\| a    \| 12,346 \| x    \| 10,000 \| +\| yes", lines[2]);
        Assert.Contains("| NO, FAILS |", lines[3], StringComparison.Ordinal);
        Assert.Equal("- `bb`: why", lines[5]);
    }

    [Fact]
    public void A_report_of_build_bitstream_is_read()
    {
        SiliconReport report = SiliconReport.Parse(
            """
            {"schema": 1, "board": "versa-5g", "seed": 3, "clocks": [{"name": "line", "mhz": 200.0, "constraint_mhz": 125.0, "goal_mhz": null},
             {"name": "core", "mhz": 131.5, "constraint_mhz": 100.0, "goal_mhz": 125.0}], "luts": 20000, "luts_of": 43848, "block_rams": 90,
             "block_rams_of": 108, "connections": 1024}
            """);
        Assert.Equal(new SiliconReport(1024, 20000, 43848, 90, 131.5, 125, 100), report);
        Assert.Null(SiliconReport.Parse("""{"clocks": [], "luts": 50000}""").CoreMegahertz);
        Assert.Throws<InvalidDataException>(() => SiliconReport.Parse("{}"));
        Assert.Throws<InvalidDataException>(() => SiliconReport.Parse("none"));
    }

    /// <summary>The published check value of CRC-32.</summary>
    [Fact]
    public void The_check_sequence_is_the_published_one() => Assert.Equal(0xCBF43926, Line.CheckSequence("123456789"u8));

    [Fact]
    public void The_picture_shows_what_is_known()
    {
        string picture = Picture.OfGrowth(
        [
            new Row("growth.table256.clocks_per_segment", 1, "clocks"), new Row("growth.table4096.clocks_per_segment", 1, "clocks"),
            new Row("growth.table256.luts", 1000, "LUTs"), new Row("growth.table4096.luts", null, "LUTs"),
        ]);
        System.Xml.Linq.XElement drawn = System.Xml.Linq.XElement.Parse(picture);
        Assert.Equal("svg", drawn.Name.LocalName);
        Assert.Equal(3, drawn.Descendants().Count(one => one.Name.LocalName == "rect" && (string?)one.Attribute("class") == "bar"));
        Assert.Contains(drawn.Descendants(), one => one.Value == "not built");
    }
}
