namespace Offload.VirtualBoard.Usb;

/// <summary>
/// A USB device in software: it answers the requests of USB 2.0 chapter 9 from its <see cref="UsbDescriptors"/>, and leaves to a derived class
/// what makes it that device. A host reaches it in process, or through <see cref="UsbRedirServer"/> as a device at a real host controller.
/// </summary>
/// <remarks>A model is plugged in once: what is pulled out does not come back, but another model may. Thread-safe; the transfers of
/// one endpoint are the caller's to put in order.</remarks>
public abstract class UsbDeviceModel
{
    private const int EndpointHalt = 0;

    private readonly Action _unplug;
    private readonly HashSet<byte> _halted = [];
    private readonly Lock _lock = new();
    private readonly Random _noise = new(1);

    /// <summary>Makes a device.</summary>
    /// <param name="descriptors">What it tells of itself.</param>
    protected UsbDeviceModel(UsbDescriptors descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        Descriptors = descriptors;
        CancellationTokenSource unplugged = new(); // holds nothing that has to be disposed
        Unplugged = unplugged.Token;
        _unplug = unplugged.Cancel;
    }

    /// <summary>What it tells of itself.</summary>
    public UsbDescriptors Descriptors { get; }

    /// <summary>The configuration that the host has set; 0: none.</summary>
    public byte Configuration { get; private set; }

    /// <summary>Ends when the device is pulled out.</summary>
    public CancellationToken Unplugged { get; }

    /// <summary>Asked before each transfer of an endpoint other than 0 (number, and bit 7: to the host) what goes wrong with it; null: nothing ever does.</summary>
    public Func<byte, UsbFault>? Fault { get; set; }

    /// <summary>Pulls the device out: transfers under way fail.</summary>
    public void Unplug() => _unplug();

    /// <summary>Carries out a control transfer.</summary>
    /// <param name="setup">What is asked.</param>
    /// <param name="data">What the host sends with it.</param>
    /// <returns>What the host gets, at most what it asked for.</returns>
    /// <exception cref="UsbTransferException">The device stalls, or is no longer there.</exception>
    public byte[] Control(UsbSetup setup, ReadOnlySpan<byte> data)
    {
        EnsurePluggedIn();
        byte[] answer = (setup.IsStandard ? Standard(setup) : null) ?? Answer(setup, data) ?? throw new UsbTransferException(UsbTransferStatus.Stall);
        return answer.Length <= setup.Length ? answer : answer[..setup.Length];
    }

    /// <summary>Carries out a transfer to the host, which waits until the device has something.</summary>
    /// <param name="endpoint">The endpoint's address, bit 7 set.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">Takes it back.</param>
    /// <returns>Bytes that came.</returns>
    /// <exception cref="UsbTransferException">It did not succeed.</exception>
    public async ValueTask<int> ReadAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        UsbFault fault = Begin(endpoint);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Unplugged);
        try
        {
            int count = await ReadCoreAsync(endpoint, buffer, either.Token).ConfigureAwait(false);
            Fail(endpoint, fault);
            if (fault == UsbFault.Garbage)
            {
                Spoil(buffer.Span[..count]);
            }

            return fault == UsbFault.Shortened ? count / 2 : count;
        }
        catch (OperationCanceledException)
        {
            EnsurePluggedIn();
            throw;
        }
    }

    /// <summary>Carries out a transfer to the device, which waits until the device has room.</summary>
    /// <param name="endpoint">The endpoint's address.</param>
    /// <param name="data">What is sent.</param>
    /// <param name="cancellationToken">Takes it back.</param>
    /// <returns>Bytes that the device took.</returns>
    /// <exception cref="UsbTransferException">It did not succeed.</exception>
    public async ValueTask<int> WriteAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        UsbFault fault = Begin(endpoint);
        Fail(endpoint, fault);
        if (fault == UsbFault.Garbage)
        {
            byte[] spoilt = data.ToArray();
            Spoil(spoilt);
            data = spoilt;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Unplugged);
        try
        {
            await WriteCoreAsync(endpoint, fault == UsbFault.Shortened ? data[..(data.Length / 2)] : data, either.Token).ConfigureAwait(false);
            return data.Length;
        }
        catch (OperationCanceledException)
        {
            EnsurePluggedIn();
            throw;
        }
    }

    /// <summary>The host resets the device (USB 2.0, 9.1.1.3).</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _halted.Clear();
            Configuration = 0;
        }

        ResetCore();
    }

    /// <summary>Answers a request of the class or the vendor, or a standard one that is not for every device.</summary>
    /// <param name="setup">What is asked.</param>
    /// <param name="data">What the host sends with it.</param>
    /// <returns>What the host gets, nothing where it sends; null: the device stalls.</returns>
    protected abstract byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data);

    /// <summary>Gives the host data, once there are some.</summary>
    /// <param name="endpoint">One of the descriptors' endpoints.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">The host took it back, or the device was pulled out.</param>
    /// <returns>Bytes given.</returns>
    protected abstract ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Takes all of what the host sends.</summary>
    /// <param name="endpoint">One of the descriptors' endpoints.</param>
    /// <param name="data">What is sent.</param>
    /// <param name="cancellationToken">The host took it back, or the device was pulled out.</param>
    protected abstract ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Puts the device into the state after a bus reset.</summary>
    protected virtual void ResetCore()
    {
    }

    private byte[]? Standard(UsbSetup setup)
    {
        switch (setup.Request)
        {
            case 0 when setup.IsIn: // GET_STATUS
                lock (_lock)
                {
                    return [(byte)((setup.RequestType & 0x1F) == 2 && _halted.Contains((byte)setup.Index) ? 1 : 0), 0];
                }

            case 1 when setup is { RequestType: 2, Value: EndpointHalt }: // CLEAR_FEATURE
                lock (_lock)
                {
                    _ = _halted.Remove((byte)setup.Index);
                }

                return [];
            case 3 when setup is { RequestType: 2, Value: EndpointHalt }: // SET_FEATURE
                Halt((byte)setup.Index);
                return [];
            case 5: // SET_ADDRESS, which the host controller's side keeps
                return [];
            case 6 when (setup.RequestType & 0x1F) == 0: // GET_DESCRIPTOR
                return Descriptors.Get((byte)(setup.Value >> 8), (byte)setup.Value);
            case 8: // GET_CONFIGURATION
                return [Configuration];
            case 9 when setup.Value <= 1: // SET_CONFIGURATION
                Configuration = (byte)setup.Value;
                lock (_lock)
                {
                    _halted.Clear();
                }

                return [];
            case 10: // GET_INTERFACE
                return [0];
            case 11 when setup.Value == 0: // SET_INTERFACE
                return [];
            default:
                return null;
        }
    }

    private UsbFault Begin(byte endpoint)
    {
        EnsurePluggedIn();
        if (Descriptors.Endpoint(endpoint) is null)
        {
            throw new UsbTransferException(UsbTransferStatus.Invalid);
        }

        lock (_lock)
        {
            if (_halted.Contains(endpoint))
            {
                throw new UsbTransferException(UsbTransferStatus.Stall);
            }
        }

        return Fault?.Invoke(endpoint) ?? UsbFault.None;
    }

    private void Fail(byte endpoint, UsbFault fault)
    {
        switch (fault)
        {
            case UsbFault.Error:
                throw new UsbTransferException(UsbTransferStatus.Error);
            case UsbFault.Stall:
                Halt(endpoint);
                throw new UsbTransferException(UsbTransferStatus.Stall);
            case UsbFault.Unplug:
                Unplug();
                throw new UsbTransferException(UsbTransferStatus.Error);
        }
    }

    private void Halt(byte endpoint)
    {
        lock (_lock)
        {
            _ = _halted.Add(endpoint);
        }
    }

    private void Spoil(Span<byte> bytes)
    {
        lock (_lock)
        {
            _noise.NextBytes(bytes);
        }
    }

    private void EnsurePluggedIn()
    {
        if (Unplugged.IsCancellationRequested)
        {
            throw new UsbTransferException(UsbTransferStatus.Error);
        }
    }
}
