using System.Threading.Channels;
using Offload.VirtualBoard.Parts;

namespace Offload.VirtualBoard.Usb;

/// <summary>By what a CMSIS-DAP probe takes its packets (Arm, "CMSIS-DAP", "Configure USB peripheral").</summary>
public enum DapInterface
{
    /// <summary>Two bulk endpoints of an interface of the vendor: version 2.</summary>
    Bulk,

    /// <summary>HID reports by two interrupt endpoints: version 1.</summary>
    Hid,

    /// <summary>HID reports, those to the probe by control transfers: version 1.</summary>
    HidWithoutOut,

    /// <summary>None: it is no probe, whatever its text says.</summary>
    None,
}

/// <summary>A CMSIS-DAP probe at USB.</summary>
public sealed class DapDevice : UsbDeviceModel
{
    private const int Report = 64;

    private readonly VirtualDapProbe _probe;
    private readonly bool _isHid;
    private readonly Channel<byte[]> _answers = Channel.CreateUnbounded<byte[]>();

    /// <summary>Makes one.</summary>
    /// <param name="probe">What it does; by HID its packets are of 64 bytes.</param>
    /// <param name="kind">By what.</param>
    /// <param name="serialNumber">Its serial number.</param>
    public DapDevice(VirtualDapProbe probe, DapInterface kind, string serialNumber)
        : base(Describe(kind, serialNumber))
    {
        _probe = probe;
        _isHid = kind != DapInterface.Bulk;
    }

    /// <inheritdoc/>
    protected override byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data)
    {
        if (setup is { RequestType: 0x21, Request: 9, Value: 0x0200 } && _isHid)
        {
            Take(data.ToArray());
            return [];
        }

        return null;
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] answer = await _answers.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = Math.Min(answer.Length, buffer.Length);
        answer.AsMemory(0, count).CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    protected override ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Take(data.ToArray());
        return ValueTask.CompletedTask;
    }

    private void Take(byte[] request)
    {
        byte[] response = new byte[_probe.PacketLength];
        int count = _probe.Answer(request, response);
        _ = _answers.Writer.TryWrite(_isHid ? response : response[..count]);
    }

    private static UsbDescriptors Describe(DapInterface kind, string serialNumber) => new()
    {
        VendorId = 0x0D28,
        ProductId = 0x0204,
        Manufacturer = "Arm",
        Product = "DAPLink CMSIS-DAP",
        SerialNumber = serialNumber,
        Interfaces = kind switch
        {
            DapInterface.Bulk =>
            [
                new UsbInterface(8, 6, 0x50, [new UsbEndpoint(0x81, UsbEndpointKind.Bulk, 512), new UsbEndpoint(0x01, UsbEndpointKind.Bulk, 512)]),
                new UsbInterface(0xFF, 0, 0, [new UsbEndpoint(0x02, UsbEndpointKind.Bulk, 512), new UsbEndpoint(0x83, UsbEndpointKind.Bulk, 512)]) { Name = "CMSIS-DAP v2" },
            ],
            DapInterface.None => [new UsbInterface(0xFF, 0, 0, [new UsbEndpoint(0x02, UsbEndpointKind.Bulk, 512), new UsbEndpoint(0x83, UsbEndpointKind.Bulk, 512)]) { Name = "WebUSB" }],
            _ =>
            [
                new UsbInterface(3, 0, 0,
                [
                    new UsbEndpoint(0x81, UsbEndpointKind.Interrupt, Report, 1),
                    .. kind == DapInterface.Hid ? [new UsbEndpoint(0x01, UsbEndpointKind.Interrupt, Report, 1)] : Array.Empty<UsbEndpoint>(),
                ]),
            ],
        },
    };
}
