using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Serving;

/// <summary>The session of a process that works through a board's holder. Requests of several threads use several connections.</summary>
internal sealed class ClientSession : BoardSession
{
    private const int MaxIdle = 4;

    private readonly string _path;
    private readonly TimeSpan _patience;
    private readonly Guid _instance;
    private readonly ConcurrentBag<ClientConnection> _idle = [];
    private readonly ConcurrentDictionary<ClientEventReader, byte> _readers = new();
    private volatile bool _disposed;

    private ClientSession(string path, TimeSpan patience, ClientConnection first)
    {
        _path = path;
        _patience = patience;
        _instance = first.Instance;
        Description = first.Description;
        _idle.Add(first);
    }

    private delegate T Decode<out T>(ref MessageReader reader);

    /// <inheritdoc/>
    public override BoardDescription Description { get; }

    /// <inheritdoc/>
    public override bool IsHolder => false;

    /// <summary>Connects to a holder.</summary>
    public static async ValueTask<ClientSession> ConnectAsync(string path, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return new ClientSession(path, patience, await ClientConnection.ConnectAsync(path, patience, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException exception)
        {
            throw exception.SocketErrorCode == SocketError.AccessDenied
                ? new OffloadException(OffloadError.PermissionDenied, $"The socket {path} may not be used: it is another user's.", exception)
                : new BoardNotFoundException($"Nobody serves a board at {path}: {exception.Message}.", exception);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<BoardIdentity> GetIdentityAsync(CancellationToken cancellationToken) =>
        CallAsync(RequestCode.Identity, static _ => { }, Wire.ReadIdentity, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<BoardPart> GetPartAsync(CancellationToken cancellationToken) =>
        CallAsync(RequestCode.Part, static _ => { }, Wire.ReadPart, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken)
    {
        RegisterRules.CheckBurst(address, words.Length);
        await CallAsync(
            RequestCode.Read, writer => writer.UInt32(address).UInt16((ushort)words.Length),
            (ref reader) =>
            {
                reader.Words(words.Span);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken)
    {
        RegisterRules.CheckBurst(address, words.Length);
        await CallAsync(
            RequestCode.Write, writer => writer.UInt32(address).UInt16((ushort)words.Length).Words(words.Span), Nothing, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<uint> UpdateAsync(uint address, uint mask, uint value, CancellationToken cancellationToken) => CallAsync(
        RequestCode.Update, writer => writer.UInt32(address).UInt32(mask).UInt32(value), static (ref reader) => reader.UInt32(), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, Memory<uint> answer, CancellationToken cancellationToken) => CallAsync(
        RequestCode.Execute, writer => Wire.Write(writer, request),
        (ref reader) =>
        {
            CommandStatus status = (CommandStatus)reader.Byte();
            reader.Words(answer.Span);
            return status;
        },
        cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask OpenConnectionAsync(ConnectionOpenOptions options, Memory<uint> answer, CancellationToken cancellationToken) => await CallAsync(
        RequestCode.OpenConnection, writer => Wire.Write(writer, options),
        (ref reader) =>
        {
            reader.Words(answer.Span);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask ReadTableAsync(TableWords table, CancellationToken cancellationToken) => await CallAsync(
        RequestCode.Table, static _ => { }, Nothing, cancellationToken, body => ReadRecords(body, table)).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask ReadCountersAsync(Memory<ulong> values, CancellationToken cancellationToken) => await CallAsync(
        RequestCode.Counters, static _ => { },
        (ref reader) =>
        {
            reader.UInt64s(values.Span);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<EventReader> SubscribeAsync(int capacity, CancellationToken cancellationToken)
    {
        ClientConnection connection = await RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ExchangeAsync(connection, RequestCode.Subscribe, writer => writer.Int32(capacity), Nothing, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Dispose();
            throw Translate(exception);
        }

        ClientEventReader reader = new(connection, gone => _readers.TryRemove(gone, out _));
        _readers[reader] = 0;
        if (_disposed)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        return reader;
    }

    /// <inheritdoc/>
    public override ValueTask<Listener> AddListenerAsync(ListenerOptions options, CancellationToken cancellationToken) =>
        CallAsync(RequestCode.AddListener, writer => Wire.Write(writer, options), Wire.ReadListener, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<bool> RemoveListenerAsync(int slot, CancellationToken cancellationToken) =>
        CallAsync(RequestCode.RemoveListener, writer => writer.Byte((byte)slot), static (ref reader) => reader.Boolean(), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Listener>> ListListenersAsync(CancellationToken cancellationToken) =>
        CallAsync(RequestCode.ListListeners, static _ => { }, ReadListeners, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<IsnConfiguration> GetIsnAsync(CancellationToken cancellationToken) =>
        CallAsync(RequestCode.GetIsn, static _ => { }, Wire.ReadIsn, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask SetIsnModeAsync(IsnMode mode, uint fixedValue, CancellationToken cancellationToken) => await CallAsync(
        RequestCode.SetIsnMode, writer => writer.Byte((byte)mode).UInt32(fixedValue), Nothing, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<ulong> SetIsnKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => CallAsync(
        RequestCode.SetIsnKey, writer => writer.Bytes(key.Span), static (ref reader) => reader.UInt64(), cancellationToken, isSecret: true);

    /// <inheritdoc/>
    public override async ValueTask RotateCookieKeyAsync(CancellationToken cancellationToken) =>
        await CallAsync(RequestCode.RotateCookieKey, static _ => { }, Nothing, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask LoadAsync(string path, LoadTarget target, IProgress<LoadProgress>? progress, CancellationToken cancellationToken) =>
        await CallAsync(
            RequestCode.Load, writer => writer.Text(path).Byte((byte)target), Nothing, cancellationToken, body => ReportProgress(body, progress)).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<string>> PlanLoadAsync(string path, LoadTarget target, CancellationToken cancellationToken) => CallAsync(
        RequestCode.PlanLoad, writer => writer.Text(path).Byte((byte)target), ReadSteps, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_idle.TryTake(out ClientConnection? connection))
        {
            connection.Dispose();
        }

        foreach (ClientEventReader reader in _readers.Keys)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool Nothing(ref MessageReader reader) => true;

    private static IReadOnlyList<string> ReadSteps(ref MessageReader reader)
    {
        string[] steps = new string[reader.Byte()];
        for (int index = 0; index < steps.Length; index++)
        {
            steps[index] = reader.Text();
        }

        return steps;
    }

    private static IReadOnlyList<Listener> ReadListeners(ref MessageReader reader)
    {
        int count = reader.Int32();
        if (count is < 0 or > 256)
        {
            throw MessageReader.Bad($"{count} listeners");
        }

        Listener[] listeners = new Listener[count];
        for (int i = 0; i < count; i++)
        {
            listeners[i] = Wire.ReadListener(ref reader);
        }

        return listeners;
    }

    private static void ReadRecords(ReadOnlySpan<byte> body, TableWords table)
    {
        MessageReader reader = new(body);
        uint records = reader.UInt32();
        if (records > Protocol.MaxReply / (sizeof(uint) * table.Stride) || reader.Left != records * sizeof(uint) * table.Stride)
        {
            throw MessageReader.Bad($"{records} records in {reader.Left} bytes");
        }

        reader.Words(table.Add((int)records).Span);
    }

    private static void ReportProgress(ReadOnlySpan<byte> body, IProgress<LoadProgress>? progress)
    {
        MessageReader reader = new(body);
        LoadProgress value = Wire.ReadProgress(ref reader);
        reader.End();
        progress?.Report(value);
    }

    private static async ValueTask<T> ExchangeAsync<T>(
        ClientConnection connection, RequestCode code, Action<MessageWriter> encode, Decode<T> decode, SpanAction? onPart,
        CancellationToken cancellationToken, bool isSecret = false)
    {
        try
        {
            encode(connection.Writer.Begin((ushort)code));
            await connection.SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isSecret)
            {
                connection.Writer.Erase();
            }
        }

        while (true)
        {
            (bool isDone, ReadOnlyMemory<byte> body) = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (isDone)
            {
                return Read(body.Span, decode);
            }

            if (onPart is null)
            {
                throw MessageReader.Bad("a part of an answer that has none");
            }

            onPart(body.Span);
        }
    }

    private static T Read<T>(ReadOnlySpan<byte> body, Decode<T> decode)
    {
        MessageReader reader = new(body);
        T value = decode(ref reader);
        reader.End();
        return value;
    }

    /// <summary>What a broken connection means to the caller.</summary>
    private static Exception Translate(Exception exception) => exception switch
    {
        RemoteErrorException remote => remote.Error,
        SocketException => new BoardGoneException("The connection to the process that holds the board broke. Open the board again.", exception),
        _ => exception,
    };

    private async ValueTask<T> CallAsync<T>(
        RequestCode code, Action<MessageWriter> encode, Decode<T> decode, CancellationToken cancellationToken, SpanAction? onPart = null,
        bool isSecret = false)
    {
        ClientConnection connection = await RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            T value = await ExchangeAsync(connection, code, encode, decode, onPart, cancellationToken, isSecret).ConfigureAwait(false);
            Return(connection);
            return value;
        }
        catch (RemoteErrorException remote)
        {
            Return(connection);
            ExceptionDispatchInfo.Throw(remote.Error);
            throw;
        }
        catch (Exception exception)
        {
            // Cancelled or broken: the answer may still come, so the connection cannot be used again.
            connection.Dispose();
            ExceptionDispatchInfo.Throw(Translate(exception));
            throw;
        }
    }

    private async ValueTask<ClientConnection> RentAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(OffloadBoard));
        if (_idle.TryTake(out ClientConnection? idle))
        {
            return idle;
        }

        ClientConnection connection;
        try
        {
            connection = await ClientConnection.ConnectAsync(_path, _patience, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new BoardGoneException("The process that held the board has ended. Open the board again.", exception);
        }

        if (connection.Instance != _instance)
        {
            connection.Dispose();
            throw new BoardGoneException("The process that held the board has ended, and another session has begun since. Open the board again.");
        }

        return connection;
    }

    private void Return(ClientConnection connection)
    {
        if (_disposed || _idle.Count >= MaxIdle)
        {
            connection.Dispose();
        }
        else
        {
            _idle.Add(connection);
        }
    }

    private delegate void SpanAction(ReadOnlySpan<byte> body);
}
