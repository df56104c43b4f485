namespace Offload.Links.Usb;

public sealed partial class FtdiStream
{
    /// <summary>Bytes that wait to be sent, at most; a writer waits with more.</summary>
    private const int MaxPending = 64 << 10;

    private readonly Lock _pendingLock = new();
    private readonly Task _writing;
    private byte[] _pending = new byte[MaxPending];
    private byte[] _going = new byte[MaxPending];
    private int _pendingCount;
    private TaskCompletionSource _writeChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _writeFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Hands bytes over to be sent, in one transfer with what else waits. That a transfer failed is thrown by the next read.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Stops waiting where too many wait already; a part may then be sent.</param>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length != 0)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Task? changed = null;
            lock (_pendingLock)
            {
                int count = Math.Min(buffer.Length, MaxPending - _pendingCount);
                if (count == 0)
                {
                    changed = _writeChanged.Task;
                }
                else
                {
                    buffer.Span[..count].CopyTo(_pending.AsSpan(_pendingCount));
                    _pendingCount += count;
                    buffer = buffer[count..];
                    Signal();
                }
            }

            if (changed is not null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAllAsync()
    {
        while (!_closed)
        {
            int count;
            Task? changed = null;
            lock (_pendingLock)
            {
                count = _pendingCount;
                if (count == 0)
                {
                    changed = _writeChanged.Task;
                }
                else
                {
                    (_pending, _going) = (_going, _pending);
                    _pendingCount = 0;
                    Signal();
                }
            }

            if (changed is not null)
            {
                await changed.ConfigureAwait(false);
                continue;
            }

            try
            {
                await _transport.WriteAsync(_out, _going.AsMemory(0, count), _ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (OffloadException exception)
            {
                await ReportAsync(exception).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What waits to be sent is without its beginning now: whoever reads is told, and all requests under way end.</summary>
    private async ValueTask ReportAsync(OffloadException failure)
    {
        try
        {
            if (failure is UsbFaultException { IsStall: true })
            {
                await _transport.ClearHaltAsync(_out, _ending.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OffloadException or OperationCanceledException)
        {
            failure = exception as OffloadException ?? failure;
        }

        // A failure to write is no failure to read: the transfers to the host go on as they are.
        OffloadException reported = failure is BoardGoneException ? failure : new OffloadException(OffloadError.LinkFault, failure.Message, failure);
        lock (_pendingLock)
        {
            _ = _writeFailed.TrySetException(reported);
            _ = _writeFailed.Task.Exception; // looked at, also where nobody reads any more
        }
    }

    private void SignalWriter()
    {
        lock (_pendingLock)
        {
            Signal();
        }
    }

    private void Signal()
    {
        TaskCompletionSource changed = _writeChanged;
        _writeChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = changed.TrySetResult();
    }
}
