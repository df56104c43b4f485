using System.Net.Sockets;
using Offload.Boards;

namespace Offload.Serving;

/// <summary>The right to serve a board: a lock file beside the socket, which the kernel frees when its process ends, however it ends.</summary>
internal sealed class ServedSocket : IAsyncDisposable
{
    /// <summary>Added to a socket's path while it is not ready.</summary>
    public const string TemporarySuffix = ".new";

    private const string LockSuffix = ".lock";
    private const int Backlog = 128;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;
    private bool _listening;

    private ServedSocket(string path, FileStream file)
    {
        SocketPath = path;
        _lock = file;
    }

    /// <summary>Path of the socket.</summary>
    public string SocketPath { get; }

    /// <summary>Claims a board's socket.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: another process has it; <see cref="OffloadError.PermissionDenied"/>.</exception>
    public static ServedSocket Claim(string id, OffloadBoardOptions options)
    {
        string path = options.SocketPath is { Length: > 0 } chosen
            ? Path.GetFullPath(chosen)
            : RuntimeDirectory.SocketOf(RuntimeDirectory.Ensure(options), id);
        return TryLock(path) is { } file
            ? new ServedSocket(path, file)
            : throw new OffloadException(
                OffloadError.BoardBusy, $"Board {id} is held by another process, which is just opening or closing it (lock {path}{LockSuffix}). Try again.");
    }

    /// <summary>Removes a socket that nobody listens on, if nobody is about to.</summary>
    public static void RemoveStale(string path)
    {
        using FileStream? file = TryLock(path);
        if (file is not null)
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes the socket. It appears under its path when it is ready, with mode 0600.</summary>
    public Socket Listen()
    {
        string temporary = SocketPath + TemporarySuffix;
        File.Delete(temporary);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            File.SetUnixFileMode(temporary, OwnerOnly);
            socket.Listen(Backlog);
            File.Move(temporary, SocketPath, overwrite: true);
            _listening = true;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the socket's path and gives the right back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_listening)
        {
            File.Delete(SocketPath);
        }

        // The lock file stays: removing it would let two processes lock two files of one name.
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream? TryLock(string path)
    {
        FileStreamOptions how = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = OwnerOnly,
        };
        try
        {
            return new FileStream(path + LockSuffix, how);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new OffloadException(OffloadError.PermissionDenied, $"There is no folder for the socket {path}. Make it, with mode 0700.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new OffloadException(OffloadError.PermissionDenied, $"The socket {path} cannot be made: {exception.Message}", exception);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
