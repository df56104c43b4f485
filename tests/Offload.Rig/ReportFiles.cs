using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;

namespace Offload.Rig;

/// <summary>Writes a report: JUnit XML, one HTML file that needs no other, and the results as test.sh counts them (TRX).</summary>
internal static class ReportFiles
{
    /// <summary>JUnit's format, as continuous integration reads it.</summary>
    internal static XDocument JUnit(RigReport report) => new(new XElement(
        "testsuite",
        new XAttribute("name", $"Offload.Rig on {RigConfiguration.Current.Board}"),
        new XAttribute("timestamp", report.Started.ToString("s", CultureInfo.InvariantCulture)),
        new XAttribute("tests", report.Results.Count),
        new XAttribute("failures", report.Count(RigOutcome.Failed)),
        new XAttribute("skipped", report.Count(RigOutcome.Skipped)),
        new XAttribute("time", Number(report.Results.Sum(result => result.Time.TotalSeconds))),
        new XElement("properties", report.Board.Select(one => new XElement("property", new XAttribute("name", one.Name), new XAttribute("value", one.Value)))),
        report.Results.Select(result => new XElement(
            "testcase",
            new XAttribute("classname", result.Class),
            new XAttribute("name", result.Name),
            new XAttribute("time", Number(result.Time.TotalSeconds)),
            result.Outcome switch
            {
                RigOutcome.Failed => new XElement("failure", Clean(result.Message)),
                RigOutcome.Skipped => new XElement("skipped", new XAttribute("message", Clean(result.Message))),
                _ => null,
            }))));

    /// <summary>As much of TRX as firmware-tools/test-results.awk reads: a line a test.</summary>
    internal static string Trx(RigReport report)
    {
        StringBuilder text = new("<TestRun>\n");
        foreach (RigResult result in report.Results)
        {
            string outcome = result.Outcome switch { RigOutcome.Passed => "Passed", RigOutcome.Skipped => "NotExecuted", _ => "Failed" };
            string name = new XAttribute("testName", $"{result.Class}.{result.Name} (rig: {RigConfiguration.Current.Board})").ToString();
            string message = new XElement("Message", Clean(result.Message).Replace('\n', ' ')).ToString();
            text.Append(CultureInfo.InvariantCulture, $"<UnitTestResult {name} outcome=\"{outcome}\">\n{message}\n</UnitTestResult>\n");
        }

        return text.Append("</TestRun>\n").ToString();
    }

    /// <summary>One page for people.</summary>
    internal static string Html(RigReport report)
    {
        StringBuilder page = new();
        page.Append(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Offload rig</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
            table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2em .6em; border-bottom: 1px solid #ddd; vertical-align: top }
            .number { text-align: right; font-variant-numeric: tabular-nums } .Passed { color: #17692b } .Failed { color: #b00020; font-weight: 600 } .Skipped { color: #7a5b00 }
            pre { white-space: pre-wrap; margin: 0 } svg { width: 100%; height: auto } h2 { margin-top: 2em }
            </style></head><body>
            """);
        page.Append(CultureInfo.InvariantCulture, $"<h1>Offload rig: {Text(RigConfiguration.Current.Board)}</h1>\n");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p>{report.Started:u} &middot; {report.Count(RigOutcome.Passed)} passed, {report.Count(RigOutcome.Failed)} failed, {report.Count(RigOutcome.Skipped)} skipped</p>\n");
        page.Append("<h2>Board</h2><table>");
        foreach ((string name, string value) in report.Board)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Text(value)}</td></tr>\n");
        }

        page.Append("</table>\n<h2>Measurements</h2><table><tr><th>What</th><th class=\"number\">Value</th><th>Unit</th><th class=\"number\">at least</th><th class=\"number\">at most</th></tr>\n");
        foreach (RigFigure figure in report.Figures)
        {
            string state = figure.Value >= figure.Low && figure.Value <= figure.High ? "" : " Failed";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Text(figure.Name)}</td><td class=\"number{state}\">{Number(figure.Value)}</td><td>{Text(figure.Unit)}</td><td class=\"number\">{Number(figure.Low)}</td><td class=\"number\">{Number(figure.High)}</td></tr>\n");
        }

        page.Append("</table>\n");
        foreach (RigSamples samples in report.Series)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h3>{Text(samples.Name)}</h3>\n{Histogram(samples)}\n");
        }

        page.Append("<h2>Tests</h2><table><tr><th>Test</th><th>Result</th><th class=\"number\">Time</th></tr>\n");
        foreach (RigResult result in report.Results)
        {
            string message = result.Message.Length == 0 ? "" : $"<pre>{Text(result.Message)}</pre>";
            string kept = result.Outcome == RigOutcome.Failed ? $" (<a href=\"{Uri.EscapeDataString(result.Name)}/\">log, trace, frames</a>)" : "";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Text(result.Class)}: {Text(result.Name.Replace('_', ' '))}{message}</td><td class=\"{result.Outcome}\">{result.Outcome}{kept}</td><td class=\"number\">{result.Time.TotalSeconds:0.00} s</td></tr>\n");
        }

        return page.Append("</table></body></html>\n").ToString();
    }

    /// <summary>How often which value came, over 40 steps from the least to the 99th percentile.</summary>
    private static string Histogram(RigSamples samples)
    {
        const int Steps = 40;
        const double Width = 800;
        const double Height = 180;
        double[] sorted = [.. samples.Values.Order()];
        double low = sorted[0];
        double high = Math.Max(sorted[(int)((sorted.Length - 1) * 0.99)], low + 1e-9);
        int[] counts = new int[Steps];
        foreach (double value in sorted)
        {
            counts[Math.Clamp((int)((value - low) / (high - low) * Steps), 0, Steps - 1)]++;
        }

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height + 30}\" role=\"img\" aria-label=\"{Text(samples.Name)}\">");
        for (int i = 0; i < Steps; i++)
        {
            double height = Height * counts[i] / counts.Max();
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{i * Width / Steps:0.#}\" y=\"{Height - height:0.#}\" width=\"{(Width / Steps) - 2:0.#}\" height=\"{height:0.#}\" fill=\"#3465a4\"/>");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"0\" y=\"{Height + 20}\" font-size=\"14\">{Number(low)} {Text(samples.Unit)}</text><text x=\"{Width}\" y=\"{Height + 20}\" font-size=\"14\" text-anchor=\"end\">{Number(high)} {Text(samples.Unit)} and more</text>");
        return svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Width / 2}\" y=\"{Height + 20}\" font-size=\"14\" text-anchor=\"middle\">median {Number(sorted[sorted.Length / 2])}, n = {sorted.Length}</text></svg>").ToString();
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    // XML takes no control characters.
    private static string Clean(string text) => new([.. text.Where(c => c >= ' ' || c is '\n' or '\t')]);
}
