namespace Offload.VirtualBoard.Usb;

/// <summary>Kinds of FTDI chips.</summary>
public enum FtdiChipKind
{
    /// <summary>Two channels; A can do MPSSE and the synchronous FIFO.</summary>
    Ft2232H,

    /// <summary>One channel, which can do both.</summary>
    Ft232H,
}

/// <summary>What an FTDI chip's EEPROM says, and what hangs on its pins.</summary>
public sealed record FtdiChipOptions
{
    /// <summary>Which chip.</summary>
    public FtdiChipKind Kind { get; init; } = FtdiChipKind.Ft2232H;

    /// <summary>Manufacturer in the EEPROM.</summary>
    public string Manufacturer { get; init; } = "Lattice";

    /// <summary>Product in the EEPROM; by default that of the Versa board.</summary>
    public string Product { get; init; } = "Lattice ECP5_5G VERSA Board";

    /// <summary>Serial number in the EEPROM.</summary>
    public string SerialNumber { get; init; } = "OFF00001";

    /// <summary>Bytes that the bus moves in a second, both directions and all channels together; null: as many as this machine can.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>What hangs on channel A; null: nothing.</summary>
    public IFtdiPeer? ChannelA { get; init; }

    /// <summary>What hangs on channel B; null: nothing.</summary>
    public IFtdiPeer? ChannelB { get; init; }
}

/// <summary>An FT2232H or FT232H: interface by interface a channel, with a bulk endpoint each way and vendor requests.</summary>
public sealed class FtdiChip : UsbDeviceModel
{
    private const int Words = 128;
    private readonly FtdiChannel[] _channels;
    private readonly ushort[] _eeprom;
    private readonly UsbPace? _pace;

    /// <summary>Makes a chip.</summary>
    /// <param name="options">What it is, and what hangs on it.</param>
    public FtdiChip(FtdiChipOptions options)
        : base(Describe(options))
    {
        _eeprom = Eeprom(options);
        _pace = options.BytesPerSecond is double rate ? new UsbPace(rate) : null;
        _channels = options.Kind == FtdiChipKind.Ft2232H
            ? [new FtdiChannel(options.ChannelA, Unplugged), new FtdiChannel(options.ChannelB, Unplugged)]
            : [new FtdiChannel(options.ChannelA, Unplugged)];
    }

    /// <summary>The channels: A, and B where there is one.</summary>
    public IReadOnlyList<FtdiChannel> Channels => _channels;

    /// <inheritdoc/>
    protected override byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data)
    {
        if ((setup.RequestType & 0x60) != 0x40)
        {
            return null;
        }

        if (setup.Request == 0x90) // a word of the EEPROM
        {
            return setup.Index < Words ? BitConverter.GetBytes(_eeprom[setup.Index]) : null;
        }

        // The interface is in the low byte of the index, 1 for A; 0 means A as well.
        int channel = Math.Max((setup.Index & 0xFF) - 1, 0);
        return channel < _channels.Length ? _channels[channel].Request(setup) : null;
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count = await _channels[((endpoint & 0x0F) - 1) / 2].ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await PassAsync(count, cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <inheritdoc/>
    protected override async ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await PassAsync(data.Length, cancellationToken).ConfigureAwait(false);
        await _channels[((endpoint & 0x0F) - 1) / 2].WriteAsync(data, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void ResetCore()
    {
        foreach (FtdiChannel channel in _channels)
        {
            _ = channel.Request(default);
        }
    }

    private ValueTask PassAsync(int bytes, CancellationToken cancellationToken) => _pace?.PassAsync(bytes, cancellationToken) ?? ValueTask.CompletedTask;

    private static UsbDescriptors Describe(FtdiChipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        UsbInterface Channel(int number) => new(0xFF, 0xFF, 0xFF,
        [
            new UsbEndpoint((byte)(0x81 + (2 * number)), UsbEndpointKind.Bulk, FtdiChannel.Packet),
            new UsbEndpoint((byte)(0x02 + (2 * number)), UsbEndpointKind.Bulk, FtdiChannel.Packet),
        ])
        { Name = options.Product };

        bool two = options.Kind == FtdiChipKind.Ft2232H;
        return new UsbDescriptors
        {
            VendorId = 0x0403,
            ProductId = two ? (ushort)0x6010 : (ushort)0x6014,
            Release = two ? (ushort)0x0700 : (ushort)0x0900,
            Manufacturer = options.Manufacturer,
            Product = options.Product,
            SerialNumber = options.SerialNumber,
            Interfaces = two ? [Channel(0), Channel(1)] : [Channel(0)],
        };
    }

    /// <summary>VID, PID and release as FTDI lays them out, and the checksum over all words before the last.</summary>
    private static ushort[] Eeprom(FtdiChipOptions options)
    {
        UsbDescriptors descriptors = Describe(options);
        ushort[] words = new ushort[Words];
        (words[1], words[2], words[3]) = (descriptors.VendorId, descriptors.ProductId, descriptors.Release);
        ushort sum = 0xAAAA;
        foreach (ushort word in words.AsSpan(..^1))
        {
            sum = ushort.RotateLeft((ushort)(word ^ sum), 1);
        }

        words[^1] = sum;
        return words;
    }
}
