using System.Buffers.Binary;

namespace Offload.VirtualBoard.Pcie;

/// <summary>The 256 bytes of configuration of the board's PCI function (PCI Local Bus Specification 3.0, chapter 6): one memory BAR, one MSI.</summary>
internal sealed class ConfigurationSpace
{
    internal const int Bytes = 256;

    private const int MessageCapability = 0x40;
    private readonly byte[] _value = new byte[Bytes];
    private readonly byte[] _writable = new byte[Bytes];

    /// <summary>A function after reset.</summary>
    /// <param name="vendor">Vendor id.</param>
    /// <param name="device">Device id.</param>
    /// <param name="barBytes">Size of BAR 0, a power of two.</param>
    internal ConfigurationSpace(ushort vendor, ushort device, uint barBytes)
    {
        Set16(0x00, vendor);
        Set16(0x02, device);
        Set16(0x04, 0, writable: 0x0406); // command: memory space, bus master, no INTx
        Set16(0x06, 0x0010); // status: has capabilities
        _value[0x0B] = 0x02; // class: network controller, other
        _value[0x0A] = 0x80;
        Set32(0x10, 0, writable: ~(barBytes - 1)); // BAR 0: 32-bit memory, not prefetchable
        Set16(0x2C, vendor);
        Set16(0x2E, device);
        _value[0x34] = MessageCapability;
        _writable[0x3C] = 0xFF; // interrupt line, for software
        Set16(MessageCapability, 0x0005); // MSI, the last capability
        Set16(MessageCapability + 2, 0x0080, writable: 0x0001); // 64-bit address, one message
        Set32(MessageCapability + 4, 0, writable: 0xFFFFFFFC);
        Set32(MessageCapability + 8, 0, writable: 0xFFFFFFFF);
        Set16(MessageCapability + 12, 0, writable: 0xFFFF);
    }

    /// <summary>Reads bytes; those outside it are zero.</summary>
    internal void Read(ulong offset, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = offset + (ulong)i < Bytes ? _value[(int)offset + i] : (byte)0;
        }
    }

    /// <summary>Writes those bits that can be.</summary>
    internal void Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && offset + (ulong)i < Bytes; i++)
        {
            int at = (int)offset + i;
            _value[at] = (byte)((_value[at] & ~_writable[at]) | (bytes[i] & _writable[at]));
        }
    }

    private void Set16(int at, ushort value, ushort writable = 0)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_value.AsSpan(at), value);
        BinaryPrimitives.WriteUInt16LittleEndian(_writable.AsSpan(at), writable);
    }

    private void Set32(int at, uint value, uint writable)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_value.AsSpan(at), value);
        BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(at), writable);
    }
}
