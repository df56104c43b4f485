using System.Device.Gpio;
using Offload.Programming.Jtag;

namespace Offload.Devices.Gpio;

/// <summary>
/// JTAG lines at a <see cref="GpioController"/>. Written against System.Device.Gpio 4.2.0 (dotnet/iot, tag v4.2.0:
/// src/System.Device.Gpio/System/Device/Gpio/GpioController.cs).
/// </summary>
public sealed class GpioJtagLines : JtagLines
{
    private readonly GpioController _controller;
    private readonly int _tck;
    private readonly int _tms;
    private readonly int _tdi;
    private readonly int _tdo;

    /// <summary>Takes four lines.</summary>
    /// <param name="controller">Their controller; not disposed with the lines.</param>
    /// <param name="tck">Number of the clock's line.</param>
    /// <param name="tms">Number of the mode's line.</param>
    /// <param name="tdi">Number of the line to the chain.</param>
    /// <param name="tdo">Number of the line from the chain.</param>
    public GpioJtagLines(GpioController controller, int tck, int tms, int tdi, int tdo)
    {
        ArgumentNullException.ThrowIfNull(controller);
        _controller = controller;
        (_tck, _tms, _tdi, _tdo) = (tck, tms, tdi, tdo);
        _ = controller.OpenPin(tck, PinMode.Output, PinValue.Low);
        _ = controller.OpenPin(tms, PinMode.Output, PinValue.High);
        _ = controller.OpenPin(tdi, PinMode.Output, PinValue.Low);
        _ = controller.OpenPin(tdo, PinMode.Input);
    }

    /// <inheritdoc/>
    public override void SetLevels(bool tck, bool tms, bool tdi)
    {
        // Data before the clock where it rises, after it where it falls.
        if (!tck)
        {
            _controller.Write(_tck, PinValue.Low);
        }

        _controller.Write(_tms, tms);
        _controller.Write(_tdi, tdi);
        if (tck)
        {
            _controller.Write(_tck, PinValue.High);
        }
    }

    /// <inheritdoc/>
    public override bool ReadTdo() => _controller.Read(_tdo) == PinValue.High;

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (int pin in new[] { _tck, _tms, _tdi, _tdo })
        {
            _controller.ClosePin(pin);
        }
    }
}
