using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Kernel.Tests.Bench;

/// <summary>Sends frames past the client's TCP, straight to its interface (packet(7)).</summary>
internal sealed unsafe class PacketSender : IDisposable
{
    private readonly SafeFileHandle _socket;
    private readonly byte[] _address = new byte[20];

    private PacketSender(SafeFileHandle socket, uint interfaceIndex)
    {
        _socket = socket;
        BinaryPrimitives.WriteUInt16LittleEndian(_address, KernelCalls.PacketFamily);
        BinaryPrimitives.WriteUInt32LittleEndian(_address.AsSpan(4), interfaceIndex);
    }

    /// <summary>Makes one for an interface of the calling thread's namespace.</summary>
    internal static PacketSender Open(string interfaceName)
    {
        uint index = KernelCalls.InterfaceIndex(interfaceName);
        // Protocol 0: it sends, and receives nothing.
        SafeFileHandle socket = new(KernelCalls.Socket(KernelCalls.PacketFamily, KernelCalls.RawSocket | KernelCalls.CloseOnExec, 0), ownsHandle: true);
        return index != 0 && !socket.IsInvalid
            ? new PacketSender(socket, index)
            : throw new IOException($"no packet socket on {interfaceName}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Sends a frame.</summary>
    internal void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        fixed (byte* address = _address)
        {
            if (KernelCalls.SendTo(_socket, bytes, (nuint)frame.Length, 0, address, (uint)_address.Length) != frame.Length)
            {
                throw new IOException($"a frame was not sent: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
