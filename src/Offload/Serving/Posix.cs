using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Offload.Serving;

/// <summary>Whose a path is.</summary>
/// <param name="User">Owner.</param>
/// <param name="Mode">Type and permissions, as in stat(2).</param>
internal readonly record struct FileOwner(uint User, ushort Mode);

/// <summary>What .NET does not tell of users and files.</summary>
internal static partial class Posix
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeModeUser = 0x0001 | 0x0002 | 0x0008;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>The user that this process acts as.</summary>
    public static uint EffectiveUser => GetEffectiveUserId();

    /// <summary>Owner and mode of a path; a link is not followed.</summary>
    /// <exception cref="IOException">There is no such path.</exception>
    public static unsafe FileOwner OwnerOf(string path)
    {
        StatxBuffer buffer = default;
        if (Statx(CurrentDirectory, path, DoNotFollow, TypeModeUser, &buffer) != 0)
        {
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        return new FileOwner(buffer.User, buffer.Mode);
    }

    /// <summary>The user of the process at the other end of a connected unix socket (SO_PEERCRED, unix(7)).</summary>
    public static uint PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return MemoryMarshal.Read<uint>(credentials[4..]);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, StatxBuffer* buffer);

    /// <summary>struct statx of linux/stat.h: 256 bytes on every architecture, of which two fields are read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
