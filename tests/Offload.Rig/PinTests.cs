using Offload.Boards.Sensors;
using Offload.Links.Gpio;
using Offload.Programming.Jtag;

namespace Offload.Rig;

/// <summary>GPIO lines and sensors at the kernel's own drivers. Wired: line 3 to line 4, and to an ECP5's
/// PROGRAMN, whose INITN and DONE are at lines 6 and 7; a part with JTAG at lines 0 (TCK), 1 (TMS), 2 (TDI) and 5 (TDO);
/// an LM75 with 36.5 °C, and an LTC4151 with 12 V and 1 mV at its shunt of 1 mΩ.</summary>
public sealed class PinTests
{
    private const int Output = 3;
    private const int Input = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [BoardFact(Needs.Pins)]
    public void What_is_driven_is_read_at_the_other_end_of_the_wire()
    {
        using GpioChip chip = Open();
        Assert.Equal(8, chip.Lines);
        using GpioLines output = chip.Request(GpioDirection.Output, [Output], initial: 1);
        using GpioLines input = chip.Request(GpioDirection.Input, [Input]);
        Assert.Equal(1ul, input.Read());
        foreach (ulong level in new[] { 0ul, 1ul, 0ul })
        {
            output.Write(level);
            Assert.Equal(level, output.Read());
            Assert.Equal(level, input.Read());
        }
    }

    [BoardFact(Needs.Pins)]
    public async Task Edges_are_told_in_their_order()
    {
        using GpioChip chip = Open();
        using GpioLines output = chip.Request(GpioDirection.Output, [Output]);
        using GpioLines input = chip.Request(GpioDirection.Input, [Input], edges: GpioEdges.Both);
        for (uint i = 1; i <= 4; i++)
        {
            Task<GpioEdge> edge = input.WaitForEdgeAsync().AsTask();
            output.Write(i & 1);
            GpioEdge found = await edge.WaitAsync(Patience);
            Assert.Equal((Input, (i & 1) != 0, i), (found.Line, found.Rising, found.Number));
        }

        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await input.WaitForEdgeAsync(soon.Token));
    }

    [BoardFact(Needs.Pins)]
    public void A_line_is_taken_once_and_what_is_wrong_is_refused()
    {
        using GpioChip chip = Open();
        using (GpioLines line = chip.Request(GpioDirection.Input, [Input]))
        {
            Assert.Equal(OffloadError.BoardBusy, Assert.Throws<OffloadException>(() => chip.Request(GpioDirection.Input, [Input])).Code);
            Assert.Equal(OffloadError.Unsupported, Assert.Throws<OffloadException>(() => line.Write(1)).Code);
        }

        chip.Request(GpioDirection.Input, [Input]).Dispose();
        Assert.Throws<ArgumentException>(() => chip.Request(GpioDirection.Input, [8]));
        Assert.Throws<ArgumentException>(() => chip.Request(GpioDirection.Input, []));
        Assert.Throws<ArgumentException>(() => chip.Request(GpioDirection.Output, [Output], edges: GpioEdges.Both));
        Assert.Equal(OffloadError.Unsupported, Assert.Throws<OffloadException>(() => GpioChip.Open("/dev/null")).Code);
        Assert.Throws<BoardGoneException>(() => GpioChip.Open("/dev/gpiochip99"));
    }

    [BoardFact(Needs.Pins)]
    public async Task A_jtag_chain_at_the_lines_is_scanned()
    {
        using GpioChip chip = Open();
        await using BitBangJtagPort port = new(new GpioJtagLines(chip, new GpioJtagPins(Tck: 0, Tms: 1, Tdi: 2, Tdo: 5)));
        JtagDevice device = Assert.Single((await JtagChain.ScanAsync(port)).Devices);
        Assert.Equal((0x81112043u, 8), (device.IdCode, device.InstructionBits));
    }

    [BoardFact(Needs.Pins)]
    public async Task Lines_of_configuration_are_driven_and_read()
    {
        using GpioChip chip = Open();
        using GpioConfigurationLines lines = new(chip, programN: Output, initN: 6, done: 7);
        foreach (bool level in new[] { true, false, true })
        {
            lines.SetProgramN(level);
            await WaitAsync(() => (lines.ReadInitN(), lines.ReadDone()) == (level, level)); // its flash has an image
        }
    }

    [BoardFact(Needs.Pins)]
    public void Sensors_have_units_and_limits()
    {
        SensorReading temperature = Assert.Single(HardwareMonitor.Read("lm75"));
        Assert.Equal((SensorKind.Temperature, 36.5, "°C", 80.0, true), (temperature.Kind, temperature.Value, temperature.Unit, temperature.High, temperature.IsWithinLimits));
        IReadOnlyList<SensorReading> supply = HardwareMonitor.Read("ltc4151");
        SensorReading voltage = Assert.Single(supply, one => one is { Kind: SensorKind.Voltage, Name: "in1" });
        Assert.Equal((12.0, "V"), (voltage.Value, voltage.Unit));
        SensorReading current = Assert.Single(supply, one => one.Kind == SensorKind.Current);
        Assert.Equal((1.0, "A"), (current.Value, current.Unit));
        RigReport.Measure("board: temperature", "°C", temperature.Value!.Value, -40, 85);
        RigReport.Measure("board: supply", "V", voltage.Value!.Value, 11.4, 12.6);
    }

    [BoardFact(Needs.Pins | Needs.Faults)]
    public async Task A_chip_that_does_not_acknowledge_gives_no_value_and_comes_back()
    {
        Assert.NotNull(Assert.Single(HardwareMonitor.Read("lm75")).Value);
        await Faults.NakAsync(true);
        SensorReading silent = Assert.Single(HardwareMonitor.Read("lm75"));
        await Faults.NakAsync(false);
        Assert.Null(silent.Value);
        Assert.False(silent.IsWithinLimits);
        Assert.Equal(36.5, Assert.Single(HardwareMonitor.Read("lm75")).Value);
    }

    /// <summary>Waits until something is so.</summary>
    internal static async Task WaitAsync(Func<bool> condition)
    {
        using CancellationTokenSource late = new(Patience);
        while (!condition())
        {
            await Task.Delay(10, late.Token);
        }
    }

    /// <summary>The controller of the configuration.</summary>
    internal static GpioChip Open()
    {
        foreach (string path in GpioChip.Find())
        {
            GpioChip chip = GpioChip.Open(path);
            if (chip.Label.StartsWith(RigConfiguration.Current.Pins!, StringComparison.Ordinal))
            {
                return chip;
            }

            chip.Dispose();
        }

        throw new InvalidOperationException($"no GPIO controller is called {RigConfiguration.Current.Pins}; /dev has: {string.Join(' ', GpioChip.Find())}");
    }
}
