using System.Threading.Channels;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>Gives back on endpoint 0x81 what endpoint 0x02 took, and tells on 0x83 how many bytes there were so far.</summary>
internal sealed class EchoDevice(string serialNumber) : UsbDeviceModel(new UsbDescriptors
{
    VendorId = 0x1209,
    ProductId = 0x0001,
    Manufacturer = "Offload",
    Product = "Echo",
    SerialNumber = serialNumber,
    Interfaces =
    [
        new UsbInterface(0xFF, 0, 0,
        [
            new UsbEndpoint(0x81, UsbEndpointKind.Bulk, 512),
            new UsbEndpoint(0x02, UsbEndpointKind.Bulk, 512),
            new UsbEndpoint(0x83, UsbEndpointKind.Interrupt, 8, 4),
        ]),
    ],
})
{
    private readonly Channel<byte[]> _echo = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<int> _counts = Channel.CreateUnbounded<int>();
    private int _total;

    protected override byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data) => setup.Request switch
    {
        0x10 => [1, 2, 3, 4],
        0x11 when data.SequenceEqual(new byte[] { 5, 6 }) => [],
        _ => null,
    };

    protected override async ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] bytes = endpoint == 0x81
            ? await _echo.Reader.ReadAsync(cancellationToken)
            : BitConverter.GetBytes(await _counts.Reader.ReadAsync(cancellationToken));
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    protected override ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _ = _echo.Writer.TryWrite(data.ToArray());
        _ = _counts.Writer.TryWrite(_total += data.Length);
        return ValueTask.CompletedTask;
    }
}
