using Offload.Boards;

namespace Offload.Links.Usb;

/// <summary>The boards whose register link is an FTDI chip at USB, told apart by the serial number in the chip's EEPROM.</summary>
public sealed class UsbBoardProvider : BoardProvider
{
    private readonly UsbBoardOptions _options;
    private readonly UsbBus _bus;

    /// <summary>Looks for boards.</summary>
    /// <param name="options">Which, and where; null: all that are known, at this machine's own bus.</param>
    public UsbBoardProvider(UsbBoardOptions? options = null)
    {
        _options = options ?? new UsbBoardOptions();
        _bus = _options.Bus ?? new LibUsbBus();
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<BoardDescription>>([.. Find().Select(found => found.Description)]);
    }

    /// <inheritdoc/>
    /// <exception cref="OffloadException">Besides: <see cref="OffloadError.Unsupported"/>: libusb is missing.</exception>
    public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        List<(BoardDescription Description, UsbBoardKind Kind, UsbDeviceInfo Device)> found = [.. Find().Where(one => one.Description.Id == board.Id)];
        (BoardDescription description, UsbBoardKind kind, UsbDeviceInfo device) = found.Count switch
        {
            1 => found[0],
            0 => throw new BoardGoneException($"the board {board.Id} is no longer at USB; plug it in, and look for it again"),
            _ => throw new OffloadException(
                OffloadError.BoardAmbiguous,
                $"several boards at USB have the serial number of {board.Id} ({string.Join(", ", found.Select(one => one.Device.Location))}); unplug all but one, or give them other numbers with ftdi_eeprom"),
        };

        UsbTransport transport = _bus.Open(device);
        try
        {
            transport.Claim(kind.Channel);
            UsbRegisterLink link = new(transport, kind, _options.Link);
            _ = await link.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return new UsbBoardHardware(description, kind, transport, link, _options);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardFinding>> DiagnoseAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        cancellationToken.ThrowIfCancellationRequested();
        List<BoardFinding> findings = [];
        foreach ((_, _, UsbDeviceInfo device) in Find().Where(one => one.Description.Id == board.Id))
        {
            findings.Add(Libc.MayOpen(device.Path)
                ? new(BoardFindingKind.Good, "permission", $"{device.Path} may be opened")
                : new(
                    BoardFindingKind.Missing,
                    "permission",
                    $"{device.Path} may not be opened by this user: {Libc.LastErrorText}",
                    $"cp {LibUsbBus.Rules} /etc/udev/rules.d/",
                    "udevadm control --reload && udevadm trigger"));
        }

        return ValueTask.FromResult<IReadOnlyList<BoardFinding>>(findings);
    }

    private IEnumerable<(BoardDescription Description, UsbBoardKind Kind, UsbDeviceInfo Device)> Find()
    {
        foreach (UsbDeviceInfo device in _bus.List())
        {
            if (_options.Kinds.FirstOrDefault(one => one.Fits(device)) is { } kind)
            {
                // Without a serial number there is only the place to name it by.
                string which = device.SerialNumber.Length != 0 ? device.SerialNumber : device.Location.Replace("USB ", "@", StringComparison.Ordinal);
                yield return (new BoardDescription($"{kind.Name}:{which}", kind.Name, device.Product, device.Location), kind, device);
            }
        }
    }
}
