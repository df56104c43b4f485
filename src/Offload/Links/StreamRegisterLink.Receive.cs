namespace Offload.Links;

public sealed partial class StreamRegisterLink
{
    private const int LongestFrame = 8 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<Exchange> _expected = [];
    private TaskCompletionSource _interrupt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OffloadException? _gone;

    /// <summary>A request and what comes back for it.</summary>
    private sealed class Exchange(byte sequence, LinkProgram program, Memory<uint> answers)
    {
        internal byte Sequence { get; } = sequence;

        internal LinkProgram Program { get; } = program;

        internal Memory<uint> Answers { get; } = answers;

        /// <summary>What an identify sent, to know its response by; null for a request.</summary>
        internal uint? Word { get; init; }

        /// <summary>Null where all of it is done, or what the board says that failed.</summary>
        internal TaskCompletionSource<OffloadException?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Expect(Exchange exchange)
    {
        lock (_lock)
        {
            if (_gone is not null)
            {
                throw _gone;
            }

            _expected.Enqueue(exchange);
        }
    }

    /// <summary>Gives up what is expected: its answers, should they still come, belong to nobody.</summary>
    private void Abandon(OffloadException reason)
    {
        lock (_lock)
        {
            foreach (Exchange exchange in _expected)
            {
                _ = exchange.Answer.TrySetException(reason);
                _ = exchange.Answer.Task.Exception; // looked at, also where nobody waits for it
            }

            _expected.Clear();
        }
    }

    // While the two ends meet, what is left of before means nothing.
    private void Disturbed(OffloadException reason)
    {
        lock (_lock)
        {
            if (_expected.TryPeek(out Exchange? oldest) && oldest.Word is not null)
            {
                return;
            }
        }

        Abandon(reason);
    }

    private Task InterruptIsHigh()
    {
        lock (_lock)
        {
            return _gone is null ? _interrupt.Task : Task.FromException(_gone);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16384];
        List<byte> frame = [];
        Exception? cause = null;
        try
        {
            while (true)
            {
                try
                {
                    int count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                    if (count == 0)
                    {
                        break;
                    }

                    Take(buffer.AsSpan(0, count), frame);
                }
                catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
                {
                    // Bytes are missing, and the stream goes on: a USB transfer that failed.
                    frame.Clear();
                    Disturbed(Fault(exception.Message, exception));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or BoardGoneException)
        {
            cause = exception;
        }

        BoardGoneException gone = cause as BoardGoneException ?? new("the board's stream has ended; look at its cable, and open the board again", cause);
        lock (_lock)
        {
            _gone = gone;
            _ = _interrupt.TrySetException(gone);
            _ = _interrupt.Task.Exception;
        }

        Abandon(gone);
    }

    private void Take(ReadOnlySpan<byte> bytes, List<byte> frame)
    {
        while (bytes.Length != 0)
        {
            int end = bytes.IndexOf((byte)0);
            if (frame.Count < LongestFrame)
            {
                frame.AddRange(end < 0 ? bytes : bytes[..end]);
            }

            if (end < 0)
            {
                return;
            }

            bytes = bytes[(end + 1)..];
            if (frame.Count != 0)
            {
                Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(frame));
                frame.Clear();
            }
        }
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        if (!LinkFrame.TryDecode(frame, out uint[] words) || words.Length < 2)
        {
            Disturbed(Fault("something came that is no whole frame"));
            return;
        }

        uint trailer = words[^1];
        SetInterrupt((trailer & 0x100) != 0);
        byte status = (byte)trailer;
        switch ((byte)(words[0] >> 8))
        {
            case 0x82 when status == 1:
                Disturbed(Fault("a request did not reach the board whole"));
                return;
            case 0x82:
                return;
            case 0x81:
                TakeResponse((byte)words[0], words.AsSpan(1..^1), status, trailer >> 16);
                return;
            default:
                Disturbed(Fault("a frame of no known kind came"));
                return;
        }
    }

    private void TakeResponse(byte sequence, ReadOnlySpan<uint> words, byte status, uint done)
    {
        Exchange? exchange;
        lock (_lock)
        {
            if (!_expected.TryPeek(out exchange) || (exchange.Word is { } word && (words.Length != 3 || words[0] != word)))
            {
                return; // of a request that was given up
            }

            if (exchange.Sequence == sequence)
            {
                _ = _expected.Dequeue();
            }
        }

        if (exchange.Sequence != sequence)
        {
            Abandon(Fault("an answer was lost"));
            return;
        }

        bool complete = status == 0 && words.Length == exchange.Answers.Length;
        if (complete)
        {
            words.CopyTo(exchange.Answers.Span);
        }

        if (complete || status is 2 or 3 or 4)
        {
            _ = exchange.Answer.TrySetResult(complete ? null : Refused(status, done));
        }
        else
        {
            _ = exchange.Answer.TrySetException(Fault(status switch
            {
                0 => $"the board gave {words.Length} words for {exchange.Answers.Length}",
                5 => "the board does not know this request",
                6 => "the board was reset, or missed a request",
                7 => "the board had no room for a request",
                _ => $"the board answered with status {status}",
            }));
        }
    }

    private static OffloadException Refused(byte status, uint done) => new(
        OffloadError.LinkFault,
        status switch
        {
            2 => $"register link: the core refused an access (SLVERR) after {done} that it carried out",
            3 => $"register link: there is no such register (DECERR); {done} accesses before it were carried out",
            _ => $"register link: a register never had the value that was waited for; {done} accesses before it were carried out",
        });

    private void SetInterrupt(bool high)
    {
        lock (_lock)
        {
            if (high)
            {
                _ = _interrupt.TrySetResult();
            }
            else if (_interrupt.Task.IsCompletedSuccessfully)
            {
                _interrupt = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
