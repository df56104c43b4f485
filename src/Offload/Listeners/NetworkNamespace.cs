using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Listeners;

/// <summary>Linux network namespaces (namespaces(7)).</summary>
internal static partial class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;
    private const int NotPermitted = 1;

    /// <summary>Does something in the network namespace of a host port.</summary>
    /// <param name="path">File of the namespace; null: this process's own.</param>
    /// <param name="work">What is done there.</param>
    public static Task<T> RunAsync<T>(string? path, Func<T> work)
    {
        // A thread of its own: it may enter another namespace, and must not come back to the pool from there.
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                if (path is not null)
                {
                    Enter(path);
                }

                done.SetResult(work());
            }
            catch (OperationCanceledException exception)
            {
                done.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "Offload network",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Moves the calling thread into a namespace, for good.</summary>
    /// <param name="path">File of the namespace, for example <c>/run/netns/host</c>.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>, or <see cref="OffloadError.AddressNotAvailable"/> where there is no such namespace.</exception>
    public static void Enter(string path)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OffloadException(
                exception is UnauthorizedAccessException ? OffloadError.PermissionDenied : OffloadError.AddressNotAvailable,
                $"The host port's network namespace {path} cannot be entered: {exception.Message}", exception);
        }

        using (file)
        {
            if (SetNamespace(file, CloneNewNet) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                throw new OffloadException(
                    error == NotPermitted ? OffloadError.PermissionDenied : OffloadError.AddressNotAvailable,
                    $"The host port's network namespace {path} cannot be entered: {Marshal.GetPInvokeErrorMessage(error)}. It needs CAP_SYS_ADMIN (or root).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
