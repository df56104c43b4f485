using System.Buffers.Binary;
using System.Text;

namespace Offload.VirtualBoard.Usb;

/// <summary>How an endpoint transfers (USB 2.0, 9.6.6).</summary>
public enum UsbEndpointKind
{
    /// <summary>As fast as the bus is free.</summary>
    Bulk = 2,

    /// <summary>Asked at an interval.</summary>
    Interrupt = 3,
}

/// <summary>An endpoint of an interface.</summary>
/// <param name="Address">Its number, 1 to 15; bit 7: to the host.</param>
/// <param name="Kind">How it transfers.</param>
/// <param name="MaxPacket">Bytes of a packet at most.</param>
/// <param name="Interval">bInterval; 0 for bulk.</param>
public sealed record UsbEndpoint(byte Address, UsbEndpointKind Kind, ushort MaxPacket, byte Interval = 0);

/// <summary>An interface, without alternatives.</summary>
/// <param name="Class">bInterfaceClass; 0xFF: of the vendor.</param>
/// <param name="SubClass">bInterfaceSubClass.</param>
/// <param name="Protocol">bInterfaceProtocol.</param>
/// <param name="Endpoints">Its endpoints.</param>
public sealed record UsbInterface(byte Class, byte SubClass, byte Protocol, IReadOnlyList<UsbEndpoint> Endpoints)
{
    /// <summary>Text for people; null: none.</summary>
    public string? Name { get; init; }

    /// <summary>Descriptors of its class, between the interface's and the endpoints', such as HID's; whole, with their lengths.</summary>
    public ReadOnlyMemory<byte> ClassDescriptors { get; init; }
}

/// <summary>What a device tells of itself: one configuration.</summary>
public sealed record UsbDescriptors
{
    private const int DeviceLength = 18;

    /// <summary>idVendor.</summary>
    public required ushort VendorId { get; init; }

    /// <summary>idProduct.</summary>
    public required ushort ProductId { get; init; }

    /// <summary>bcdDevice.</summary>
    public ushort Release { get; init; } = 0x0100;

    /// <summary>True: 480 Mbit/s; false: 12 Mbit/s.</summary>
    public bool HighSpeed { get; init; } = true;

    /// <summary>bMaxPower, in 2 mA.</summary>
    public byte Power { get; init; } = 50;

    /// <summary>Text for people.</summary>
    public string Manufacturer { get; init; } = "";

    /// <summary>Text for people.</summary>
    public string Product { get; init; } = "";

    /// <summary>Tells devices of a kind apart.</summary>
    public string SerialNumber { get; init; } = "";

    /// <summary>Its interfaces, by number.</summary>
    public required IReadOnlyList<UsbInterface> Interfaces { get; init; }

    /// <summary>The endpoint of an address, or null.</summary>
    /// <param name="address">Number and direction.</param>
    public UsbEndpoint? Endpoint(byte address) => Interfaces.SelectMany(one => one.Endpoints).FirstOrDefault(one => one.Address == address);

    /// <summary>A descriptor as GET_DESCRIPTOR gives it, whole; null where there is none.</summary>
    /// <param name="type">1 device, 2 configuration, 3 string, 6 device qualifier.</param>
    /// <param name="index">Which one.</param>
    public byte[]? Get(byte type, byte index) => (type, index) switch
    {
        (1, _) => Device(),
        (2, 0) => Configuration(),
        (3, 0) => [4, 3, 0x09, 0x04], // English (United States)
        (3, _) => Text(index),
        (6, _) when HighSpeed => [10, 6, 0x00, 0x02, 0, 0, 0, 64, 1, 0],
        _ => null,
    };

    private byte[] Device()
    {
        byte[] bytes = new byte[DeviceLength];
        bytes[0] = DeviceLength;
        bytes[1] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), 0x0200);
        bytes[7] = 64;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), VendorId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), ProductId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), Release);
        bytes[14] = Reference(1);
        bytes[15] = Reference(2);
        bytes[16] = Reference(3);
        bytes[17] = 1;
        return bytes;
    }

    private byte[] Configuration()
    {
        List<byte> bytes = [9, 2, 0, 0, (byte)Interfaces.Count, 1, 0, 0x80, Power];
        for (int i = 0; i < Interfaces.Count; i++)
        {
            UsbInterface one = Interfaces[i];
            bytes.AddRange([9, 4, (byte)i, 0, (byte)one.Endpoints.Count, one.Class, one.SubClass, one.Protocol, Reference(4 + i)]);
            bytes.AddRange(one.ClassDescriptors.Span);
            foreach (UsbEndpoint endpoint in one.Endpoints)
            {
                bytes.AddRange([7, 5, endpoint.Address, (byte)endpoint.Kind, (byte)endpoint.MaxPacket, (byte)(endpoint.MaxPacket >> 8), endpoint.Interval]);
            }
        }

        bytes[2] = (byte)bytes.Count;
        bytes[3] = (byte)(bytes.Count >> 8);
        return [.. bytes];
    }

    // Texts 1 to 3 are the device's, from 4 on the interfaces'.
    private string? TextOf(int index) => index switch
    {
        1 => Manufacturer,
        2 => Product,
        3 => SerialNumber,
        _ => index - 4 < Interfaces.Count ? Interfaces[index - 4].Name : null,
    };

    private byte Reference(int index) => string.IsNullOrEmpty(TextOf(index)) ? (byte)0 : (byte)index;

    private byte[]? Text(int index) =>
        TextOf(index) is { Length: > 0 and <= 126 } text ? [(byte)(2 + (2 * text.Length)), 3, .. Encoding.Unicode.GetBytes(text)] : null;
}
