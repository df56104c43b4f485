using LibUsbDotNet;
using LibUsbDotNet.LibUsb;
using LibUsbDotNet.Main;
using Offload.Links.Usb;

namespace Offload.Devices.Usb;

/// <summary>
/// A machine's USB devices by LibUsbDotNet. Written against its source at commit 24a4698 of 2023-04-15 (3.0.102-alpha) and read beside
/// that of 838831d of 2026-07-20: LibUsb/{UsbContext, UsbDevice.*, UsbEndpointBase, UsbEndpointReader, UsbEndpointWriter}.cs, Generated/Error.cs.
/// </summary>
/// <remarks>Listed as the SDK's own bus lists them, from sysfs, for LibUsbDotNet has to open a device to read its texts.</remarks>
public sealed class LibUsbDotNetBus : UsbBus
{
    private readonly LibUsbBus _list = new();

    /// <inheritdoc/>
    public override IReadOnlyList<UsbDeviceInfo> List() => _list.List();

    /// <inheritdoc/>
    public override UsbTransport Open(UsbDeviceInfo device)
    {
        ArgumentNullException.ThrowIfNull(device);
        UsbContext context = new();
        try
        {
            // Several devices may have one vendor and product; the serial number is read from each that can be opened.
            IUsbDevice? found = context.List().FirstOrDefault(one =>
                one.VendorId == device.VendorId && one.ProductId == device.ProductId && one.TryOpen() && one.Info.SerialNumber == device.SerialNumber);
            return found is not null
                ? new LibUsbDotNetTransport(device, context, found)
                : throw new OffloadException(
                    OffloadError.PermissionDenied,
                    $"{device.Path} ({device.Product} {device.SerialNumber}) cannot be opened: it is gone, or this user may not. Install the udev rule boards/70-offload.rules, and plug the board in anew.");
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }
}

/// <summary>A USB device by LibUsbDotNet, whose transfers block: one thread of the pool at a time for each endpoint in use.</summary>
internal sealed class LibUsbDotNetTransport(UsbDeviceInfo device, UsbContext context, IUsbDevice native) : UsbTransport
{
    private const int Slice = 100; // milliseconds between two looks at whether a transfer is still wanted

    private readonly Lock _lock = new();
    private readonly Dictionary<byte, SemaphoreSlim> _turns = [];
    private readonly HashSet<int> _claimed = [];
    private readonly CancellationTokenSource _closing = new();

    /// <inheritdoc/>
    public override UsbDeviceInfo Device => device;

    /// <inheritdoc/>
    public override void Claim(int number)
    {
        try
        {
            if (!_claimed.Add(number))
            {
                throw new OffloadException(OffloadError.BoardBusy, $"interface {number} of {device.Product} {device.SerialNumber} is in use by another part of this process");
            }

            _ = native.ClaimInterface(number);
        }
        catch (UsbException exception)
        {
            _ = _claimed.Remove(number);
            throw exception.ErrorCode == Error.Busy
                ? new OffloadException(OffloadError.BoardBusy, $"interface {number} of {device.Product} {device.SerialNumber} is in use by another program, or a driver of the kernel; `fuser {device.Path}` names it", exception)
                : Translate(exception.ErrorCode, 0);
        }
    }

    /// <inheritdoc/>
    public override void Release(int number)
    {
        if (_claimed.Remove(number))
        {
            _ = native.ReleaseInterface(number);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ControlAsync(
        byte requestType, byte request, ushort value, ushort index, Memory<byte> data, CancellationToken cancellationToken = default) =>
        OnceAsync(0, () =>
        {
            UsbSetupPacket setup = new(requestType, request, (short)value, (short)index, (short)data.Length);
            byte[] buffer = data.ToArray();
            try
            {
                int count = native.ControlTransfer(setup, buffer, 0, buffer.Length);
                buffer.CopyTo(data);
                return count;
            }
            catch (UsbException exception)
            {
                throw Translate(exception.ErrorCode, 0);
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        OnceAsync(endpoint, () =>
        {
            byte[] bytes = new byte[buffer.Length];
            UsbEndpointReader reader = native.OpenEndpointReader((ReadEndpointID)endpoint, bytes.Length);
            while (true)
            {
                Error error = reader.Read(bytes, Slice, out int count);
                if (error == Error.Success || (error == Error.Timeout && count != 0))
                {
                    bytes.AsSpan(0, count).CopyTo(buffer.Span);
                    return count;
                }

                GoOnIfTimedOut(error, endpoint, cancellationToken);
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        _ = await OnceAsync(endpoint, () =>
        {
            byte[] bytes = data.ToArray();
            UsbEndpointWriter writer = native.OpenEndpointWriter((WriteEndpointID)endpoint);
            for (int at = 0; at < bytes.Length;)
            {
                Error error = writer.Write(bytes, at, bytes.Length - at, Slice, out int count);
                at += count;
                if (error != Error.Success)
                {
                    GoOnIfTimedOut(error, endpoint, cancellationToken);
                }
            }

            return bytes.Length;
        }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask ClearHaltAsync(byte endpoint, CancellationToken cancellationToken = default) =>
        _ = await ControlAsync(2, 1, 0, endpoint, Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        SemaphoreSlim[] turns;
        lock (_lock)
        {
            turns = [.. _turns.Values];
        }

        foreach (SemaphoreSlim turn in turns)
        {
            await turn.WaitAsync().ConfigureAwait(false);
        }

        native.Dispose();
        context.Dispose();
    }

    private async ValueTask<int> OnceAsync(byte endpoint, Func<int> transfer, CancellationToken cancellationToken)
    {
        SemaphoreSlim? turn;
        lock (_lock)
        {
            if (!_turns.TryGetValue(endpoint, out turn))
            {
                _turns.Add(endpoint, turn = new SemaphoreSlim(1, 1));
            }
        }

        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            return await Task.Run(transfer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = turn.Release();
        }
    }

    private void GoOnIfTimedOut(Error error, byte endpoint, CancellationToken cancellationToken)
    {
        if (error != Error.Timeout)
        {
            throw Translate(error, endpoint);
        }

        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
    }

    private OffloadException Translate(Error error, byte endpoint) => error == Error.NoDevice
        ? Gone(device)
        : new UsbFaultException($"a transfer of endpoint 0x{endpoint:X2} failed ({error})", error == Error.Pipe && endpoint != 0);
}
