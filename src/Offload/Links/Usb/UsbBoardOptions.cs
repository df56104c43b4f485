using Offload.Boards;
using Offload.Programming;

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

    /// <summary>Makes what loads bitstreams into a board; null: it says that it cannot.</summary>
    public Func<UsbBoardKind, UsbTransport, UsbRegisterLink, BoardProgrammer>? Programmer { get; set; }

    /// <summary>How patient the register link is.</summary>
    public StreamRegisterLinkOptions Link { get; set; } = new();
}
