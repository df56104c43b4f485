using Offload.Boards.Sensors;

namespace Offload.Tests.Links;

/// <summary>Sensors as the kernel shows them, in a folder that is like sysfs's.</summary>
public sealed class HardwareMonitorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("offload-hwmon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Units_limits_and_labels()
    {
        Add("hwmon0", "lm75", ("temp1_input", "-12500"), ("temp1_max", "80000"), ("temp1_max_hyst", "75000"));
        Add("hwmon1", "ina219", ("in0_input", "11400"), ("in0_min", "11400"), ("in0_crit", "12600"), ("in0_label", "supply"), ("curr1_input", "250"), ("power1_input", "3000000"), ("fan1_input", "900"));
        List<SensorReading> all = HardwareMonitor.Read(null, _folder);
        Assert.Equal(
            [
                new SensorReading("lm75", "temp1", SensorKind.Temperature, -12.5, null, 80),
                new SensorReading("ina219", "curr1", SensorKind.Current, 0.25, null, null),
                new SensorReading("ina219", "supply", SensorKind.Voltage, 11.4, 11.4, 12.6),
                new SensorReading("ina219", "power1", SensorKind.Power, 3, null, null),
            ],
            all);
        Assert.Equal(["°C", "A", "V", "W"], all.Select(one => one.Unit));
        Assert.All(all, one => Assert.True(one.IsWithinLimits));
        Assert.Equal("lm75 temp1: -12.5 °C", all[0].ToString());
        Assert.Single(HardwareMonitor.Read("lm75", _folder));
        Assert.Empty(HardwareMonitor.Read("lm77", _folder));
        Assert.Empty(HardwareMonitor.Read(null, Path.Combine(_folder, "none")));
    }

    [Theory]
    [InlineData("11399", false)]
    [InlineData("12601", false)]
    [InlineData("12600", true)]
    [InlineData("", false)]
    [InlineData("much", false)]
    public void Outside_its_limits_or_without_a_value_it_is_not_well(string input, bool well)
    {
        Add("hwmon0", "x", ("in0_input", input), ("in0_min", "11400"), ("in0_max", "12600"));
        Assert.Equal(well, Assert.Single(HardwareMonitor.Read(null, _folder)).IsWithinLimits);
    }

    private void Add(string folder, string name, params (string File, string Text)[] files)
    {
        string path = Path.Combine(_folder, folder);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "name"), name + "\n");
        foreach ((string file, string text) in files)
        {
            File.WriteAllText(Path.Combine(path, file), text + "\n");
        }
    }
}
