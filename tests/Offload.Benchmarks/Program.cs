// Figures of the engine: one table, or one JSON object a line. docs/performance.md says what each row means.
//
//   dotnet run -c Release --project tests/Offload.Benchmarks -- --help

using System.Runtime.Versioning;
using Offload;
using Offload.Benchmarks;
using Offload.Cli.Demo;

[assembly: SupportedOSPlatform("linux")]

BenchArguments arguments;
List<Measurement> measurements = [.. CoreRows.All(), .. LatencyRows.All(), .. TableRows.All(), .. ChurnRows.All(), .. GrowthRows.All(), .. SiliconRows.All(), .. LinkRows.All(), .. VirtualRows.All(), .. SocketRows.All(), .. WebRows.All()];
try
{
    arguments = BenchArguments.Parse(args);
    arguments.Check([.. measurements.SelectMany(measurement => measurement.Names)]);
}
catch (ArgumentsException exception)
{
    Console.Error.WriteLine($"benchmarks: {exception.Message}");
    Console.Error.WriteLine(BenchArguments.Usage);
    return 2;
}

if (arguments.Help)
{
    Console.WriteLine(BenchArguments.Usage);
    return 0;
}

measurements = [.. measurements.Where(measurement => measurement.Names.Any(arguments.Wants))];
if (arguments.List)
{
    foreach (string name in measurements.SelectMany(measurement => measurement.Names).Where(arguments.Wants))
    {
        Console.WriteLine(name);
    }

    return 0;
}

var bench = new Bench(arguments, Console.Error);
var rows = new List<Row>();
bool broken = false;
foreach (Measurement measurement in measurements)
{
    List<Row> measured;
    try
    {
        measured = [.. measurement.Run(bench)];
    }
    catch (Exception exception) when (exception is InvalidOperationException or IOException or OffloadException or TimeoutException or DemoException)
    {
        Console.Error.WriteLine($"benchmarks: {measurement.Names[0]}: {exception.Message}");
        measured = [.. measurement.Names.Select(name => Row.Skipped(name, "", $"failed: {exception.Message}"))];
        broken = true;
    }

    foreach (Row row in measured.Where(row => arguments.Wants(row.Name)))
    {
        rows.Add(row);
        if (arguments.Json)
        {
            Console.WriteLine(Report.Json(row));
        }
    }
}

if (arguments.Docs)
{
    Docs.Write(rows, arguments);
}

if (!arguments.Json)
{
    Console.Write(Report.Table(rows));
}

foreach (Row row in rows.Where(row => row.Fails))
{
    Console.Error.WriteLine($"benchmarks: {row.Name} misses its floor");
}

return broken ? 3 : rows.Any(row => row.Fails) ? 1 : 0;
