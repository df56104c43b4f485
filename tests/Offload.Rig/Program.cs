using System.Globalization;
using Offload.Boards;

namespace Offload.Rig;

/// <summary>The rig by itself, with a report; the same tests run under <c>dotnet test</c>.</summary>
internal static class Program
{
    private const string Usage =
        """
        usage: Offload.Rig run [--report DIR] [--trx FILE] [--filter TEXT]     the suite on the board that OFFLOAD_RIG configures
               Offload.Rig guest [--report DIR] [--filter TEXT] [--link LINK]  the suite in a guest, the virtual board behind its buses (pcie, sysfs, usb)
               Offload.Rig replay FILE                                         a register trace on the virtual board
        """;

    private static async Task<int> Main(string[] arguments)
    {
        Dictionary<string, string> options = [];
        for (int i = 1; i + 1 < arguments.Length && arguments[i].StartsWith("--", StringComparison.Ordinal); i += 2)
        {
            options[arguments[i]] = arguments[i + 1];
        }

        string report = Path.GetFullPath(options.GetValueOrDefault("--report", Path.Combine("artifacts", "rig")));
        string? filter = options.GetValueOrDefault("--filter") is { Length: > 0 } text ? text : null;
        switch (arguments.FirstOrDefault())
        {
            case "run" when arguments.Length == 1 + (2 * options.Count):
                return await RunAsync(report, options.GetValueOrDefault("--trx"), filter);
            case "guest" when arguments.Length == 1 + (2 * options.Count):
                return await GuestRun.RunAsync(report, filter, options.GetValueOrDefault("--link"));
            case "replay" when arguments.Length == 2:
                List<string> differences = await TraceReplay.RunAsync(await File.ReadAllLinesAsync(arguments[1]));
                differences.ForEach(Console.WriteLine);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{differences.Count} differences"));
                return differences.Count == 0 ? 0 : 1;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static async Task<int> RunAsync(string folder, string? trx, string? filter)
    {
        Directory.CreateDirectory(folder);
        RigReport report = RigReport.Current;
        await DescribeAsync(report);
        SuiteRunner.Run(report, folder, filter, Console.WriteLine);
        ReportFiles.JUnit(report).Save(Path.Combine(folder, "junit.xml"));
        await File.WriteAllTextAsync(Path.Combine(folder, "report.html"), ReportFiles.Html(report));
        if (trx is not null)
        {
            await File.WriteAllTextAsync(trx, ReportFiles.Trx(report));
        }

        Console.WriteLine($"{report.Count(RigOutcome.Passed)} passed, {report.Count(RigOutcome.Failed)} failed, {report.Count(RigOutcome.Skipped)} skipped; {Path.Combine(folder, "report.html")}");
        return report.Count(RigOutcome.Failed) == 0 && report.Count(RigOutcome.Passed) > 0 ? 0 : 1;
    }

    private static async Task DescribeAsync(RigReport report)
    {
        await using RigBoard board = await RigBoard.OpenAsync();
        BoardDescription description = board.Board.Description;
        BoardIdentity identity = await board.Board.GetIdentityAsync();
        BoardPart part = await board.Board.GetPartAsync();
        report.Board.AddRange(
        [
            ("Link", RigConfiguration.Current.Board),
            ("Board", $"{description.Id} ({description.Name}, {description.Location})"),
            ("Kind", string.Create(CultureInfo.InvariantCulture, $"{part.BoardName}, IDCODE {part.IdCode:x8}")),
            ("Core", $"version {identity.CoreVersion}, register map {identity.MapHash}"),
            ("Sizes", string.Create(CultureInfo.InvariantCulture, $"{identity.Connections} connections, {identity.Listeners} listeners, {identity.EventDepth} events")),
            ("Machine", $"{Environment.OSVersion}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}{(Environment.GetEnvironmentVariable("OFFLOAD_GUEST") is null ? "" : ", a guest in emulation")}"),
        ]);
    }
}
