using System.Net.Sockets;

namespace Offload.Sockets;

/// <summary>A socket whose connection goes back to the board when it is disposed.</summary>
/// <param name="handle">The connection; the socket's own.</param>
/// <param name="close">Closes the connection in the background. It is given a descriptor of its own, for the socket is closed at once.</param>
internal sealed class ReturningSocket(SafeSocketHandle handle, Action<SafeSocketHandle> close) : Socket(handle)
{
    private readonly SafeSocketHandle _handle = handle;
    private int _disposed;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        SafeSocketHandle? copy = disposing && Interlocked.Exchange(ref _disposed, 1) == 0 && !_handle.IsClosed ? PosixSocket.TryDuplicate(_handle) : null;

        // Ends the operations that are under way. The connection is not closed by it, for the copy is there; without one the kernel closes it.
        base.Dispose(disposing);
        if (copy is not null)
        {
            close(copy);
        }
    }
}
