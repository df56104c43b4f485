using System.Buffers.Binary;

namespace Offload.VirtualBoard.Cp2112;

/// <summary>A chip on an I²C bus with registers: a write begins with the number of one, and reads begin there.</summary>
public abstract class I2cChipModel
{
    private byte _pointer;

    /// <summary>The host writes to its address.</summary>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _pointer = bytes[0];
        if (bytes.Length > 1)
        {
            SetRegister(_pointer, bytes[1..]);
        }
    }

    /// <summary>The host reads from its address.</summary>
    internal void Read(Span<byte> bytes) => GetRegister(_pointer, bytes);

    /// <summary>Reads from a register on.</summary>
    protected abstract void GetRegister(byte number, Span<byte> bytes);

    /// <summary>Writes from a register on; nothing unless it is overridden.</summary>
    protected virtual void SetRegister(byte number, ReadOnlySpan<byte> bytes)
    {
    }
}

/// <summary>A temperature sensor (NXP or Texas Instruments LM75): 9 bits, half a degree.</summary>
public sealed class Lm75Model : I2cChipModel
{
    private readonly short[] _registers = [0, 0, 75 << 8, 80 << 8]; // temperature, configuration, hysteresis, over-temperature

    /// <summary>What it measures, in °C; -55 to 125.</summary>
    public double Temperature
    {
        get => _registers[0] / 256.0;
        set => _registers[0] = (short)((int)Math.Round(Math.Clamp(value, -55, 125) * 2) << 7);
    }

    /// <inheritdoc/>
    protected override void GetRegister(byte number, Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(word, _registers[number & 3]);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = word[i & 1];
        }
    }

    /// <inheritdoc/>
    protected override void SetRegister(byte number, ReadOnlySpan<byte> bytes)
    {
        if ((number & 3) != 0)
        {
            _registers[number & 3] = bytes.Length >= 2 ? BinaryPrimitives.ReadInt16BigEndian(bytes) : (short)(bytes[0] << 8);
        }
    }
}

/// <summary>A supply monitor (Analog Devices LTC4151): voltage in steps of 25 mV, current as 20 µV at its shunt.</summary>
public sealed class Ltc4151Model : I2cChipModel
{
    private readonly byte[] _registers = new byte[8];

    /// <summary>The supply, in V; 0 to 102.</summary>
    public double Voltage
    {
        set => Set(2, value / 0.025);
    }

    /// <summary>Voltage at the shunt, in mV; 0 to 81.</summary>
    public double ShuntMillivolts
    {
        set => Set(0, value / 0.020);
    }

    /// <inheritdoc/>
    protected override void GetRegister(byte number, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = _registers[(number + i) % _registers.Length];
        }
    }

    /// <inheritdoc/>
    protected override void SetRegister(byte number, ReadOnlySpan<byte> bytes)
    {
        if (number == 6)
        {
            _registers[6] = bytes[0]; // control
        }
    }

    // 12 bits, left in two bytes.
    private void Set(int register, double value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_registers.AsSpan(register), (ushort)((int)Math.Clamp(Math.Round(value), 0, 4095) << 4));
}
