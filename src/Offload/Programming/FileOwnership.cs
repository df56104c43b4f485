using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Programming;

/// <summary>Whose an open file is, asked of the descriptor, so that nothing can be put in its place meanwhile.</summary>
/// <param name="IsRegular">Whether it is a regular file.</param>
/// <param name="OwnerId">User that owns it, or null where the system does not tell.</param>
/// <param name="CallerId">Effective user of this process, or null where the system does not tell.</param>
/// <param name="WritableByOthers">Whether its group or everybody may write it.</param>
internal readonly partial record struct FileOwnership(bool IsRegular, uint? OwnerId, uint? CallerId, bool WritableByOthers)
{
    private const int AtEmptyPath = 0x1000;
    private const uint StatxTypeModeUid = 0x0001 | 0x0002 | 0x0008;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int GroupAndOtherWrite = 0x12;

    /// <summary>Whether it is the caller's, and nobody else can write it.</summary>
    public bool IsCallersAlone => IsRegular && OwnerId is { } owner && owner == CallerId && !WritableByOthers;

    /// <summary>The same, or root's.</summary>
    public bool IsCallersOrRoots => IsRegular && OwnerId is { } owner && (owner == CallerId || owner == 0) && !WritableByOthers;

    /// <summary>What speaks against it, in words.</summary>
    public string Objection =>
        !IsRegular ? "it is not a regular file"
        : OwnerId is null ? "this system does not tell who owns it"
        : OwnerId != CallerId ? $"it belongs to user {OwnerId}, and you are user {CallerId}"
        : WritableByOthers ? "its group or everybody may write it"
        : "nothing";

    /// <summary>Asks the system.</summary>
    /// <param name="handle">The open file.</param>
    public static unsafe FileOwnership Of(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileOwnership(IsRegular: true, OwnerId: null, CallerId: null, WritableByOthers: true);
        }

        StatxBuffer buffer = default;
        if (Statx(handle, "", AtEmptyPath, StatxTypeModeUid, &buffer) != 0)
        {
            throw new IOException($"statx failed with error {Marshal.GetLastPInvokeError()}");
        }

        return new FileOwnership(
            (buffer.Mode & TypeMask) == RegularType, buffer.UserId, GetEffectiveUserId(), (buffer.Mode & GroupAndOtherWrite) != 0);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    /// <summary>struct statx of linux/stat.h: 256 bytes on every architecture, of which three fields are read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
