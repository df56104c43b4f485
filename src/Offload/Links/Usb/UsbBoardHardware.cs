using Offload.Boards;
using Offload.Programming;

namespace Offload.Links.Usb;

/// <summary>An open board at USB.</summary>
internal sealed class UsbBoardHardware : BoardHardware
{
    private readonly UsbTransport _transport;
    private readonly UsbRegisterLink _link;
    private readonly UsbBoardProgrammer? _own;

    internal UsbBoardHardware(BoardDescription description, UsbBoardKind kind, UsbTransport transport, UsbRegisterLink link, UsbBoardOptions options)
    {
        Description = description;
        _transport = transport;
        _link = link;
        if (options.Programmer is null && kind.JtagChannel is int channel)
        {
            _own = new UsbBoardProgrammer(kind, channel, transport, link, options, options.ConfigurationLines?.Invoke(description));
        }

        Programmer = _own ?? options.Programmer?.Invoke(kind, transport, link) ?? new NoProgrammer(kind, link);
        HostPort = options.HostPort?.Invoke(description);
    }

    public override BoardDescription Description { get; }

    public override RegisterLink Link => _link;

    public override BoardProgrammer Programmer { get; }

    public override HostPort? HostPort { get; }

    public override async ValueTask DisposeAsync()
    {
        _own?.Dispose();
        await _link.DisposeAsync().ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A board whose bitstream something else loads: its flash, or a cable of its own.</summary>
    private sealed class NoProgrammer(UsbBoardKind kind, UsbRegisterLink link) : BoardProgrammer
    {
        public override string BoardName => kind.Name;

        public override uint IdCode => kind.IdCode;

        public override bool IsLoaded => link.IsConnected;

        public override BitstreamHeader? Loaded => null;

        public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            throw new OffloadException(
                OffloadError.Unsupported,
                $"nothing is known through which {kind.Name} is loaded over {kind.Product}; load the .bit in the container by the board's own cable, for example with openFPGALoader, and open the board again");
    }
}
