using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.VirtualBoard.Pcie;

/// <summary>A stream socket whose peer also sends descriptors (SCM_RIGHTS, unix(7)), which the framework cannot receive. One reader, one writer.</summary>
internal sealed unsafe partial class DescriptorSocket(Socket socket) : IDisposable
{
    private const int SolSocket = 1;
    private const int Rights = 1;
    private const int CloseOnExec = 0x40000000;
    private const int MaxDescriptors = 16;
    private const int ControlHeader = 16;
    private const int Interrupted = 4;

    /// <summary>Reads exactly so many bytes.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="descriptors">Descriptors that came with them are added; they are the caller's.</param>
    /// <returns>False where the peer had closed before the first byte.</returns>
    /// <exception cref="IOException">The peer closed in the middle, or the socket broke.</exception>
    internal bool Read(Span<byte> buffer, List<SafeFileHandle> descriptors)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int count = Receive(buffer[done..], descriptors);
            if (count == 0)
            {
                return done == 0 ? false : throw new IOException("the other end closed in the middle of a message");
            }

            done += count;
        }

        return true;
    }

    /// <summary>Writes all of it.</summary>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length != 0)
        {
            try
            {
                bytes = bytes[socket.Send(bytes)..];
            }
            catch (SocketException exception)
            {
                throw new IOException(exception.Message, exception);
            }
        }
    }

    /// <summary>Ends a read that waits; later ones find the end.</summary>
    internal void Shutdown()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is over already.
        }
    }

    public void Dispose() => socket.Dispose();

    private int Receive(Span<byte> buffer, List<SafeFileHandle> descriptors)
    {
        byte* control = stackalloc byte[ControlHeader + (MaxDescriptors * sizeof(int))];
        fixed (byte* bytes = buffer)
        {
            IoVector vector = new() { Base = (nint)bytes, Length = (nuint)buffer.Length };
            MessageHeader message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlHeader + (MaxDescriptors * sizeof(int)),
            };
            nint count;
            do
            {
                count = ReceiveMessage(socket.SafeHandle, &message, CloseOnExec);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);

            if (count < 0)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            }

            if (message.ControlLength >= ControlHeader && *(int*)(control + 8) == SolSocket && *(int*)(control + 12) == Rights)
            {
                long length = *(long*)control;
                for (int at = ControlHeader; at + sizeof(int) <= length; at += sizeof(int))
                {
                    descriptors.Add(new SafeFileHandle(*(int*)(control + at), ownsHandle: true));
                }
            }

            return (int)count;
        }
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        internal nint Base;
        internal nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        internal nint Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal byte* Control;
        internal nuint ControlLength;
        internal int Flags;
    }
}
