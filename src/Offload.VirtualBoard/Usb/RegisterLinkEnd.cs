using System.Diagnostics;
using Offload.Links;

namespace Offload.VirtualBoard.Usb;

/// <summary>
/// The board's end of the register link (docs/link.md), for a board whose gateware is not simulated down to its pins: frames in, register
/// accesses on a <see cref="LinkTarget"/>, frames out. What hdl/rtl/link does in hardware.
/// </summary>
public sealed class RegisterLinkEnd : IFtdiPeer, IAsyncDisposable
{
    /// <summary>A frame in which nothing comes for so long is given up: 2^23 clocks at 80 MHz.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(105);

    private static readonly TimeSpan InterruptPoll = TimeSpan.FromMilliseconds(2);
    private const int LongestFrame = 1024;

    private readonly LinkTarget _target;
    private readonly FtdiWiring _wiring;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Timer _silence;
    private readonly Task _watching;
    private readonly List<byte> _frame = [];
    private readonly List<uint> _answer = [];
    private FtdiChannel? _channel;
    private ILinkRegisters? _registers; // of the core that was identified
    private bool _identified;
    private byte _expected;
    private byte _badFrames;
    private bool _saidHigh;
    private bool _tooLong;
    private long _lastByte; // when it came

    /// <summary>Makes the end of a board.</summary>
    /// <param name="target">Its registers.</param>
    /// <param name="wiring">What it hangs on.</param>
    public RegisterLinkEnd(LinkTarget target, FtdiWiring wiring)
    {
        _target = target;
        _wiring = wiring;
        _silence = new Timer(_ => _ = GiveUpAsync());
        _watching = Task.Run(WatchAsync);
    }

    /// <inheritdoc/>
    public void Connect(FtdiChannel channel) => Volatile.Write(ref _channel, channel);

    /// <summary>Bits per second where the board's end is a UART; the Versa's, unless said otherwise.</summary>
    public int Baud { get; init; } = 6_000_000;

    /// <summary>A UART within 3% of <see cref="Baud"/> and 8N1, or the FIFO in its mode.</summary>
    /// <param name="channel">The channel.</param>
    public bool Understands(FtdiChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return _wiring switch
        {
            FtdiWiring.Uart => channel is { BitMode: FtdiChannel.ResetMode, DataFormat: 8 } && Math.Abs((channel.Baud / Baud) - 1) < 0.03,
            FtdiWiring.SyncFifo => channel.BitMode == FtdiChannel.SyncFifoMode,
            _ => channel.BitMode == FtdiChannel.ResetMode,
        };
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int end; (end = bytes.Span.IndexOf((byte)0)) >= 0; bytes = bytes[(end + 1)..])
            {
                Collect(bytes.Span[..end]);
                if (_frame.Count != 0)
                {
                    byte[] frame = [.. _frame];
                    bool tooLong = _tooLong;
                    _frame.Clear();
                    _tooLong = false;
                    await TakeFrameAsync(tooLong ? [] : frame, cancellationToken).ConfigureAwait(false);
                }
            }

            Collect(bytes.Span);
            _lastByte = Stopwatch.GetTimestamp();
            _ = _silence.Change(_frame.Count == 0 ? Timeout.InfiniteTimeSpan : Silence, Timeout.InfiniteTimeSpan);
            _channel?.SendNow();
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Ends it. The board stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _silence.DisposeAsync().ConfigureAwait(false);
    }

    private void Collect(ReadOnlySpan<byte> bytes)
    {
        _tooLong |= _frame.Count + bytes.Length > LongestFrame;
        _frame.AddRange(_tooLong && _frame.Count != 0 ? [] : bytes);
    }

    private async ValueTask TakeFrameAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        byte[]? reply = null;
        bool whole = LinkFrame.TryDecode(bytes, out uint[] words) && words.Length - 1 == words[0] >> 16;
        _ = await _target.PerformAsync(registers =>
        {
            if (registers != _registers)
            {
                Forget(registers); // a new core: its link has been reset
            }

            reply = whole ? Reply(registers, words) : Noise(registers);
        }).ConfigureAwait(false);
        await SendAsync(reply, cancellationToken).ConfigureAwait(false);
    }

    private byte[] Reply(ILinkRegisters registers, uint[] words)
    {
        byte sequence = (byte)words[0];
        byte kind = (byte)(words[0] >> 8);
        _answer.Clear();
        if (kind == 2 && words.Length == 2)
        {
            uint state = 1u << 24 | (uint)_badFrames << 16 | (_identified ? 1u << 8 : 0) | _expected;
            _answer.AddRange([words[1], LinkProgram.MaxWords | 512u << 16, state]);
            (_identified, _expected, _badFrames) = (true, (byte)(sequence + 1), 0);
            return Response(registers, sequence, 0, 0);
        }

        if (!_identified || sequence != _expected)
        {
            return Response(registers, sequence, 6, _expected);
        }

        if (kind != 1 || words.Length - 1 > LinkProgram.MaxWords)
        {
            return Response(registers, sequence, 5, _expected);
        }

        _expected++;
        (byte status, uint done) = LinkRequestRunner.Run(registers, words.AsSpan(1), _answer);
        return Response(registers, sequence, status, done);
    }

    private byte[]? Noise(ILinkRegisters registers)
    {
        _badFrames++;
        return _identified ? Notice(registers, 1, _badFrames) : null;
    }

    private byte[] Response(ILinkRegisters registers, byte sequence, byte status, uint count)
    {
        _saidHigh = registers.Interrupt;
        _answer.Add(status | (_saidHigh ? 0x100u : 0) | count << 16);
        return LinkFrame.Encode(sequence | 0x8100u, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_answer));
    }

    private byte[] Notice(ILinkRegisters registers, byte status, uint count)
    {
        _saidHigh = registers.Interrupt;
        return LinkFrame.Encode(0x8200u, [status | (_saidHigh ? 0x100u : 0) | count << 16]);
    }

    private void Forget(ILinkRegisters registers) => (_registers, _identified, _expected, _badFrames, _saidHigh) = (registers, false, 0, 0, false);

    private async ValueTask SendAsync(byte[]? frame, CancellationToken cancellationToken)
    {
        if (frame is not null && Volatile.Read(ref _channel) is { } channel)
        {
            await channel.GiveAsync(frame, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task GiveUpAsync()
    {
        try
        {
            await _turn.WaitAsync(_ending.Token).ConfigureAwait(false);
            try
            {
                // Bytes may have come since the timer ran out, of this frame or of one behind it, and have set it again. It may run out a little early.
                if (_frame.Count != 0 && Stopwatch.GetElapsedTime(_lastByte) > Silence / 2)
                {
                    _frame.Clear();
                    _tooLong = false;
                    await TakeFrameAsync([], _ending.Token).ConfigureAwait(false);
                    _channel?.SendNow();
                }
            }
            finally
            {
                _ = _turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Ended meanwhile.
        }
    }

    /// <summary>Says of its own accord when the interrupt line changes.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(InterruptPoll, _ending.Token).ConfigureAwait(false);
                if (!_identified || !await _turn.WaitAsync(0, _ending.Token).ConfigureAwait(false))
                {
                    continue; // whoever has the turn says it in a response
                }

                try
                {
                    byte[]? notice = null;
                    _ = await _target.PerformAsync(registers => notice =
                        registers == _registers && registers.Interrupt != _saidHigh ? Notice(registers, 0, 0) : null).ConfigureAwait(false);
                    await SendAsync(notice, _ending.Token).ConfigureAwait(false);
                    if (notice is not null)
                    {
                        _channel?.SendNow();
                    }
                }
                finally
                {
                    _ = _turn.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }
}
