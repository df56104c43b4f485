namespace Offload.VirtualBoard.Usb;

/// <summary>How a board hangs on a channel (docs/link.md, "Wires").</summary>
public enum FtdiWiring
{
    /// <summary>UART, 8N1, at <see cref="RegisterLinkEnd.Baud"/>.</summary>
    Uart,

    /// <summary>Asynchronous 245 FIFO.</summary>
    AsyncFifo,

    /// <summary>Synchronous 245 FIFO.</summary>
    SyncFifo,
}
