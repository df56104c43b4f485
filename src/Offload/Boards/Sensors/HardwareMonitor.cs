using System.Globalization;
using System.Text.RegularExpressions;

namespace Offload.Boards.Sensors;

/// <summary>What a sensor measures.</summary>
public enum SensorKind
{
    /// <summary>Temperature, °C.</summary>
    Temperature = 0,

    /// <summary>Voltage, V.</summary>
    Voltage = 1,

    /// <summary>Current, A.</summary>
    Current = 2,

    /// <summary>Power, W.</summary>
    Power = 3,
}

/// <summary>What a sensor measures now.</summary>
/// <param name="Chip">What its driver calls the chip, for example <c>lm75</c>.</param>
/// <param name="Name">Its label, or its channel, for example <c>temp1</c>.</param>
/// <param name="Kind">What it measures.</param>
/// <param name="Value">In the unit of <see cref="Unit"/>; null: the chip gives none now, or its bus failed.</param>
/// <param name="Low">What it should not be under; null: the chip has no such limit.</param>
/// <param name="High">What it should not be over; null: the chip has no such limit.</param>
public sealed record SensorReading(string Chip, string Name, SensorKind Kind, double? Value, double? Low, double? High)
{
    /// <summary>Symbol of the unit: °C, V, A or W.</summary>
    public string Unit => Kind switch { SensorKind.Temperature => "°C", SensorKind.Voltage => "V", SensorKind.Current => "A", _ => "W" };

    /// <summary>Whether there is a value, and it is within its limits.</summary>
    public bool IsWithinLimits => Value is { } value && (Low is not { } low || value >= low) && (High is not { } high || value <= high);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chip} {Name}: {(Value is { } value ? $"{value:0.###} {Unit}" : "no value")}");
}

/// <summary>Temperature and supply sensors by the kernel's drivers (kernel: Documentation/hwmon/sysfs-interface.rst).</summary>
public static partial class HardwareMonitor
{
    private const string Folder = "/sys/class/hwmon";

    /// <summary>Reads every sensor of the chips with a name.</summary>
    /// <param name="chip">What the driver calls the chip, for example <c>lm75</c>; null: every chip of this machine.</param>
    /// <returns>Readings by chip and channel.</returns>
    public static IReadOnlyList<SensorReading> Read(string? chip = null) => Read(chip, Folder);

    internal static List<SensorReading> Read(string? chip, string folder)
    {
        List<SensorReading> readings = [];
        if (!Directory.Exists(folder))
        {
            return readings; // a kernel without sensors
        }

        foreach (string monitor in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (Text(monitor, "name") is not { } name || (chip is not null && name != chip))
            {
                continue;
            }

            foreach (string path in Directory.EnumerateFiles(monitor, "*_input").Order(StringComparer.Ordinal))
            {
                if (Channel().Match(Path.GetFileName(path)) is { Success: true } channel)
                {
                    readings.Add(Of(monitor, name, channel.Groups["kind"].Value, channel.Groups["number"].Value));
                }
            }
        }

        return readings;
    }

    private static SensorReading Of(string monitor, string chip, string kind, string number)
    {
        (SensorKind measured, double divisor) = kind switch
        {
            "temp" => (SensorKind.Temperature, 1e3), // m°C
            "in" => (SensorKind.Voltage, 1e3), // mV
            "curr" => (SensorKind.Current, 1e3), // mA
            _ => (SensorKind.Power, 1e6), // µW
        };
        string channel = kind + number;
        double? Number(string attribute) =>
            long.TryParse(Text(monitor, $"{channel}_{attribute}"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value / divisor : null;
        return new SensorReading(
            chip, Text(monitor, channel + "_label") ?? channel, measured, Number("input"), Number("min") ?? Number("lcrit"), Number("max") ?? Number("crit"));
    }

    /// <summary>Null: there is none, or the chip does not answer.</summary>
    private static string? Text(string monitor, string file)
    {
        string path = Path.Combine(monitor, file);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex("^(?<kind>temp|in|curr|power)(?<number>[0-9]+)_input$")]
    private static partial Regex Channel();
}
