using System.Runtime.InteropServices;

namespace Offload.Cli;

/// <summary>The few system calls that the framework has no method for.</summary>
internal static partial class Native
{
    internal const int CloneNewNet = 0x40000000;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorAgain = 11;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int descriptor, byte* buffer, nint length);
}
