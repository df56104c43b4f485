namespace Offload.VirtualBoard.Usb;

/// <summary>A buffer of bytes with a fixed size between one that fills it and one that empties it, each of whom waits for the other.</summary>
internal sealed class ByteFifo
{
    private readonly Lock _lock = new();
    private readonly byte[] _bytes;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _first;
    private int _count;
    private bool _pushed;

    internal ByteFifo(int capacity) => _bytes = new byte[capacity];

    /// <summary>Fills it, and waits where it is full.</summary>
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length != 0)
        {
            Task? changed = null;
            lock (_lock)
            {
                int count = Math.Min(bytes.Length, _bytes.Length - _count);
                if (count == 0)
                {
                    changed = _changed.Task;
                }
                else
                {
                    Append(bytes.Span[..count]);
                    bytes = bytes[count..];
                    Signal();
                }
            }

            if (changed is not null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is in it is to go, even if it does not fill a packet.</summary>
    internal void Push()
    {
        lock (_lock)
        {
            _pushed = true;
            Signal();
        }
    }

    /// <summary>Empties it into a buffer: as soon as it can be filled, or something is in it and was pushed, or after a time.</summary>
    /// <returns>Bytes read; 0 where the time was up and nothing there.</returns>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, TimeSpan time, CancellationToken cancellationToken)
    {
        Task? late = null;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_count >= buffer.Length || (_pushed && _count != 0) || late is { IsCompleted: true })
                {
                    return Take(buffer.Span);
                }

                changed = _changed.Task;
            }

            late ??= Task.Delay(time, cancellationToken);
            _ = await Task.WhenAny(changed, late).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Empties it into a buffer, as soon as anything is in it.</summary>
    internal async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_count != 0)
                {
                    return Take(buffer.Span);
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Throws away what is in it.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            (_first, _count, _pushed) = (0, 0, false);
            Signal();
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int at = (_first + _count) % _bytes.Length;
        int head = Math.Min(bytes.Length, _bytes.Length - at);
        bytes[..head].CopyTo(_bytes.AsSpan(at));
        bytes[head..].CopyTo(_bytes);
        _count += bytes.Length;
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _count);
        int head = Math.Min(count, _bytes.Length - _first);
        _bytes.AsSpan(_first, head).CopyTo(buffer);
        _bytes.AsSpan(0, count - head).CopyTo(buffer[head..]);
        _first = (_first + count) % _bytes.Length;
        _count -= count;
        if (_count == 0)
        {
            _pushed = false;
        }

        if (count != 0)
        {
            Signal();
        }

        return count;
    }

    private void Signal()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = changed.TrySetResult();
    }
}
