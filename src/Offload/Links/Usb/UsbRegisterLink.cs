namespace Offload.Links.Usb;

/// <summary>
/// The registers of a board behind an FTDI chip. A board without a bitstream has no link that could answer, so the link is met when
/// it is first wanted, and again after each bitstream.
/// </summary>
public sealed class UsbRegisterLink : ProgramLink
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>How patient it is with a board that may have no bitstream.</summary>
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromMilliseconds(400);

    private readonly UsbTransport _transport;
    private readonly UsbBoardKind _kind;
    private readonly StreamRegisterLinkOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private StreamRegisterLink? _link;
    private long _asked = long.MinValue;
    private bool _disposed;

    internal UsbRegisterLink(UsbTransport transport, UsbBoardKind kind, StreamRegisterLinkOptions options)
    {
        _transport = transport;
        _kind = kind;
        _options = options;
    }

    /// <summary>Whether a board has answered.</summary>
    public bool IsConnected => Volatile.Read(ref _link) is not null;

    /// <summary>Meets the board anew: it may have another bitstream, or none.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it answers.</returns>
    /// <exception cref="OffloadException">As <see cref="UsbTransport"/> says.</exception>
    public async ValueTask<bool> ConnectAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await MeetAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Lets go of the board, whose bitstream is about to end.</summary>
    public async ValueTask DisconnectAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await LeaveAsync().ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default) =>
        await (await LinkAsync(cancellationToken).ConfigureAwait(false)).ReadAsync(address, words, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default) =>
        await (await LinkAsync(cancellationToken).ConfigureAwait(false)).WriteAsync(address, words, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default) =>
        await (await LinkAsync(cancellationToken).ConfigureAwait(false)).WaitForInterruptAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<int> RunAsync(IReadOnlyList<LinkProgram> programs, Memory<uint> answers, CancellationToken cancellationToken = default) =>
        await (await LinkAsync(cancellationToken).ConfigureAwait(false)).RunAsync(programs, answers, cancellationToken).ConfigureAwait(false);

    /// <summary>Lets go of the board. The USB device stays open.</summary>
    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        await DisconnectAsync().ConfigureAwait(false);
    }

    private async ValueTask<StreamRegisterLink> LinkAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _link) is { } link)
        {
            return link;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            bool rests = _asked != long.MinValue && TimeSpan.FromMilliseconds(Environment.TickCount64 - _asked) < Rest;
            if (_link is null && (rests || !await MeetAsync(cancellationToken).ConfigureAwait(false)))
            {
                throw new OffloadException(
                    OffloadError.NoBitstream,
                    $"the board does not answer over USB ({_kind.Mode}): no bitstream is loaded, or one for another link. Load one with `offload load FILE`");
            }

            return _link!;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private async ValueTask<bool> MeetAsync(CancellationToken cancellationToken)
    {
        await LeaveAsync().ConfigureAwait(false);
        FtdiStream stream = await FtdiStream.OpenAsync(_transport, _kind.Channel, _kind.Mode, _kind.Baud, cancellationToken).ConfigureAwait(false);
        try
        {
            StreamRegisterLinkOptions options = _options with { FirstAnswerTimeout = _options.FirstAnswerTimeout ?? FirstAnswer };
            StreamRegisterLink link = await StreamRegisterLink.OpenAsync(stream, options, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _link, link);
            return true;
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
        {
            _asked = Environment.TickCount64;
            return false;
        }
    }

    private async ValueTask LeaveAsync()
    {
        StreamRegisterLink? link = Interlocked.Exchange(ref _link, null);
        if (link is not null)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }
}
