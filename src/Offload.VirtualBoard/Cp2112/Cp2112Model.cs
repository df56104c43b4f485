using System.Buffers.Binary;
using System.Threading.Channels;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Cp2112;

/// <summary>
/// A CP2112, a bridge from USB to eight GPIO lines and an I²C bus (Silicon Labs AN495), as the kernel's hid-cp2112 drives it: a gpiochip of eight
/// lines, and an I²C adapter with the chips that are put on it.
/// </summary>
public sealed class Cp2112Model : UsbDeviceModel
{
    /// <summary>idVendor and idProduct.</summary>
    public static (ushort Vendor, ushort Product) Ids => (0x10C4, 0xEA90);

    private const byte FeatureReport = 3;
    private const byte GetReport = 1;
    private const byte SetReport = 9;
    private const byte LevelsReport = 3;
    private const byte ReportDescriptorType = 0x22;
    private const int ReportBytes = 64;
    private const int DataBytes = 61;

    private readonly Lock _lock = new();
    private readonly Dictionary<byte, I2cChipModel> _chips = [];
    private readonly Channel<byte[]> _input = Channel.CreateUnbounded<byte[]>();
    private readonly byte[] _smbus = [6, 0, 1, 0x86, 0xA0, 2, 0, 0, 0, 0, 0, 0, 0, 0]; // 100 kHz
    private byte _directions; // 1: output
    private byte _pushPull;
    private byte _special;
    private byte _clock;
    private byte _latch;
    private byte _outside;
    private byte[] _read = [];
    private (byte Status, byte Detail, int Length) _transfer;

    /// <summary>Makes one, with nothing on its bus and all inputs low.</summary>
    /// <param name="serialNumber">Its serial number.</param>
    public Cp2112Model(string serialNumber)
        : base(Describe(serialNumber))
    {
    }

    /// <summary>Levels of the eight lines: what the host drives at outputs, what is outside at inputs.</summary>
    public byte Levels
    {
        get
        {
            lock (_lock)
            {
                return (byte)((_latch & _directions) | (_outside & ~_directions));
            }
        }
    }

    /// <summary>Told of the lines whenever the host has changed them, with the levels of all; not under any lock of the model.</summary>
    public Action<byte>? Driven { get; set; }

    /// <summary>Told before the host reads the lines, so that whoever drives them brings them up to date; not under any lock of the model.</summary>
    public Action? Sampled { get; set; }

    /// <summary>A fault: until it is taken back, no chip on the bus acknowledges its address.</summary>
    public bool Nak { get; set; }

    /// <summary>Puts levels on the lines from outside; they count for those that are inputs.</summary>
    /// <param name="levels">A bit a line.</param>
    /// <param name="mask">Which lines.</param>
    public void Drive(byte levels, byte mask = 0xFF)
    {
        lock (_lock)
        {
            _outside = (byte)((_outside & ~mask) | (levels & mask));
        }
    }

    /// <summary>Puts a chip on the I²C bus.</summary>
    /// <param name="address">Its address, 7 bits.</param>
    /// <param name="chip">The chip.</param>
    public void Add(byte address, I2cChipModel chip)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, 0x7F);
        lock (_lock)
        {
            _chips.Add(address, chip);
        }
    }

    /// <inheritdoc/>
    protected override byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data)
    {
        byte kind = (byte)(setup.Value >> 8);
        byte report = (byte)setup.Value;
        if (setup is { RequestType: 0xA1, Request: GetReport } && report == LevelsReport)
        {
            Sampled?.Invoke();
        }

        return setup switch
        {
            { RequestType: 0x81, Request: 6 } when kind == ReportDescriptorType => ReportDescriptor(),
            { RequestType: 0xA1, Request: GetReport } when kind == FeatureReport => Get(report),
            { RequestType: 0x21, Request: SetReport } when kind == FeatureReport => Set(report, data),
            { RequestType: 0x21, Request: SetReport } => Output(data),
            { RequestType: 0x21, Request: 10 or 11 } => [], // SET_IDLE, SET_PROTOCOL
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] report = await _input.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        report.CopyTo(buffer);
        return report.Length;
    }

    /// <inheritdoc/>
    protected override ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _ = Output(data.Span);
        return ValueTask.CompletedTask;
    }

    private static UsbDescriptors Describe(string serialNumber)
    {
        int length = ReportDescriptor().Length;
        return new UsbDescriptors
        {
            VendorId = Ids.Vendor,
            ProductId = Ids.Product,
            HighSpeed = false,
            Manufacturer = "Offload",
            Product = "Board pins and sensors",
            SerialNumber = serialNumber,
            Interfaces =
            [
                new UsbInterface(3, 0, 0, [new UsbEndpoint(0x81, UsbEndpointKind.Interrupt, ReportBytes, 1), new UsbEndpoint(0x01, UsbEndpointKind.Interrupt, ReportBytes, 1)])
                {
                    ClassDescriptors = new byte[] { 9, 0x21, 0x01, 0x01, 0, 1, ReportDescriptorType, (byte)length, (byte)(length >> 8) },
                },
            ],
        };
    }

    /// <summary>Of the HID class: every report of AN495 that the kernel uses, with its length.</summary>
    private static byte[] ReportDescriptor()
    {
        const byte Feature = 0xB1;
        const byte Input = 0x81;
        const byte Output = 0x91;
        List<byte> bytes = [0x06, 0x00, 0xFF, 0x09, 1, 0xA1, 1, 0x15, 0, 0x26, 0xFF, 0, 0x75, 8];
        foreach ((byte id, byte count, byte kind) in new (byte, byte, byte)[]
        {
            (0x02, 4, Feature), (0x03, 1, Feature), (0x04, 2, Feature), (0x05, 2, Feature), (0x06, 13, Feature), (0x20, 1, Feature), (0x21, 9, Feature),
            (0x10, 3, Output), (0x11, 20, Output), (0x12, 2, Output), (0x13, 63, Input), (0x14, 63, Output), (0x15, 1, Output), (0x16, 6, Input), (0x17, 1, Output),
        })
        {
            bytes.AddRange([0x85, id, 0x95, count, 0x09, 1, kind, 2]);
        }

        return [.. bytes, 0xC0];
    }

    private byte[]? Get(byte report)
    {
        lock (_lock)
        {
            return report switch
            {
                0x02 => [2, _directions, _pushPull, _special, _clock],
                LevelsReport => [LevelsReport, (byte)((_latch & _directions) | (_outside & ~_directions))],
                0x05 => [5, 0x0C, 2], // part number, version
                0x06 => [.. _smbus],
                0x20 => [0x20, 0xFF],
                0x21 => [0x21, 0xC4, 0x10, 0x90, 0xEA, 50, 0, 0, 1, 0],
                _ => null,
            };
        }
    }

    private byte[]? Set(byte report, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            switch (report)
            {
                case 0x02 when data.Length >= 5:
                    (_directions, _pushPull, _special, _clock) = (data[1], data[2], data[3], data[4]);
                    break;
                case 0x04 when data.Length >= 3:
                    _latch = (byte)((_latch & ~data[2]) | (data[1] & data[2]));
                    break;
                case 0x06 when data.Length >= _smbus.Length:
                    data[.._smbus.Length].CopyTo(_smbus);
                    return [];
                default:
                    return null;
            }
        }

        Driven?.Invoke(Levels);
        return [];
    }

    /// <summary>Reports that make a transfer on the I²C bus. Null: it is none.</summary>
    private byte[]? Output(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            switch (data)
            {
                case [0x10, var address, var high, var low, ..]:
                    Transfer(address, [], (high << 8) | low);
                    return [];
                case [0x11, var address, var high, var low, var length, .. var target] when length <= target.Length:
                    Transfer(address, target[..length], (high << 8) | low);
                    return [];
                case [0x12, ..]:
                    Give();
                    return [];
                case [0x14, var address, var length, .. var written] when length <= written.Length:
                    Transfer(address, written[..length], 0);
                    return [];
                case [0x15, 1, ..]:
                    byte[] status = new byte[7];
                    (status[0], status[1], status[2]) = (0x16, _transfer.Status, _transfer.Detail);
                    BinaryPrimitives.WriteUInt16BigEndian(status.AsSpan(5), (ushort)_transfer.Length);
                    _ = _input.Writer.TryWrite(status);
                    return [];
                case [0x17, ..]:
                    _transfer = default;
                    return [];
                default:
                    return null;
            }
        }
    }

    private void Transfer(byte address, ReadOnlySpan<byte> written, int length)
    {
        const byte Complete = 2;
        const byte Failed = 3;
        _read = [];
        if (Nak || !_chips.TryGetValue((byte)(address >> 1), out I2cChipModel? chip) || length > 512)
        {
            _transfer = (Failed, 0, 0); // its address was not acknowledged
            return;
        }

        if (written.Length > 0)
        {
            chip.Write(written);
        }

        _read = new byte[length];
        chip.Read(_read);
        _transfer = (Complete, 0, length > 0 ? length : written.Length);
    }

    private void Give()
    {
        int count = Math.Min(_read.Length, DataBytes);
        byte[] report = new byte[ReportBytes];
        (report[0], report[1], report[2]) = (0x13, 2, (byte)count);
        _read.AsSpan(0, count).CopyTo(report.AsSpan(3));
        _read = _read[count..];
        _ = _input.Writer.TryWrite(report);
    }
}
