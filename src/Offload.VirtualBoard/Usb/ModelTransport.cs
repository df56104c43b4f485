using Offload.Links.Usb;

namespace Offload.VirtualBoard.Usb;

/// <summary>An open device of a <see cref="VirtualUsbBus"/>: transfers go to the model directly.</summary>
internal sealed class ModelTransport : UsbTransport
{
    private readonly VirtualUsbBus _bus;
    private readonly UsbDeviceModel _model;
    private readonly Dictionary<byte, UsbEndpointQueue> _queues;
    private readonly HashSet<int> _claimed = [];
    private readonly CancellationTokenSource _closing = new();

    internal ModelTransport(VirtualUsbBus bus, UsbDeviceInfo device, UsbDeviceModel model)
    {
        _bus = bus;
        Device = device;
        _model = model;
        _queues = model.Descriptors.Interfaces.SelectMany(one => one.Endpoints).ToDictionary(one => one.Address, _ => new UsbEndpointQueue());
    }

    public override UsbDeviceInfo Device { get; }

    public override void Claim(int number)
    {
        EnsureThere();
        if (!_bus.TryClaim(_model, number))
        {
            throw new OffloadException(OffloadError.BoardBusy, $"interface {number} of {Device.Product} {Device.SerialNumber} is in use by another part of this process");
        }

        _ = _claimed.Add(number);
    }

    public override void Release(int number)
    {
        if (_claimed.Remove(number))
        {
            _bus.Release(_model, number);
        }
    }

    public override ValueTask<int> ControlAsync(
        byte requestType, byte request, ushort value, ushort index, Memory<byte> data, CancellationToken cancellationToken = default)
    {
        EnsureThere();
        UsbSetup setup = new(requestType, request, value, index, (ushort)data.Length);
        try
        {
            byte[] answer = _model.Control(setup, setup.IsIn ? [] : data.Span);
            answer.CopyTo(data);
            return ValueTask.FromResult(setup.IsIn ? answer.Length : data.Length);
        }
        catch (UsbTransferException exception)
        {
            throw Translate(exception, 0);
        }
    }

    public override async ValueTask<int> ReadAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await QueueAsync(endpoint, token => _model.ReadAsync(endpoint, buffer, token), cancellationToken).ConfigureAwait(false);

    public override async ValueTask WriteAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        _ = await QueueAsync(endpoint, token => _model.WriteAsync(endpoint, data, token), cancellationToken).ConfigureAwait(false);

    public override async ValueTask ClearHaltAsync(byte endpoint, CancellationToken cancellationToken = default) =>
        _ = await ControlAsync(2, 1, 0, endpoint, Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);

    public override async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (UsbEndpointQueue queue in _queues.Values)
        {
            queue.Close();
            await queue.Ended.ConfigureAwait(false);
        }

        foreach (int number in _claimed.ToArray())
        {
            Release(number);
        }
    }

    private Task<int> QueueAsync(byte endpoint, Func<CancellationToken, ValueTask<int>> transfer, CancellationToken cancellationToken)
    {
        EnsureThere();
        TaskCompletionSource<int> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queues.TryGetValue(endpoint, out UsbEndpointQueue? queue))
        {
            throw new ArgumentException($"the device has no endpoint 0x{endpoint:X2}", nameof(endpoint));
        }

        queue.Add(async () =>
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            try
            {
                either.Token.ThrowIfCancellationRequested();
                done.SetResult(await transfer(either.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                done.SetException(cancellationToken.IsCancellationRequested
                    ? new OperationCanceledException(cancellationToken)
                    : new ObjectDisposedException(nameof(ModelTransport)));
            }
            catch (UsbTransferException exception)
            {
                done.SetException(Translate(exception, endpoint));
            }
        });
        return done.Task;
    }

    private void EnsureThere()
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        if (_model.Unplugged.IsCancellationRequested)
        {
            throw Gone(Device);
        }
    }

    private OffloadException Translate(UsbTransferException exception, byte endpoint) => _model.Unplugged.IsCancellationRequested
        ? Gone(Device, exception)
        : new UsbFaultException($"a transfer of endpoint 0x{endpoint:X2} failed ({exception.Status})", exception.Status == UsbTransferStatus.Stall && endpoint != 0);
}
