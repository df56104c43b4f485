namespace Offload.Links.Usb;

/// <summary>How a kind of board is known among USB devices, and how its register link hangs on its FTDI chip.</summary>
/// <param name="Name">Name of its folder in <c>boards/</c>.</param>
/// <param name="IdCode">JTAG IDCODE of its part.</param>
/// <param name="Product">The text for people in the EEPROM of its chip, by which alone a board is told from any other device with such a chip.</param>
/// <param name="Mode">What the link's channel is used as.</param>
/// <param name="Channel">The link's channel: 0 is A, 1 is B.</param>
public sealed record UsbBoardKind(string Name, uint IdCode, string Product, FtdiMode Mode, int Channel)
{
    /// <summary>Bits per second where the link is a UART, as the board's board.yaml has it: an eighth of the core's clock at most.</summary>
    public int Baud { get; init; } = 6_000_000;

    /// <summary>The channel of the same chip whose MPSSE is the cable to the part's JTAG: 0 is A, 1 is B; null: the board is loaded by another cable.</summary>
    public int? JtagChannel { get; init; }

    /// <summary>Bytes of the flash that the part starts from, as in the board's board.yaml; null: none that can be loaded.</summary>
    public int? FlashLength { get; init; }

    /// <summary>
    /// The kinds that are known: the Versa board by what its maker wrote into its chip, and modules on which somebody has written
    /// <c>Offload BOARD LINK</c> (docs/usb.md says how).
    /// </summary>
    public static IReadOnlyList<UsbBoardKind> Known { get; } =
    [
        new("versa-5g", 0x81112043, "Lattice ECP5_5G VERSA Board", FtdiMode.Uart, 1) { JtagChannel = 0, FlashLength = 16 << 20 },
        .. Modules("versa-5g", 0x81112043, 16 << 20, 6_000_000),
        .. Modules("colorlight-i9", 0x41112043, 8 << 20, 4_000_000),
    ];

    /// <summary>Whether a device is such a board.</summary>
    internal bool Fits(UsbDeviceInfo device) => device is { VendorId: 0x0403, ProductId: 0x6010 or 0x6014 } && device.Product == Product;

    private static UsbBoardKind[] Modules(string name, uint idCode, int flashLength, int baud) =>
    [
        new(name, idCode, $"Offload {name} uart", FtdiMode.Uart, 0) { FlashLength = flashLength, Baud = baud },
        new(name, idCode, $"Offload {name} fifo-sync", FtdiMode.SyncFifo, 0) { FlashLength = flashLength, Baud = baud },
        new(name, idCode, $"Offload {name} fifo-async", FtdiMode.AsyncFifo, 0) { FlashLength = flashLength, Baud = baud },
    ];
}
