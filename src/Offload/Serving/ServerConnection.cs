using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Serving;

/// <summary>One client of a holder: its requests, one after the other.</summary>
internal sealed class ServerConnection(HolderSession session, Socket socket, byte[] instance, ILogger logger) : IDisposable
{
    private const int RecordsPerFrame = 256;

    private readonly FrameSocket _frames = new(socket, Protocol.MaxRequest);
    private readonly MessageWriter _writer = new();
    private TableWords? _table;

    /// <summary>Serves the client until it goes, misbehaves, or the board is closed. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            if (await GreetAsync(stop).ConfigureAwait(false))
            {
                while (await _frames.ReadAsync(stop).ConfigureAwait(false) is { } frame)
                {
                    await ServeAsync(frame, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.ProtocolError)
        {
            BoardLog.ClientMisbehaved(logger, exception.Message);
            await TryAnswerAsync(exception).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It went away, or the board is being closed.
        }
        catch (Exception exception)
        {
            // A connection must never take the holder with it.
            BoardLog.ClientMisbehaved(logger, exception.GetType().Name + ": " + exception.Message);
        }
        finally
        {
            _frames.Dispose();
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _frames.Dispose();

    private MessageWriter Done() => _writer.Begin((ushort)ReplyCode.Done);

    private MessageWriter Part() => _writer.Begin((ushort)ReplyCode.Part);

    private ValueTask SendAsync(CancellationToken stop) => _frames.WriteAsync(_writer.End(), stop);

    private async ValueTask<bool> GreetAsync(CancellationToken stop)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(Protocol.HelloTimeout);
        if (await _frames.ReadAsync(timeout.Token).ConfigureAwait(false) is not { } frame)
        {
            return false;
        }

        CheckHello(frame);
        Wire.Write(Done().UInt16(Protocol.Version).Bytes(instance).Int32(Environment.ProcessId), session.Description);
        await SendAsync(timeout.Token).ConfigureAwait(false);
        return true;
    }

    private static void CheckHello(in Frame frame)
    {
        MessageReader reader = new(frame.Body.Span);
        if (frame.Code != (ushort)RequestCode.Hello || reader.UInt32() != Protocol.Magic)
        {
            throw MessageReader.Bad("it does not begin with Hello");
        }

        ushort version = reader.UInt16();
        if (version != Protocol.Version)
        {
            throw MessageReader.Bad($"version {version}, and this holder speaks {Protocol.Version}; use the same release on both sides");
        }

        reader.End();
    }

    private async ValueTask ServeAsync(Frame frame, CancellationToken stop)
    {
        try
        {
            await AnswerAsync((RequestCode)frame.Code, frame.Body, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsEnd(exception))
        {
            Wire.Write(_writer.Begin((ushort)ReplyCode.Error), exception);
            await SendAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Whether an error ends the connection, rather than being an answer.</summary>
    private static bool IsEnd(Exception exception) =>
        exception is OperationCanceledException or SocketException or OffloadException { Code: OffloadError.ProtocolError };

    private async ValueTask TryAnswerAsync(Exception exception)
    {
        try
        {
            using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(1));
            Wire.Write(_writer.Begin((ushort)ReplyCode.Error), exception);
            await SendAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It does not listen.
        }
    }

    private ValueTask AnswerAsync(RequestCode code, ReadOnlyMemory<byte> body, CancellationToken stop) => code switch
    {
        RequestCode.Identity => IdentityAsync(body, stop),
        RequestCode.Part => PartAsync(body, stop),
        RequestCode.Read => ReadAsync(body, stop),
        RequestCode.Write => WriteAsync(body, stop),
        RequestCode.Update => UpdateAsync(body, stop),
        RequestCode.Execute => ExecuteAsync(body, stop),
        RequestCode.Table => TableAsync(body, stop),
        RequestCode.Counters => CountersAsync(body, stop),
        RequestCode.Subscribe => SubscribeAsync(body, stop),
        RequestCode.AddListener => AddListenerAsync(body, stop),
        RequestCode.RemoveListener => RemoveListenerAsync(body, stop),
        RequestCode.ListListeners => ListListenersAsync(body, stop),
        RequestCode.GetIsn => GetIsnAsync(body, stop),
        RequestCode.SetIsnMode => SetIsnModeAsync(body, stop),
        RequestCode.SetIsnKey => SetIsnKeyAsync(body, stop),
        RequestCode.Load => LoadAsync(body, stop),
        RequestCode.PlanLoad => PlanLoadAsync(body, stop),
        RequestCode.OpenConnection => OpenConnectionAsync(body, stop),
        RequestCode.RotateCookieKey => RotateCookieKeyAsync(body, stop),
        _ => throw MessageReader.Bad($"unknown request {(ushort)code}"),
    };

    private async ValueTask IdentityAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        BoardIdentity identity = await session.GetIdentityAsync(stop).ConfigureAwait(false);
        Wire.Write(Done(), identity);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask PartAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        BoardPart part = await session.GetPartAsync(stop).ConfigureAwait(false);
        Wire.Write(Done(), part);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask ReadAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        uint address = reader.UInt32();
        int count = reader.UInt16();
        reader.End();
        RegisterRules.CheckBurst(address, count);
        uint[] words = new uint[count];
        await session.ReadAsync(address, words, stop).ConfigureAwait(false);
        Done().Words(words);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        uint address = reader.UInt32();
        int count = reader.UInt16();
        RegisterRules.CheckBurst(address, count);
        uint[] words = new uint[count];
        reader.Words(words);
        reader.End();
        await session.WriteAsync(address, words, stop).ConfigureAwait(false);
        Done();
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask UpdateAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        uint address = reader.UInt32();
        uint mask = reader.UInt32();
        uint value = reader.UInt32();
        reader.End();
        uint word = await session.UpdateAsync(address, mask, value, stop).ConfigureAwait(false);
        Done().UInt32(word);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask ExecuteAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        CommandRequest request = Wire.ReadCommand(ref reader);
        reader.End();
        uint[] answer = new uint[EntryLayout.Words];
        CommandStatus status = await session.ExecuteAsync(request, answer, stop).ConfigureAwait(false);
        Done().Byte((byte)status).Words(answer);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask OpenConnectionAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        ConnectionOpenOptions options = Wire.ReadOpen(ref reader);
        reader.End();
        uint[] answer = new uint[EntryLayout.Words];
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watch = CancelOnInputAsync(gone);
        try
        {
            await session.OpenConnectionAsync(options, answer, gone.Token).ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }

        Done().Words(answer);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask TableAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        TableWords table = _table ??= new TableWords(EntryLayout.Words);
        table.Clear();
        await session.ReadTableAsync(table, stop).ConfigureAwait(false);
        for (int first = 0; first < table.Count; first += RecordsPerFrame)
        {
            int records = Math.Min(RecordsPerFrame, table.Count - first);
            Part().UInt32((uint)records).Words(table.Records.Slice(first * table.Stride, records * table.Stride));
            await SendAsync(stop).ConfigureAwait(false);
        }

        Done();
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask CountersAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        ulong[] values = new ulong[RegisterMap.CounterCount];
        await session.ReadCountersAsync(values, stop).ConfigureAwait(false);
        Done().UInt64s(values);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask SubscribeAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader request = new(body.Span);
        int capacity = request.Int32();
        request.End();
        if (capacity is < 1 or > BoardConnections.MaxCapacity)
        {
            throw new OffloadException(OffloadError.InvalidArgument, $"A capacity is 1 to {BoardConnections.MaxCapacity}.");
        }

        EventReader events = await session.SubscribeAsync(capacity, stop).ConfigureAwait(false);
        await using (events.ConfigureAwait(false))
        {
            Done();
            await SendAsync(stop).ConfigureAwait(false);
            using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task watch = CancelOnInputAsync(gone);
            uint[] words = new uint[EventLayout.Words];
            try
            {
                while (true)
                {
                    EventItem item = await events.ReadAsync(words, gone.Token).ConfigureAwait(false);
                    Part().Boolean(item.HasEvent).UInt64(item.Lost).Words(item.HasEvent ? words : []);
                    await SendAsync(gone.Token).ConfigureAwait(false);
                }
            }
            finally
            {
                await gone.CancelAsync().ConfigureAwait(false);
                await watch.ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AddListenerAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        ListenerOptions options = Wire.ReadOptions(ref reader);
        reader.End();
        Listener listener = await session.AddListenerAsync(options, stop).ConfigureAwait(false);
        Wire.Write(Done(), listener);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask RemoveListenerAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        int slot = reader.Byte();
        reader.End();
        bool removed = await session.RemoveListenerAsync(slot, stop).ConfigureAwait(false);
        Done().Boolean(removed);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask ListListenersAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        IReadOnlyList<Listener> listeners = await session.ListListenersAsync(stop).ConfigureAwait(false);
        Done().Int32(listeners.Count);
        foreach (Listener listener in listeners)
        {
            Wire.Write(_writer, listener);
        }

        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask GetIsnAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        IsnConfiguration isn = await session.GetIsnAsync(stop).ConfigureAwait(false);
        Wire.Write(Done(), isn);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask SetIsnModeAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        MessageReader reader = new(body.Span);
        IsnMode mode = (IsnMode)reader.Byte();
        uint fixedValue = reader.UInt32();
        reader.End();
        if (!Enum.IsDefined(mode))
        {
            throw new OffloadException(OffloadError.Unsupported, $"ISN mode {(byte)mode} is not in this version.");
        }

        await session.SetIsnModeAsync(mode, fixedValue, stop).ConfigureAwait(false);
        Done();
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask SetIsnKeyAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        ulong generation;
        try
        {
            if (body.Length != SipHash.KeyLength)
            {
                throw MessageReader.Bad("a key has not 16 bytes");
            }

            generation = await session.SetIsnKeyAsync(body, stop).ConfigureAwait(false);
        }
        finally
        {
            _frames.Erase();
        }

        Done().UInt64(generation);
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask RotateCookieKeyAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        new MessageReader(body.Span).End();
        await session.RotateCookieKeyAsync(stop).ConfigureAwait(false);
        Done();
        await SendAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask LoadAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        (string path, LoadTarget target) = ReadLoad(body.Span);

        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watch = CancelOnInputAsync(gone);
        try
        {
            LoadProgressRelay relay = new();
            Task load = session.LoadAsync(path, target, relay, gone.Token).AsTask();
            await relay.ForwardAsync(load, SendProgressAsync).ConfigureAwait(false);
            await load.ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }

        Done();
        await SendAsync(stop).ConfigureAwait(false);

        async ValueTask SendProgressAsync(LoadProgress progress)
        {
            Wire.Write(Part(), progress);
            await SendAsync(gone.Token).ConfigureAwait(false);
        }
    }

    private async ValueTask PlanLoadAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        (string path, LoadTarget target) = ReadLoad(body.Span);
        IReadOnlyList<string> steps = await session.PlanLoadAsync(path, target, stop).ConfigureAwait(false);
        MessageWriter writer = Done().Byte((byte)steps.Count);
        foreach (string step in steps)
        {
            writer.Text(step);
        }

        await SendAsync(stop).ConfigureAwait(false);
    }

    private static (string Path, LoadTarget Target) ReadLoad(ReadOnlySpan<byte> body)
    {
        MessageReader reader = new(body);
        string path = reader.Text();
        LoadTarget target = (LoadTarget)reader.Byte();
        reader.End();
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0'))
        {
            throw new OffloadException(OffloadError.InvalidArgument, "The path of a bitstream has to be absolute.");
        }

        return Enum.IsDefined(target)
            ? (path, target)
            : throw new OffloadException(OffloadError.InvalidArgument, "A bitstream is loaded into the core, or into the flash as the working or the golden image.");
    }

    /// <summary>While parts are sent, the client is silent: whatever comes ends it.</summary>
    private async Task CancelOnInputAsync(CancellationTokenSource gone)
    {
        try
        {
            await _frames.WaitForInputAsync(gone.Token).ConfigureAwait(false);
            await gone.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }
}
