using System.Net.Sockets;
using Offload.Boards;

namespace Offload.Serving;

/// <summary>One connection to a board's holder.</summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly FrameSocket _frames;

    private ClientConnection(FrameSocket frames) => _frames = frames;

    /// <summary>Builds this connection's requests.</summary>
    public MessageWriter Writer { get; } = new();

    /// <summary>Which holder it is: another number for every session of every process.</summary>
    public Guid Instance { get; private set; }

    /// <summary>The holder's process.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The board.</summary>
    public BoardDescription Description { get; private set; } = null!;

    /// <summary>Connects and greets.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>, <see cref="OffloadError.ProtocolError"/>,
    /// <see cref="OffloadError.BoardGone"/>; <see cref="OffloadError.BoardBusy"/>: there was no answer within <paramref name="patience"/>.</exception>
    public static async ValueTask<ClientConnection> ConnectAsync(string path, TimeSpan patience, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        ClientConnection connection = new(new FrameSocket(socket, Protocol.MaxReply));
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            await DialAsync(socket, path, timeout.Token).ConfigureAwait(false);
            uint user = Posix.PeerOf(socket);
            if (user != Posix.EffectiveUser)
            {
                throw new OffloadException(
                    OffloadError.PermissionDenied, $"The process that serves {path} is user {user}'s, and you are user {Posix.EffectiveUser}. Work as that user.");
            }

            await connection.GreetAsync(path, timeout.Token).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            connection.Dispose();
            throw new OffloadException(
                OffloadError.BoardBusy,
                $"The process that serves {path} did not answer within {patience.TotalSeconds:0.#} s. Try again; if it never does, end it: `fuser {path}` names it.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends the frame that was built.</summary>
    public ValueTask SendAsync(CancellationToken cancellationToken) => _frames.WriteAsync(Writer.End(), cancellationToken);

    /// <summary>Waits for an answer of either kind; errors are thrown.</summary>
    /// <returns>Whether it is the last one, and its body.</returns>
    public async ValueTask<(bool IsDone, ReadOnlyMemory<byte> Body)> ReceiveAsync(CancellationToken cancellationToken)
    {
        Frame frame = await _frames.ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new BoardGoneException("The process that holds the board closed the connection. Open the board again.");
        return (ReplyCode)frame.Code switch
        {
            ReplyCode.Done => (true, frame.Body),
            ReplyCode.Part => (false, frame.Body),
            ReplyCode.Error => throw new RemoteErrorException(ErrorOf(frame.Body.Span)),
            _ => throw MessageReader.Bad($"unknown answer {frame.Code}"),
        };
    }

    /// <summary>Closes.</summary>
    public void Dispose() => _frames.Dispose();

    private static Exception ErrorOf(ReadOnlySpan<byte> body)
    {
        MessageReader reader = new(body);
        return Wire.ReadError(ref reader);
    }

    /// <summary>Connects; where so many do so at once that the holder's backlog is full (EAGAIN), it is tried again.</summary>
    private static async ValueTask DialAsync(Socket socket, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                await Task.Delay(10, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask GreetAsync(string path, CancellationToken cancellationToken)
    {
        Writer.Begin((ushort)RequestCode.Hello).UInt32(Protocol.Magic).UInt16(Protocol.Version);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (bool isDone, ReadOnlyMemory<byte> body) = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            ReadHello(path, isDone, body.Span);
        }
        catch (RemoteErrorException remote)
        {
            throw remote.Error;
        }
    }

    private void ReadHello(string path, bool isDone, ReadOnlySpan<byte> body)
    {
        MessageReader reader = new(body);
        ushort version = reader.UInt16();
        if (!isDone || version != Protocol.Version)
        {
            throw MessageReader.Bad($"version {version} of the holder, and this client speaks {Protocol.Version}; use the same release on both sides");
        }

        Instance = new Guid(reader.Bytes(16));
        ProcessId = reader.Int32();
        Description = Wire.ReadDescription(ref reader) with { SocketPath = path, HolderProcessId = ProcessId };
        reader.End();
    }
}

/// <summary>The holder answered with an error; the connection is all right.</summary>
internal sealed class RemoteErrorException(Exception error) : Exception(error.Message, error)
{
    /// <summary>The error.</summary>
    public Exception Error => InnerException!;
}
