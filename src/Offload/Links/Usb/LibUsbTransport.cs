using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Usb;

/// <summary>A USB device by libusb 1.0: asynchronous transfers, and one thread that waits for their ends.</summary>
internal sealed class LibUsbTransport : UsbTransport
{
    private const int SetupLength = 8;
    private const int EventSeconds = 60; // the thread is woken when it is to end

    private readonly SafeFileHandle _file;
    private readonly nint _context;
    private readonly nint _handle;
    private readonly Thread _events;
    private readonly Lock _lock = new();
    private readonly HashSet<nint> _underWay = [];
    private readonly HashSet<int> _claimed = [];
    private bool _closing;
    private volatile bool _ended;

    /// <summary>Takes an open device file, and closes it in the end.</summary>
    /// <exception cref="DllNotFoundException">libusb is missing.</exception>
    internal LibUsbTransport(UsbDeviceInfo device, SafeFileHandle file)
    {
        Device = device;
        _file = file;
        Check(LibUsb.Init(out _context), "libusb does not start");
        int result = LibUsb.WrapSystemDevice(_context, file.DangerousGetHandle(), out _handle);
        if (result < 0)
        {
            LibUsb.Exit(_context);
            Check(result, "the device cannot be opened");
        }

        _ = LibUsb.SetAutoDetachKernelDriver(_handle, 1);
        _events = new Thread(HandleEvents) { IsBackground = true, Name = "offload usb" };
        _events.Start();
    }

    public override UsbDeviceInfo Device { get; }

    public override void Claim(int number)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (_claimed.Contains(number))
            {
                throw new OffloadException(OffloadError.BoardBusy, $"interface {number} of {Device.Product} {Device.SerialNumber} is in use by another part of this process");
            }

            int result = LibUsb.ClaimInterface(_handle, number);
            if (result == LibUsb.ErrorBusy)
            {
                throw new OffloadException(
                    OffloadError.BoardBusy,
                    $"interface {number} of {Device.Product} {Device.SerialNumber} ({Device.Path}) is in use by another program, which does not serve the board; `fuser {Device.Path}` names it");
            }

            Check(result, $"interface {number} cannot be claimed");
            _ = _claimed.Add(number);
        }
    }

    public override void Release(int number)
    {
        lock (_lock)
        {
            if (!_closing && _claimed.Remove(number))
            {
                _ = LibUsb.ReleaseInterface(_handle, number);
            }
        }
    }

    public override async ValueTask<int> ControlAsync(
        byte requestType, byte request, ushort value, ushort index, Memory<byte> data, CancellationToken cancellationToken = default)
    {
        byte[] packet = new byte[SetupLength + data.Length];
        packet[0] = requestType;
        packet[1] = request;
        BinaryPrimitives.WriteUInt16LittleEndian(packet.AsSpan(2), value);
        BinaryPrimitives.WriteUInt16LittleEndian(packet.AsSpan(4), index);
        BinaryPrimitives.WriteUInt16LittleEndian(packet.AsSpan(6), (ushort)data.Length);
        bool isIn = (requestType & 0x80) != 0;
        if (!isIn)
        {
            data.Span.CopyTo(packet.AsSpan(SetupLength));
        }

        int count = await TransferAsync(LibUsb.TypeControl, 0, packet, cancellationToken).ConfigureAwait(false);
        if (isIn)
        {
            packet.AsSpan(SetupLength, count).CopyTo(data.Span);
        }

        return count;
    }

    public override ValueTask<int> ReadAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(TransferAsync(LibUsb.TypeBulk, endpoint, buffer, cancellationToken));

    public override async ValueTask WriteAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        int count = await TransferAsync(LibUsb.TypeBulk, endpoint, data, cancellationToken).ConfigureAwait(false);
        if (count != data.Length)
        {
            throw new UsbFaultException($"the device took {count} bytes of {data.Length} at endpoint 0x{endpoint:X2}", isStall: false);
        }
    }

    public override ValueTask ClearHaltAsync(byte endpoint, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            Check(LibUsb.ClearHalt(_handle, endpoint), $"endpoint 0x{endpoint:X2} stays stalled");
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            CancelAll();
        }

        await Task.Run(() =>
        {
            _ended = true;
            LibUsb.InterruptEventHandler(_context);
            _events.Join();
        }).ConfigureAwait(false);
        foreach (int number in _claimed)
        {
            _ = LibUsb.ReleaseInterface(_handle, number);
        }

        LibUsb.Close(_handle);
        LibUsb.Exit(_context);
        _file.Dispose();
    }

    private async Task<int> TransferAsync(byte type, byte endpoint, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        UnderWay transfer = Submit(type, endpoint, buffer);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((UnderWay)state!).Cancel(), transfer);
        (LibUsb.Status status, int count) = await transfer.Ended.Task.ConfigureAwait(false);
        return status switch
        {
            LibUsb.Status.Completed => count,
            LibUsb.Status.NoDevice => throw Gone(Device),
            LibUsb.Status.Cancelled when cancellationToken.IsCancellationRequested => throw new OperationCanceledException(cancellationToken),
            LibUsb.Status.Cancelled => throw new ObjectDisposedException(nameof(LibUsbTransport)),
            LibUsb.Status.Stall => throw new UsbFaultException($"endpoint 0x{endpoint:X2} stalled", isStall: type != LibUsb.TypeControl),
            _ => throw new UsbFaultException($"a transfer of endpoint 0x{endpoint:X2} failed ({status})", isStall: false),
        };
    }

    private unsafe void CancelAll()
    {
        foreach (nint transfer in _underWay)
        {
            _ = LibUsb.Cancel((LibUsb.Transfer*)transfer);
        }
    }

    private unsafe UnderWay Submit(byte type, byte endpoint, ReadOnlyMemory<byte> buffer)
    {
        LibUsb.Transfer* native = LibUsb.AllocateTransfer(0);
        if (native is null)
        {
            throw new OffloadException(OffloadError.LinkFault, "libusb has no memory for another transfer");
        }

        UnderWay transfer = new(this, native, buffer.Pin());
        native->Device = _handle;
        native->Endpoint = endpoint;
        native->Type = type;
        native->Length = buffer.Length;
        native->Buffer = (byte*)transfer.Pin.Pointer;
        native->Callback = &End;
        native->UserData = GCHandle.ToIntPtr(GCHandle.Alloc(transfer));
        lock (_lock)
        {
            int result = _closing ? LibUsb.ErrorNotFound : LibUsb.Submit(native);
            if (result == 0)
            {
                _ = _underWay.Add((nint)native);
                return transfer;
            }

            transfer.Free();
            ObjectDisposedException.ThrowIf(_closing, this);
            Check(result, $"a transfer of endpoint 0x{endpoint:X2} cannot begin");
            return transfer; // not reached: what is not 0 is an error
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void End(LibUsb.Transfer* native)
    {
        UnderWay transfer = (UnderWay)GCHandle.FromIntPtr(native->UserData).Target!;
        (LibUsb.Status, int) result = (native->Status, native->ActualLength);
        transfer.Owner.Forget(transfer, native);
        transfer.Ended.SetResult(result);
    }

    private unsafe void Forget(UnderWay transfer, LibUsb.Transfer* native)
    {
        lock (_lock)
        {
            _ = _underWay.Remove((nint)native);
            transfer.Free();
        }
    }

    private unsafe void HandleEvents()
    {
        LibUsb.TimeValue timeout = new() { Seconds = EventSeconds };
        while (!_ended || AnyUnderWay())
        {
            _ = LibUsb.HandleEvents(_context, &timeout, null);
        }
    }

    private bool AnyUnderWay()
    {
        lock (_lock)
        {
            return _underWay.Count != 0;
        }
    }

    private void Check(int result, string what)
    {
        switch (result)
        {
            case >= 0:
                return;
            case LibUsb.ErrorNoDevice:
                throw Gone(Device);
            default:
                throw new OffloadException(OffloadError.LinkFault, $"USB device {Device.Product} {Device.SerialNumber} at {Device.Location}: {what} ({LibUsb.NameOf(result)})");
        }
    }

    /// <summary>A transfer that libusb has.</summary>
    private sealed unsafe class UnderWay(LibUsbTransport owner, LibUsb.Transfer* native, MemoryHandle pin)
    {
        private LibUsb.Transfer* _native = native;

        internal LibUsbTransport Owner => owner;

        internal MemoryHandle Pin => pin;

        internal TaskCompletionSource<(LibUsb.Status Status, int Count)> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Cancel()
        {
            lock (owner._lock)
            {
                if (_native is not null)
                {
                    _ = LibUsb.Cancel(_native); // where it has just ended, there is nothing to cancel
                }
            }
        }

        internal void Free()
        {
            GCHandle.FromIntPtr(_native->UserData).Free();
            pin.Dispose();
            LibUsb.FreeTransfer(_native);
            _native = null;
        }
    }
}
