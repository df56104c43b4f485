namespace Offload.Links.Usb;

/// <summary>An open USB device. Thread-safe; transfers of one endpoint are carried out in the order in which they were begun.</summary>
/// <remarks>Every transfer throws <see cref="BoardGoneException"/> once the device is unplugged, those under way included, and
/// <see cref="UsbFaultException"/> where one transfer fails; its data are then lost, wholly or in part.</remarks>
public abstract class UsbTransport : IAsyncDisposable
{
    /// <summary>Which device it is.</summary>
    public abstract UsbDeviceInfo Device { get; }

    /// <summary>Takes an interface for this process alone, away from a driver of the kernel, which gets it back in the end.</summary>
    /// <param name="number">Its number.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: another process has it.</exception>
    public abstract void Claim(int number);

    /// <summary>Gives an interface back.</summary>
    /// <param name="number">Its number.</param>
    public abstract void Release(int number);

    /// <summary>A control transfer (USB 2.0, 9.3).</summary>
    /// <param name="requestType">bmRequestType; bit 7: data go to the host.</param>
    /// <param name="request">bRequest.</param>
    /// <param name="value">wValue.</param>
    /// <param name="index">wIndex.</param>
    /// <param name="data">What is sent, or where to.</param>
    /// <param name="cancellationToken">Takes it back.</param>
    /// <returns>Bytes transferred.</returns>
    public abstract ValueTask<int> ControlAsync(
        byte requestType, byte request, ushort value, ushort index, Memory<byte> data, CancellationToken cancellationToken = default);

    /// <summary>A bulk transfer to the host. Several may be under way.</summary>
    /// <param name="endpoint">The endpoint's address, bit 7 set.</param>
    /// <param name="buffer">Where to: a multiple of the endpoint's packets.</param>
    /// <param name="cancellationToken">Takes it back; what came already is lost.</param>
    /// <returns>Bytes that came.</returns>
    public abstract ValueTask<int> ReadAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>A bulk transfer to the device.</summary>
    /// <param name="endpoint">The endpoint's address.</param>
    /// <param name="data">What is sent.</param>
    /// <param name="cancellationToken">Takes it back; a part may have been sent.</param>
    /// <exception cref="UsbFaultException">Not all of it was taken.</exception>
    public abstract ValueTask WriteAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);

    /// <summary>Makes an endpoint that stalled transfer again (CLEAR_FEATURE, USB 2.0, 9.4.1).</summary>
    /// <param name="endpoint">Its address.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public abstract ValueTask ClearHaltAsync(byte endpoint, CancellationToken cancellationToken = default);

    /// <summary>Takes back what is under way, and closes the device.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The error of a device that is no longer there.</summary>
    /// <param name="device">Which one.</param>
    /// <param name="inner">How it was noticed, if by an exception.</param>
    protected static BoardGoneException Gone(UsbDeviceInfo device, Exception? inner = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new($"the USB device {device.Product} {device.SerialNumber} at {device.Location} is gone; look at its cable and its power, and open the board again", inner);
    }
}

/// <summary>A USB transfer failed while the device is still there.</summary>
/// <param name="message">What happened.</param>
/// <param name="isStall">Whether the endpoint stalled, and has to be cleared.</param>
public sealed class UsbFaultException(string message, bool isStall) : OffloadException(OffloadError.LinkFault, message)
{
    /// <summary>Whether the endpoint stalled, and has to be cleared.</summary>
    public bool IsStall => isStall;
}
