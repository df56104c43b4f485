namespace Offload.Programming.Jtag;

/// <summary>One device of a chain, with the others in bypass: instructions and data go to it alone.</summary>
/// <remarks>
/// The device has to be the one nearest to TDI. What is shifted passes the bypass registers of devices before it, whose stray zeros would arrive at a
/// bit stream's beginning (a flash behind the part, or its configuration logic, would see another stream). Devices behind it do no harm.
/// </remarks>
public sealed class JtagTarget
{
    private readonly JtagPort _port;
    private readonly int _instructionBits;
    private readonly int _instructionBitsBehind;

    /// <summary>Addresses a device.</summary>
    /// <param name="port">The port.</param>
    /// <param name="chain">What was found there.</param>
    /// <param name="device">One of its devices.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: it is not the device nearest to TDI, or the length of an instruction
    /// register is not known.</exception>
    public JtagTarget(JtagPort port, JtagChain chain, JtagDevice device)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(device);
        if (device.Position != chain.Devices.Count - 1)
        {
            throw new OffloadException(
                OffloadError.Unsupported,
                $"The part is device {device.Position + 1} of {chain.Devices.Count} in its JTAG chain, counted from TDO, and has to be the one nearest to TDI; take the devices before it out of the chain (most boards have jumpers for it).");
        }

        JtagDevice[] behind = [.. chain.Devices.Take(device.Position)];
        if (Array.Exists(behind, other => other.InstructionBits is null) || device.InstructionBits is null)
        {
            throw new OffloadException(
                OffloadError.Unsupported,
                "The JTAG chain has several devices whose instruction registers are of unknown length; take them out of the chain (most boards have jumpers for it).");
        }

        _port = port;
        DevicesBehind = behind.Length;
        _instructionBits = device.InstructionBits.Value;
        _instructionBitsBehind = behind.Sum(other => other.InstructionBits!.Value);
    }

    /// <summary>How many devices lie between this one and TDO. What is read comes so many bits later.</summary>
    public int DevicesBehind { get; }

    /// <summary>Loads an instruction; the other devices are put in bypass.</summary>
    /// <param name="instruction">The instruction, at most 32 bits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask InstructAsync(uint instruction, CancellationToken cancellationToken = default)
    {
        int total = _instructionBits + _instructionBitsBehind;
        byte[] bits = new byte[(total + 7) / 8];
        for (int bit = 0; bit < total; bit++)
        {
            // The first bits go furthest: to the devices behind.
            bool value = bit < _instructionBitsBehind || ((instruction >> (bit - _instructionBitsBehind)) & 1) != 0;
            bits[bit / 8] |= (byte)(value ? 1 << (bit % 8) : 0);
        }

        await _port.ShiftIrAsync(bits, total, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shifts into the device's data register. With <see cref="TapState.ShiftDr"/> as the end, more follows.</summary>
    /// <param name="data">The data, bit 0 of the first byte first.</param>
    /// <param name="bitCount">How many bits.</param>
    /// <param name="end">State afterwards.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask WriteAsync(
        ReadOnlyMemory<byte> data, int bitCount, TapState end = TapState.RunTestIdle, CancellationToken cancellationToken = default) =>
        _port.ShiftDrAsync(data, bitCount, default, end, cancellationToken);

    /// <summary>Shifts through the device's data register, and returns what comes out of it.</summary>
    /// <param name="data">What goes in; zeros follow it while what is read is still on its way.</param>
    /// <param name="bitCount">How many bits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<byte[]> ExchangeAsync(ReadOnlyMemory<byte> data, int bitCount, CancellationToken cancellationToken = default)
    {
        int total = bitCount + DevicesBehind;
        byte[] tdi = new byte[(total + 7) / 8];
        data.Span[..((bitCount + 7) / 8)].CopyTo(tdi);
        byte[] tdo = new byte[tdi.Length];
        await _port.ShiftDrAsync(tdi, total, tdo, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (DevicesBehind == 0)
        {
            return tdo;
        }

        byte[] result = new byte[(bitCount + 7) / 8];
        for (int bit = 0; bit < bitCount; bit++)
        {
            int source = bit + DevicesBehind;
            result[bit / 8] |= (byte)(((tdo[source / 8] >> (source % 8)) & 1) << (bit % 8));
        }

        return result;
    }

    /// <summary>Stays in Run-Test/Idle for a number of clocks.</summary>
    /// <param name="clocks">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask IdleAsync(int clocks, CancellationToken cancellationToken = default) => _port.IdleAsync(clocks, cancellationToken);

    /// <summary>Waits until everything has reached the wires.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => _port.FlushAsync(cancellationToken);
}
