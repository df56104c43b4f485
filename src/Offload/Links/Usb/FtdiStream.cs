namespace Offload.Links.Usb;

/// <summary>
/// A channel of an FTDI chip as a stream of bytes: several transfers to the host are always under way, so that the bus is never idle, and what is
/// written while one transfer goes out goes with the next as one.
/// </summary>
/// <remarks>Where a transfer fails, a read throws <see cref="OffloadError.LinkFault"/>: bytes are missing, in either direction, and reading and
/// writing go on. Where the device is gone, it throws <see cref="OffloadError.BoardGone"/>.</remarks>
public sealed partial class FtdiStream : Stream
{
    private const int Packet = 512;
    private const int HeaderLength = 2; // status bytes at the head of each packet
    private const int TransferLength = 32 * Packet;
    private const int Transfers = 8;
    private const int MaxFaults = 16;

    private readonly UsbTransport _transport;
    private readonly byte _in;
    private readonly byte _out;
    private readonly CancellationTokenSource _ending = new();
    private readonly Slot[] _slots = [.. Enumerable.Range(0, Transfers).Select(_ => new Slot())];
    private readonly SemaphoreSlim _reading = new(1, 1);
    private CancellationTokenSource _round = new(); // of the transfers to the host
    private int _oldest;
    private int _faults; // in a row
    private Memory<byte> _left; // of the oldest slot, which is begun anew once it is empty
    private bool _closed;

    private FtdiStream(UsbTransport transport, int channel)
    {
        _transport = transport;
        _in = (byte)(0x81 + (2 * channel));
        _out = (byte)(0x02 + (2 * channel));
        BeginAll();
        _writing = Task.Run(SendAllAsync);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <summary>Not known.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not known.</summary>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sets a channel up and opens it. What is in the chip's buffers is thrown away.</summary>
    /// <param name="transport">The chip, with the channel's interface claimed. It is not closed with the stream.</param>
    /// <param name="channel">0: A, 1: B.</param>
    /// <param name="mode">What the channel is used as.</param>
    /// <param name="baud">Bits per second of a UART, to 12,000,000.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException">As <see cref="UsbTransport"/> says.</exception>
    public static async ValueTask<FtdiStream> OpenAsync(
        UsbTransport transport, int channel, FtdiMode mode, int baud = 12_000_000, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)channel, 1u, nameof(channel));

        // A FIFO's board asks for its packets itself (SIWU#); of a UART, the chip waits so long for more.
        byte latency = mode is FtdiMode.Uart or FtdiMode.Mpsse ? (byte)1 : (byte)16;
        await new FtdiRequests(transport, channel).SetUpAsync(mode, baud, latency, cancellationToken).ConfigureAwait(false);
        return new FtdiStream(transport, channel);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_left.Length == 0)
            {
                if (_closed)
                {
                    return 0;
                }

                await NextAsync(cancellationToken).ConfigureAwait(false);
            }

            int count = Math.Min(buffer.Length, _left.Length);
            _left[..count].CopyTo(buffer);
            _left = _left[count..];
            if (_left.Length == 0)
            {
                Advance();
            }

            return count;
        }
        finally
        {
            _ = _reading.Release();
        }
    }

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Takes back what is under way. The chip stays open.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        await _ending.CancelAsync().ConfigureAwait(false);
        SignalWriter();
        await _writing.ConfigureAwait(false);
        await _reading.WaitAsync().ConfigureAwait(false);
        await EndAllAsync().ConfigureAwait(false);
        _ = _reading.Release();
        _ending.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void Begin(Slot slot) => slot.Transfer = _transport.ReadAsync(_in, slot.Buffer, _round.Token).AsTask();

    private void Advance()
    {
        Begin(_slots[_oldest]);
        _oldest = (_oldest + 1) % Transfers;
    }

    /// <summary>Waits for the oldest transfer and takes the status bytes out of it.</summary>
    private async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        Slot slot = _slots[_oldest];
        Task<int> transfer = slot.Transfer;
        Task failed = _writeFailed.Task;
        try
        {
            if (!transfer.IsCompleted)
            {
                _ = await Task.WhenAny(transfer, failed).WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (failed.IsCompleted)
            {
                lock (_pendingLock)
                {
                    _writeFailed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                await failed.ConfigureAwait(false);
            }

            int count = await transfer.ConfigureAwait(false);
            _faults = 0;
            _left = slot.Buffer.AsMemory(0, TakeStatus(slot.Buffer.AsSpan(0, count)));
            if (_left.Length == 0)
            {
                Advance();
            }
        }
        catch (UsbFaultException exception)
        {
            await RecoverAsync(exception).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException) when (_closed && !cancellationToken.IsCancellationRequested)
        {
            _left = default;
        }
    }

    /// <summary>Puts the data of a transfer together, which lie in packets of 512 bytes behind two of status each.</summary>
    private static int TakeStatus(Span<byte> transfer)
    {
        int length = 0;
        for (int at = 0; at + HeaderLength < transfer.Length; at += Packet)
        {
            Span<byte> data = transfer[(at + HeaderLength)..Math.Min(at + Packet, transfer.Length)];
            data.CopyTo(transfer[length..]);
            length += data.Length;
        }

        return length;
    }

    /// <summary>After a failed transfer: begins all of them anew, for what the others bring is without its head.</summary>
    private async ValueTask RecoverAsync(UsbFaultException fault)
    {
        if (++_faults > MaxFaults)
        {
            throw new BoardGoneException($"the board's USB transfers keep failing ({fault.Message}); plug it in anew, and open it again", fault);
        }

        await EndAllAsync().ConfigureAwait(false);
        if (fault.IsStall)
        {
            await _transport.ClearHaltAsync(_in, _ending.Token).ConfigureAwait(false);
        }

        BeginAll();
    }

    private void BeginAll()
    {
        _round = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        _oldest = 0;
        foreach (Slot slot in _slots)
        {
            Begin(slot);
        }
    }

    private async ValueTask EndAllAsync()
    {
        await _round.CancelAsync().ConfigureAwait(false);
        foreach (Slot slot in _slots)
        {
            await ((Task)slot.Transfer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _round.Dispose();
    }

    private sealed class Slot
    {
        internal byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(TransferLength, pinned: true);

        internal Task<int> Transfer { get; set; } = Task.FromResult(0);
    }
}
