namespace Offload.VirtualBoard.Usb;

/// <summary>How a transfer ended that did not succeed. The numbers are those of usbredir.</summary>
public enum UsbTransferStatus
{
    /// <summary>The host took it back.</summary>
    Cancelled = 1,

    /// <summary>There is no such endpoint.</summary>
    Invalid = 2,

    /// <summary>The bus failed: no answer, or a wrong checksum three times.</summary>
    Error = 3,

    /// <summary>The device answered STALL.</summary>
    Stall = 4,

    /// <summary>The device sent more than was asked for.</summary>
    Babble = 6,
}

/// <summary>A transfer that did not succeed.</summary>
/// <param name="status">How it ended.</param>
public sealed class UsbTransferException(UsbTransferStatus status) : Exception($"the transfer ended with {status}")
{
    /// <summary>How it ended.</summary>
    public UsbTransferStatus Status => status;
}
