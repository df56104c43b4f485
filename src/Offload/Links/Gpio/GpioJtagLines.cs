using Offload.Programming.Jtag;

namespace Offload.Links.Gpio;

/// <summary>Numbers of the lines of a <see cref="GpioChip"/> that JTAG hangs on.</summary>
/// <param name="Tck">Clock.</param>
/// <param name="Tms">Mode.</param>
/// <param name="Tdi">Data to the chain.</param>
/// <param name="Tdo">Data from the chain.</param>
public sealed record GpioJtagPins(int Tck, int Tms, int Tdi, int Tdo);

/// <summary>JTAG by lines of a GPIO controller.</summary>
public sealed class GpioJtagLines : JtagLines
{
    private const ulong Tck = 1;
    private const ulong Tms = 2;
    private const ulong Tdi = 4;

    private readonly GpioLines _outputs;
    private readonly GpioLines _input;
    private ulong _levels = Tms;

    /// <summary>Takes the lines: TCK and TDI low, TMS high.</summary>
    /// <param name="chip">Their controller, which may be disposed afterwards.</param>
    /// <param name="pins">Which they are.</param>
    /// <exception cref="OffloadException">As for <see cref="GpioChip.Request"/>.</exception>
    public GpioJtagLines(GpioChip chip, GpioJtagPins pins)
    {
        ArgumentNullException.ThrowIfNull(chip);
        ArgumentNullException.ThrowIfNull(pins);
        _outputs = chip.Request(GpioDirection.Output, [pins.Tck, pins.Tms, pins.Tdi], _levels);
        try
        {
            _input = chip.Request(GpioDirection.Input, [pins.Tdo]);
        }
        catch
        {
            _outputs.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void SetLevels(bool tck, bool tms, bool tdi)
    {
        // Only what changes: behind a slow bus each line costs a transfer.
        ulong levels = (tck ? Tck : 0) | (tms ? Tms : 0) | (tdi ? Tdi : 0);
        _outputs.Write(levels, levels ^ _levels);
        _levels = levels;
    }

    /// <inheritdoc/>
    public override bool ReadTdo() => _input.Read() != 0;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _outputs.Dispose();
        _input.Dispose();
    }
}

/// <summary>An FPGA's PROGRAMN, INITN and DONE at lines of a GPIO controller.</summary>
public sealed class GpioConfigurationLines : ConfigurationLines
{
    private readonly GpioLines _program;
    private readonly GpioLines _answers;

    /// <summary>Takes the lines; PROGRAMN stays high.</summary>
    /// <param name="chip">Their controller, which may be disposed afterwards.</param>
    /// <param name="programN">Number of PROGRAMN's line.</param>
    /// <param name="initN">Number of INITN's line.</param>
    /// <param name="done">Number of DONE's line.</param>
    /// <exception cref="OffloadException">As for <see cref="GpioChip.Request"/>.</exception>
    public GpioConfigurationLines(GpioChip chip, int programN, int initN, int done)
    {
        ArgumentNullException.ThrowIfNull(chip);
        _program = chip.Request(GpioDirection.Output, [programN], 1);
        try
        {
            _answers = chip.Request(GpioDirection.Input, [initN, done]);
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void SetProgramN(bool level) => _program.Write(level ? 1ul : 0);

    /// <inheritdoc/>
    public override bool ReadInitN() => (_answers.Read() & 1) != 0;

    /// <inheritdoc/>
    public override bool ReadDone() => (_answers.Read() & 2) != 0;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _program.Dispose();
        _answers.Dispose();
    }
}
