using Offload.Boards;
using Offload.Programming;
using Offload.Programming.Jtag;

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
        if (options.Programmer is null)
        {
            BoardWiring wiring = options.Wiring ?? BoardWiring.FromConfiguration();
            Func<CancellationToken, ValueTask<JtagPort>>? cable = wiring.Jtag(description, options.Bus);
            if (cable is null && kind.JtagChannel is int channel)
            {
                cable = async cancellationToken => await MpsseJtagPort.OpenAsync(transport, channel, options.JtagFrequency, cancellationToken).ConfigureAwait(false);
            }

            _own = cable is null ? null : new UsbBoardProgrammer(
                kind, cable, link, options, options.ConfigurationLines is null ? wiring.Lines(description) : options.ConfigurationLines(description));
        }

        Programmer = _own ?? options.Programmer?.Invoke(kind, transport, link) ?? new NoProgrammer(description.Id, kind, link);
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
    private sealed class NoProgrammer(string board, UsbBoardKind kind, UsbRegisterLink link) : BoardProgrammer
    {
        public override string BoardName => kind.Name;

        public override uint IdCode => kind.IdCode;

        public override bool IsLoaded => link.IsConnected;

        public override BitstreamHeader? Loaded => null;

        public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            throw new OffloadException(
                OffloadError.Unsupported,
                $"no cable is known to the JTAG of {board}; name it in /etc/offload/wiring.json (docs/usb.md), or load the .bit in the container by another program, for example openFPGALoader, and open the board again");
    }
}
