using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Offload.VirtualBoard.Usb;

/// <summary>One client of a <see cref="UsbRedirServer"/>, and the device that it sees.</summary>
internal sealed class UsbRedirConnection(Socket socket) : IDisposable
{
    private readonly BufferedStream _input = new(new NetworkStream(socket), 1 << 16);
    private readonly Lock _sending = new();
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _transfers = new();
    private readonly ConcurrentDictionary<byte, CancellationTokenSource> _interrupts = new();
    private Dictionary<byte, UsbEndpointQueue> _queues = [];
    private UsbDeviceModel? _device;
    private UsbDeviceModel? _next;
    private bool _leaving; // a disconnect is not yet acknowledged
    private bool _closed;

    /// <summary>Both sides say who they are and what they can do.</summary>
    internal async Task GreetAsync(CancellationToken cancellationToken)
    {
        Send(UsbRedir.MakeHello());
        byte[] header = new byte[UsbRedir.FirstHeader];
        await _input.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != UsbRedir.Hello || length is < UsbRedir.HelloLength or > UsbRedir.MaxLength)
        {
            throw new InvalidDataException("what connected does not begin with a hello of usbredir");
        }

        byte[] hello = new byte[length];
        await _input.ReadExactlyAsync(hello, cancellationToken).ConfigureAwait(false);
        uint capabilities = BinaryPrimitives.ReadUInt32LittleEndian(hello.AsSpan(64));
        if ((capabilities & UsbRedir.Capabilities) != UsbRedir.Capabilities)
        {
            throw new InvalidDataException($"the client's usbredir lacks capabilities (it has 0x{capabilities:X}, wanted are 0x{UsbRedir.Capabilities:X}); use QEMU 2.0 or later");
        }
    }

    /// <summary>Tells the client of a device, as soon as it has let go of the former one.</summary>
    internal void Show(UsbDeviceModel device)
    {
        lock (_lock)
        {
            if (_device is not null || _leaving)
            {
                _next = device;
                return;
            }

            _device = device;
            _queues = device.Descriptors.Interfaces.SelectMany(one => one.Endpoints).ToDictionary(one => one.Address, _ => new UsbEndpointQueue());
            SendTopology(device, 0);
            Send(UsbRedir.DeviceConnect, 0, UsbRedir.MakeConnect(device.Descriptors));
        }

        _ = device.Unplugged.UnsafeRegister(state => ((UsbRedirConnection)state!).Hide(device), this);
    }

    /// <summary>Does what the client asks, until it goes.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[UsbRedir.Header];
        while (await _input.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == header.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4));
            if (length > UsbRedir.MaxLength)
            {
                throw new InvalidDataException($"the client sent a packet of {length} bytes");
            }

            byte[] body = new byte[length];
            await _input.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
            Take(BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8)), body);
        }
    }

    /// <summary>The client is gone: nobody waits any more for what is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            Forget();
        }

        _input.Dispose();
    }

    private void Hide(UsbDeviceModel device)
    {
        lock (_lock)
        {
            if (_device != device || _closed)
            {
                return;
            }

            _device = null;
            _leaving = true;
            Forget();
            Send(UsbRedir.DeviceDisconnect, 0, []);
        }
    }

    private void Forget()
    {
        foreach (CancellationTokenSource transfer in _transfers.Values.Concat(_interrupts.Values))
        {
            transfer.Cancel();
        }

        foreach (UsbEndpointQueue queue in _queues.Values)
        {
            queue.Close();
        }

        _interrupts.Clear();
    }

    private void Take(uint type, ulong id, byte[] body)
    {
        if (type == UsbRedir.DisconnectAck)
        {
            UsbDeviceModel? next;
            lock (_lock)
            {
                _leaving = false;
                (next, _next) = (_next, null);
            }

            if (next is { Unplugged.IsCancellationRequested: false })
            {
                Show(next);
            }

            return;
        }

        UsbDeviceModel? device;
        Dictionary<byte, UsbEndpointQueue> queues;
        lock (_lock)
        {
            (device, queues) = (_device, _queues);
        }

        if (device is null)
        {
            return; // sent before the client knew that there is no device any more
        }

        int least = type switch
        {
            UsbRedir.Control => UsbRedir.ControlHeader,
            UsbRedir.Bulk => UsbRedir.BulkHeader,
            UsbRedir.Interrupt => UsbRedir.InterruptHeader,
            UsbRedir.SetAlternative => 2,
            UsbRedir.SetConfiguration or UsbRedir.GetAlternative or UsbRedir.StartInterrupts or UsbRedir.StopInterrupts => 1,
            _ => 0,
        };
        if (body.Length < least)
        {
            throw new InvalidDataException($"a packet of type {type} has {body.Length} bytes, and needs {least}");
        }

        switch (type)
        {
            case UsbRedir.Reset:
                device.Reset();
                break;
            case UsbRedir.SetConfiguration:
                byte status = Try(device, new UsbSetup(0, 9, body[0], 0, 0), [], out _);
                SendTopology(device, 0);
                Send(UsbRedir.ConfigurationStatus, id, [status, body[0]]);
                break;
            case UsbRedir.GetConfiguration:
                Send(UsbRedir.ConfigurationStatus, id, [0, device.Configuration]);
                break;
            case UsbRedir.SetAlternative:
                status = Try(device, new UsbSetup(1, 11, body[1], body[0], 0), [], out _);
                Send(UsbRedir.AlternativeStatus, id, [status, body[0], body[1]]);
                break;
            case UsbRedir.GetAlternative:
                Send(UsbRedir.AlternativeStatus, id, [0, body[0], 0]);
                break;
            case UsbRedir.StartInterrupts:
                StartInterrupts(device, queues, id, body[0]);
                break;
            case UsbRedir.StopInterrupts:
                if (_interrupts.TryRemove(body[0], out CancellationTokenSource? running))
                {
                    running.Cancel();
                }

                Send(UsbRedir.InterruptsStatus, id, [0, body[0]]);
                break;
            case UsbRedir.Cancel:
                if (_transfers.TryGetValue(id, out CancellationTokenSource? transfer))
                {
                    transfer.Cancel();
                }

                break;
            case UsbRedir.Control:
                Control(device, id, body);
                break;
            case UsbRedir.Bulk:
                Transfer(device, queues, id, body, UsbRedir.Bulk, UsbRedir.BulkHeader, BulkLength(body));
                break;
            case UsbRedir.Interrupt:
                Transfer(device, queues, id, body, UsbRedir.Interrupt, UsbRedir.InterruptHeader, BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(2)));
                break;
            case UsbRedir.Filter or UsbRedir.FilterReject:
                break;
            default:
                throw new InvalidDataException($"the client sent a packet of type {type}, which this server has not offered");
        }
    }

    private static int BulkLength(byte[] body)
    {
        uint length = BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(2)) | ((uint)BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(8)) << 16);
        return length <= UsbRedir.MaxLength ? (int)length : throw new InvalidDataException($"the client asks for {length} bytes in one transfer");
    }

    private void Control(UsbDeviceModel device, ulong id, byte[] body)
    {
        UsbSetup setup = new(
            body[2],
            body[1],
            BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(4)),
            BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(6)),
            BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(8)));
        byte status = Try(device, setup, body.AsSpan(UsbRedir.ControlHeader), out byte[] answer);
        byte[] reply = [.. body.AsSpan(0, UsbRedir.ControlHeader), .. answer];
        reply[3] = status;
        int length = status != 0 ? 0 : setup.IsIn ? answer.Length : setup.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(reply.AsSpan(8), (ushort)length);
        Send(UsbRedir.Control, id, reply);
    }

    private static byte Try(UsbDeviceModel device, UsbSetup setup, ReadOnlySpan<byte> data, out byte[] answer)
    {
        try
        {
            answer = device.Control(setup, data);
            return 0;
        }
        catch (UsbTransferException exception)
        {
            answer = [];
            return (byte)exception.Status;
        }
    }

    private void Transfer(UsbDeviceModel device, Dictionary<byte, UsbEndpointQueue> queues, ulong id, byte[] body, uint type, int header, int length)
    {
        byte endpoint = body[0];
        if (!queues.TryGetValue(endpoint, out UsbEndpointQueue? queue))
        {
            Finish(type, id, body.AsSpan(0, header).ToArray(), UsbTransferStatus.Invalid, 0);
            return;
        }

        CancellationTokenSource cancel = new(); // never disposed, for it may be cancelled from elsewhere at any time; it holds nothing
        _transfers[id] = cancel;
        queue.Add(async () =>
        {
            bool isIn = (endpoint & 0x80) != 0;
            byte[] packet = ArrayPool<byte>.Shared.Rent(UsbRedir.Header + header + (isIn ? length : 0));
            try
            {
                body.AsSpan(0, header).CopyTo(packet.AsSpan(UsbRedir.Header));
                UsbTransferStatus status = 0;
                int count = 0;
                try
                {
                    count = isIn
                        ? await device.ReadAsync(endpoint, packet.AsMemory(UsbRedir.Header + header, length), cancel.Token).ConfigureAwait(false)
                        : await device.WriteAsync(endpoint, body.AsMemory(header), cancel.Token).ConfigureAwait(false);
                }
                catch (UsbTransferException exception)
                {
                    status = exception.Status;
                }
                catch (OperationCanceledException)
                {
                    status = UsbTransferStatus.Cancelled;
                }

                _ = _transfers.TryRemove(id, out _);
                if (Volatile.Read(ref _device) == device) // else the client has been told that the device is gone
                {
                    FillLength(packet.AsSpan(UsbRedir.Header, header), status, count);
                    SendPacket(type, id, packet.AsSpan(0, UsbRedir.Header + header + (isIn ? count : 0)));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(packet);
            }
        });
    }

    private void StartInterrupts(UsbDeviceModel device, Dictionary<byte, UsbEndpointQueue> queues, ulong id, byte address)
    {
        UsbEndpoint? endpoint = device.Descriptors.Endpoint(address);
        CancellationTokenSource cancel = new(); // not disposed, as above
        if (endpoint?.Kind != UsbEndpointKind.Interrupt || (address & 0x80) == 0 || !_interrupts.TryAdd(address, cancel))
        {
            Send(UsbRedir.InterruptsStatus, id, [(byte)UsbTransferStatus.Invalid, address]);
            return;
        }

        Send(UsbRedir.InterruptsStatus, id, [0, address]);
        queues[address].Add(async () =>
        {
            byte[] packet = new byte[UsbRedir.Header + UsbRedir.InterruptHeader + endpoint.MaxPacket];
            try
            {
                for (ulong number = 0; ; number++)
                {
                    int count = await device.ReadAsync(address, packet.AsMemory(UsbRedir.Header + UsbRedir.InterruptHeader), cancel.Token).ConfigureAwait(false);
                    packet[UsbRedir.Header] = address;
                    FillLength(packet.AsSpan(UsbRedir.Header, UsbRedir.InterruptHeader), 0, count);
                    SendPacket(UsbRedir.Interrupt, number, packet.AsSpan(0, UsbRedir.Header + UsbRedir.InterruptHeader + count));
                }
            }
            catch (OperationCanceledException)
            {
                // The client wants no more.
            }
            catch (UsbTransferException)
            {
                _ = _interrupts.TryRemove(address, out _);
                Send(UsbRedir.InterruptsStatus, 0, [(byte)UsbTransferStatus.Stall, address]);
            }
        });
    }

    private void Finish(uint type, ulong id, byte[] header, UsbTransferStatus status, int count)
    {
        FillLength(header, status, count);
        Send(type, id, header);
    }

    private static void FillLength(Span<byte> header, UsbTransferStatus status, int count)
    {
        header[1] = (byte)status;
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)count);
        if (header.Length == UsbRedir.BulkHeader)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header[8..], (ushort)(count >> 16));
        }
    }

    private void SendTopology(UsbDeviceModel device, ulong id)
    {
        Send(UsbRedir.EndpointInfo, id, UsbRedir.MakeEndpoints(device.Descriptors));
        Send(UsbRedir.InterfaceInfo, id, UsbRedir.MakeInterfaces(device.Descriptors));
    }

    private void Send(uint type, ulong id, ReadOnlySpan<byte> body)
    {
        byte[] packet = new byte[UsbRedir.Header + body.Length];
        body.CopyTo(packet.AsSpan(UsbRedir.Header));
        SendPacket(type, id, packet);
    }

    private void SendPacket(uint type, ulong id, Span<byte> packet)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(packet, type);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[4..], (uint)(packet.Length - UsbRedir.Header));
        BinaryPrimitives.WriteUInt64LittleEndian(packet[8..], id);
        Send(packet);
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        try
        {
            lock (_sending)
            {
                while (packet.Length != 0)
                {
                    packet = packet[socket.Send(packet)..];
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client is gone, which the reading end notices too, and ends the connection for.
        }
    }
}
