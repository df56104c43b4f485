using System.Security.Cryptography;

namespace Offload.Links;

/// <summary>
/// The registers of a board that hangs on a stream of bytes, a UART or an FTDI FIFO, by the protocol of docs/link.md: several requests
/// on their way, none of which is carried out unless it came whole and in its turn.
/// </summary>
/// <remarks>
/// Noise, a lost byte or a cut transfer ends every access under way in <see cref="OffloadError.LinkFault"/>, and which of them were carried
/// out is then not known; the next access begins anew with the board. A stream that ends is <see cref="OffloadError.BoardGone"/>.
/// </remarks>
public sealed partial class StreamRegisterLink : ProgramLink
{
    /// <summary>Words, headers included, that may be without an answer: 512 of the board's buffer less the longest request, docs/link.md.</summary>
    private const int Window = 382;

    private const int MaxOutstanding = 127;
    private const uint Request = 1;
    private const uint Identify = 2;

    private readonly Stream _stream;
    private readonly StreamRegisterLinkOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _receiving;

    private bool _inStep; // the board's sequence number is known
    private bool _met; // the board has answered before
    private byte _sequence;
    private bool _disposed;

    private StreamRegisterLink(Stream stream, StreamRegisterLinkOptions options)
    {
        _stream = stream;
        _options = options;
        _receiving = Task.Run(() => ReceiveAsync(_ending.Token));
    }

    /// <summary>Meets the board at the other end of a stream.</summary>
    /// <param name="stream">Bytes to and from the board, unbuffered. The link owns it.</param>
    /// <param name="options">How patient it is; null for what is usual.</param>
    /// <param name="cancellationToken">Ends the attempt; the stream is then closed.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: nothing there that follows the protocol;
    /// <see cref="OffloadError.BoardGone"/>: the stream ended.</exception>
    public static async ValueTask<StreamRegisterLink> OpenAsync(Stream stream, StreamRegisterLinkOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        StreamRegisterLink link = new(stream, options ?? new());
        try
        {
            _ = await link.RunAsync(new LinkProgram(), Memory<uint>.Empty, cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
    {
        Check(address, words.Length);
        List<LinkProgram> programs = [];
        for (int at = 0; at < words.Length;)
        {
            int count = Math.Min(words.Length - at, 256);
            programs.Add(new LinkProgram().Read(address + ((uint)at * sizeof(uint)), count));
            at += count;
        }

        await RunAllAsync(programs, words, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default)
    {
        Check(address, words.Length);
        List<LinkProgram> programs = [];
        for (int at = 0; at < words.Length;)
        {
            int count = Math.Min(words.Length - at, LinkProgram.MaxWords - 1);
            programs.Add(new LinkProgram().Write(address + ((uint)at * sizeof(uint)), words.Span.Slice(at, count)));
            at += count;
        }

        await RunAllAsync(programs, Memory<uint>.Empty, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has the board carry out a program.</summary>
    /// <param name="program">What it is to do.</param>
    /// <param name="answers">Where the words that it reads go; at least as many as the program says.</param>
    /// <param name="cancellationToken">Stops waiting; the program may still be carried out.</param>
    /// <returns>The answers that there were.</returns>
    /// <exception cref="OffloadException">As <see cref="RegisterLink"/> says; a wait that did not end is <see cref="OffloadError.LinkFault"/> too.</exception>
    public async ValueTask<int> RunAsync(LinkProgram program, Memory<uint> answers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (answers.Length < program.Answers)
        {
            throw new ArgumentException($"the program is answered by {program.Answers} words, and there is room for {answers.Length}", nameof(answers));
        }

        await RunAllAsync([program], answers, cancellationToken).ConfigureAwait(false);
        return program.Answers;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> RunAsync(IReadOnlyList<LinkProgram> programs, Memory<uint> answers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(programs);
        int words = programs.Sum(program => program.Answers);
        if (answers.Length < words)
        {
            throw new ArgumentException($"the programs are answered by {words} words, and there is room for {answers.Length}", nameof(answers));
        }

        await RunAllAsync(programs, answers, cancellationToken).ConfigureAwait(false);
        return words;
    }

    /// <inheritdoc/>
    public override async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task high = InterruptIsHigh();
            if (high.IsCompleted)
            {
                await high.ConfigureAwait(false);
                return;
            }

            if (await Task.WhenAny(high, Task.Delay(_options.InterruptPoll, cancellationToken)).ConfigureAwait(false) != high)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _ = await RunAsync(new LinkProgram(), Memory<uint>.Empty, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes the stream. Accesses under way end in <see cref="OffloadError.BoardGone"/>.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _ending.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        _ending.Dispose();
    }

    private static void Check(uint address, int words)
    {
        if (address % sizeof(uint) != 0 || address + ((long)words * sizeof(uint)) > 0x10000)
        {
            throw new ArgumentException($"registers lie at addresses that are divisible by 4, up to 0xFFFC; 0x{address:X} and {words} of them do not", nameof(address));
        }
    }

    private async ValueTask RunAllAsync(IReadOnlyList<LinkProgram> programs, Memory<uint> answers, CancellationToken cancellationToken)
    {
        if (programs.Count == 0)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_inStep)
            {
                await IdentifyAsync(cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await TransferAsync(programs, answers, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // What the board has done of it is not known, and responses may still come.
                _inStep = false;
                Abandon(Fault("an access was given up"));
                throw;
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private async ValueTask TransferAsync(IReadOnlyList<LinkProgram> programs, Memory<uint> answers, CancellationToken cancellationToken)
    {
        Queue<Exchange> outstanding = [];
        int words = 0;
        int at = 0;
        OffloadException? failure = null;
        foreach (LinkProgram program in programs)
        {
            while (outstanding.Count != 0 && (words + program.Words + 1 > Window || outstanding.Count >= MaxOutstanding))
            {
                await FinishAsync().ConfigureAwait(false);
            }

            if (failure is not null)
            {
                break;
            }

            Exchange exchange = new(++_sequence, program, answers.Slice(at, program.Answers));
            at += program.Answers;
            words += program.Words + 1;
            outstanding.Enqueue(exchange);
            Expect(exchange);
            uint header = _sequence | (Request << 8) | ((uint)program.Words << 16);
            await SendAsync(LinkFrame.Encode(header, program.Content.Span), cancellationToken).ConfigureAwait(false);
        }

        while (outstanding.Count != 0)
        {
            await FinishAsync().ConfigureAwait(false);
        }

        if (failure is not null)
        {
            throw failure;
        }

        async ValueTask FinishAsync()
        {
            Exchange oldest = outstanding.Dequeue();
            words -= oldest.Program.Words + 1;
            failure ??= await AnswerAsync(oldest, cancellationToken).ConfigureAwait(false);
        }
    }

    // The failure of an access that the board reports is an answer, after which both ends are in step as before.
    private async ValueTask<OffloadException?> AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        TimeSpan patience = (_met ? null : _options.FirstAnswerTimeout) ?? _options.AnswerTimeout;
        try
        {
            return await exchange.Answer.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw Fault($"the board did not answer within {patience.TotalSeconds:0.###} s", exception);
        }
    }

    private async ValueTask IdentifyAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            uint word = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
            Exchange exchange = new(++_sequence, new LinkProgram(), new uint[3]) { Word = word };
            Expect(exchange);

            // The zero ends what a predecessor, or an access that was cut, left unfinished.
            byte[] frame = LinkFrame.Encode(_sequence | (Identify << 8) | (1u << 16), [word]);
            await SendAsync([0, .. frame], cancellationToken).ConfigureAwait(false);
            try
            {
                _ = await AnswerAsync(exchange, cancellationToken).ConfigureAwait(false);
                _inStep = true;
                _met = true;
                return;
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault && attempt < _options.IdentifyAttempts)
            {
                Abandon(exception);
            }
        }
    }

    private async ValueTask SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new BoardGoneException("the board's stream has ended; look at its cable, and open the board again", exception);
        }
    }

    private static OffloadException Fault(string what, Exception? inner = null) =>
        new(OffloadError.LinkFault, $"register link: {what}; what of the access was done is not known", inner);
}
