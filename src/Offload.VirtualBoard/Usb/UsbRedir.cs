using System.Buffers.Binary;
using System.Text;

namespace Offload.VirtualBoard.Usb;

/// <summary>Packets of usbredir 0.7 (usb-redirection-protocol.md of the usbredir project): numbers, and the ones that describe a device.</summary>
internal static class UsbRedir
{
    internal const uint Hello = 0;
    internal const uint DeviceConnect = 1;
    internal const uint DeviceDisconnect = 2;
    internal const uint Reset = 3;
    internal const uint InterfaceInfo = 4;
    internal const uint EndpointInfo = 5;
    internal const uint SetConfiguration = 6;
    internal const uint GetConfiguration = 7;
    internal const uint ConfigurationStatus = 8;
    internal const uint SetAlternative = 9;
    internal const uint GetAlternative = 10;
    internal const uint AlternativeStatus = 11;
    internal const uint StartInterrupts = 15;
    internal const uint StopInterrupts = 16;
    internal const uint InterruptsStatus = 17;
    internal const uint Cancel = 21;
    internal const uint FilterReject = 22;
    internal const uint Filter = 23;
    internal const uint DisconnectAck = 24;
    internal const uint Control = 100;
    internal const uint Bulk = 101;
    internal const uint Interrupt = 103;

    internal const int HelloLength = 68;
    internal const int ControlHeader = 10;
    internal const int BulkHeader = 10;
    internal const int InterruptHeader = 4;

    /// <summary>Length of the header in front of every packet but the hello: type, length, id of 64 bits.</summary>
    internal const int Header = 16;

    /// <summary>Length of the hello's header, whose id has 32 bits.</summary>
    internal const int FirstHeader = 12;

    /// <summary>No packet is longer.</summary>
    internal const int MaxLength = 16 << 20;

    /// <summary>Device version, acknowledged disconnect, packet sizes, ids of 64 bits, lengths of 32 bits: what this server speaks, and asks of its client.</summary>
    internal const uint Capabilities = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6);

    private const int Slots = 32;

    internal static byte[] MakeHello()
    {
        byte[] packet = new byte[FirstHeader + HelloLength];
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4), HelloLength);
        _ = Encoding.ASCII.GetBytes("Offload virtual board", packet.AsSpan(FirstHeader));
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(FirstHeader + 64), Capabilities);
        return packet;
    }

    internal static byte[] MakeConnect(UsbDescriptors device)
    {
        byte[] body = [(byte)(device.HighSpeed ? 2 : 1), 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(4), device.VendorId);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(6), device.ProductId);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(8), device.Release);
        return body;
    }

    internal static byte[] MakeInterfaces(UsbDescriptors device)
    {
        byte[] body = new byte[4 + (4 * Slots)];
        body[0] = (byte)device.Interfaces.Count;
        for (int i = 0; i < device.Interfaces.Count; i++)
        {
            body[4 + i] = (byte)i;
            body[4 + Slots + i] = device.Interfaces[i].Class;
            body[4 + (2 * Slots) + i] = device.Interfaces[i].SubClass;
            body[4 + (3 * Slots) + i] = device.Interfaces[i].Protocol;
        }

        return body;
    }

    internal static byte[] MakeEndpoints(UsbDescriptors device)
    {
        byte[] body = new byte[5 * Slots];
        body.AsSpan(0, Slots).Fill(0xFF);
        foreach (int control in new[] { 0, 16 })
        {
            body[control] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan((3 * Slots) + (2 * control)), 64);
        }

        for (int i = 0; i < device.Interfaces.Count; i++)
        {
            foreach (UsbEndpoint endpoint in device.Interfaces[i].Endpoints)
            {
                int slot = (endpoint.Address & 0x0F) | ((endpoint.Address & 0x80) >> 3);
                body[slot] = (byte)endpoint.Kind;
                body[Slots + slot] = endpoint.Interval;
                body[(2 * Slots) + slot] = (byte)i;
                BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan((3 * Slots) + (2 * slot)), endpoint.MaxPacket);
            }
        }

        return body;
    }
}
