using Offload.Boards;
using Offload.Programming;
using Offload.Programming.Jtag;

namespace Offload.Links.Usb;

/// <summary>How USB boards are found and used.</summary>
public sealed class UsbBoardOptions
{
    /// <summary>Where they are plugged in; null: this machine's own bus.</summary>
    public UsbBus? Bus { get; set; }

    /// <summary>Kinds of boards that are looked for.</summary>
    public IList<UsbBoardKind> Kinds { get; } = [.. UsbBoardKind.Known];

    /// <summary>The kernel's interface at a board's host port; null, or what gives null: none is known, and listeners cannot be bound.</summary>
    public Func<BoardDescription, HostPort?>? HostPort { get; set; }

    /// <summary>Makes what loads bitstreams into a board; null: a board is loaded through the cable that <see cref="Wiring"/> names, one whose kind has a
    /// <see cref="UsbBoardKind.JtagChannel"/> through that (MPSSE), and any other says that it cannot.</summary>
    public Func<UsbBoardKind, UsbTransport, UsbRegisterLink, BoardProgrammer>? Programmer { get; set; }

    /// <summary>Most hertz of TCK at a <see cref="UsbBoardKind.JtagChannel"/>, 458 to 30,000,000. Default: 15 MHz.</summary>
    public int JtagFrequency { get; set; } = 15_000_000;

    /// <summary>Cables to boards' JTAG, and their configuration lines. Null: what this machine's configuration says (<see cref="BoardWiring.FromConfiguration"/>).</summary>
    public BoardWiring? Wiring { get; set; }

    /// <summary>PROGRAMN, INITN and DONE of a board, where something of this machine drives them (<see cref="Gpio.GpioConfigurationLines"/>); asked when the
    /// board is opened, and disposed with it. Null: those that <see cref="Wiring"/> names. What gives null: JTAG alone.</summary>
    public Func<BoardDescription, ConfigurationLines?>? ConfigurationLines { get; set; }

    /// <summary>Whose containers load through a <see cref="UsbBoardKind.JtagChannel"/>. Null: what this machine's configuration says
    /// (<see cref="BitstreamTrust.FromConfiguration"/>).</summary>
    public BitstreamTrust? Trust { get; set; }

    /// <summary>How long a core may take from the end of its load to its first answer at the register link. Default: 10 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How patient the register link is.</summary>
    public StreamRegisterLinkOptions Link { get; set; } = new();
}
