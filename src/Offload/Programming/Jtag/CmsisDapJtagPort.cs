using System.Buffers.Binary;

namespace Offload.Programming.Jtag;

/// <summary>JTAG through a CMSIS-DAP probe (Arm, "CMSIS-DAP: Command specification": DAP_Connect, DAP_SWJ_Clock, DAP_JTAG_Sequence).</summary>
public sealed class CmsisDapJtagPort : JtagPort
{
    private const byte InfoCommand = 0x00;
    private const byte ConnectCommand = 0x02;
    private const byte DisconnectCommand = 0x03;
    private const byte ClockCommand = 0x11;
    private const byte SequenceCommand = 0x14;

    private const byte CapabilitiesInfo = 0xF0;
    private const byte JtagCapability = 1 << 1;
    private const byte JtagPortNumber = 2;
    private const byte TmsHigh = 1 << 6;
    private const byte Capture = 1 << 7;
    private const int LongestSequence = 64;
    private const int HeaderLength = 2;

    private readonly CmsisDapPipe _pipe;
    private readonly byte[] _request;
    private readonly byte[] _response;
    private int _length = HeaderLength;
    private int _sequences;

    private CmsisDapJtagPort(CmsisDapPipe pipe)
    {
        _pipe = pipe;
        _request = new byte[pipe.PacketLength];
        _response = new byte[pipe.PacketLength];
    }

    /// <summary>Connects a probe to its JTAG pins.</summary>
    /// <param name="pipe">The probe; disposed with the port, and where connecting fails.</param>
    /// <param name="clockHz">Frequency of TCK that is asked for, in Hz, from 1 on; the probe takes the nearest that it has.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: the probe cannot do JTAG; <see cref="OffloadError.LinkFault"/>.</exception>
    public static async ValueTask<CmsisDapJtagPort> ConnectAsync(CmsisDapPipe pipe, int clockHz = 10_000_000, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentOutOfRangeException.ThrowIfLessThan(clockHz, 1);
        CmsisDapJtagPort port = new(pipe);
        try
        {
            await port.CommandAsync(new byte[] { InfoCommand, CapabilitiesInfo }, cancellationToken).ConfigureAwait(false);
            if (port._response[1] < 1 || (port._response[2] & JtagCapability) == 0)
            {
                throw new OffloadException(OffloadError.Unsupported, "The CMSIS-DAP probe cannot do JTAG, only SWD; use another probe, or load another firmware into it.");
            }

            await port.CommandAsync(new byte[] { ConnectCommand, JtagPortNumber }, cancellationToken).ConfigureAwait(false);
            if (port._response[1] != JtagPortNumber)
            {
                throw new OffloadException(OffloadError.LinkFault, "The CMSIS-DAP probe does not switch to JTAG; unplug it, and plug it in again.");
            }

            byte[] clock = [ClockCommand, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(clock.AsSpan(1), clockHz);
            await port.CheckedAsync(clock, cancellationToken).ConfigureAwait(false);
            return port;
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_sequences > 0)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await FlushAsync().ConfigureAwait(false);
            await CommandAsync(new byte[] { DisconnectCommand }, default).ConfigureAwait(false);
        }
        catch (OffloadException)
        {
            // It is gone, or does not answer: there is nothing left to disconnect.
        }

        await _pipe.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ClockTmsAsync(uint tms, int count, CancellationToken cancellationToken)
    {
        for (int bit = 0; bit < count;)
        {
            bool level = ((tms >> bit) & 1) != 0;
            int run = 1;
            while (bit + run < count && (((tms >> (bit + run)) & 1) != 0) == level)
            {
                run++;
            }

            await AddAsync(default, 0, run, level, capture: false, cancellationToken).ConfigureAwait(false);
            bit += run;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask ClockDataAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, bool leave, Memory<byte> tdo, CancellationToken cancellationToken)
    {
        int body = leave ? bitCount - 1 : bitCount;
        int captured = 0;
        for (int bit = 0; bit < bitCount;)
        {
            bool last = bit >= body;
            int run = last ? 1 : Math.Min(LongestSequence, body - bit);
            // A response is never longer than its request, so only the request's room counts.
            if (!Fits(run))
            {
                await TakeAsync(tdo, captured, bit, cancellationToken).ConfigureAwait(false);
                captured = bit;
            }

            await AddAsync(tdi, bit, run, last, !tdo.IsEmpty, cancellationToken).ConfigureAwait(false);
            bit += run;
        }

        if (!tdo.IsEmpty)
        {
            await TakeAsync(tdo, captured, bitCount, cancellationToken, leave).ConfigureAwait(false);
        }
    }

    private bool Fits(int bits) => _sequences < byte.MaxValue && _length + 1 + ((bits + 7) / 8) <= _request.Length;

    /// <summary>Puts a sequence into the packet; sends the packet first where it is full.</summary>
    private async ValueTask AddAsync(
        ReadOnlyMemory<byte> tdi, int start, int count, bool tms, bool capture, CancellationToken cancellationToken)
    {
        if (!Fits(count))
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }

        _request[_length++] = (byte)((count & (LongestSequence - 1)) | (tms ? TmsHigh : 0) | (capture ? Capture : 0));
        Span<byte> data = _request.AsSpan(_length, (count + 7) / 8);
        data.Clear();
        if (!tdi.IsEmpty)
        {
            ReadOnlySpan<byte> source = tdi.Span;
            for (int bit = 0; bit < count; bit++)
            {
                data[bit / 8] |= (byte)(((source[(start + bit) / 8] >> ((start + bit) % 8)) & 1) << (bit % 8));
            }
        }

        _length += data.Length;
        _sequences++;
    }

    /// <summary>Sends the packet, and takes what it captured: whole sequences of 64 bits, then a shorter one, then perhaps the last bit by itself.</summary>
    private async ValueTask TakeAsync(Memory<byte> tdo, int from, int to, CancellationToken cancellationToken, bool leave = false)
    {
        if (_sequences == 0)
        {
            return;
        }

        await SendAsync(cancellationToken).ConfigureAwait(false);
        if (!tdo.IsEmpty && to > from)
        {
            Unpack(_response.AsSpan(HeaderLength), tdo.Span, from, to, leave);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> source, Span<byte> tdo, int from, int to, bool leave)
    {
        int body = leave ? to - 1 : to;
        int offset = 0;
        for (int bit = from; bit < to;)
        {
            int run = bit >= body ? 1 : Math.Min(LongestSequence, body - bit);
            for (int index = 0; index < run; index++)
            {
                int target = bit + index;
                if (target % 8 == 0)
                {
                    tdo[target / 8] = 0;
                }

                tdo[target / 8] |= (byte)(((source[offset + (index / 8)] >> (index % 8)) & 1) << (target % 8));
            }

            offset += (run + 7) / 8;
            bit += run;
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        _request[0] = SequenceCommand;
        _request[1] = (byte)_sequences;
        int length = _length;
        _length = HeaderLength;
        _sequences = 0;
        await CheckedAsync(_request.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CheckedAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        byte command = request.Span[0];
        await CommandAsync(request, cancellationToken).ConfigureAwait(false);
        if (_response[1] != 0)
        {
            throw new OffloadException(OffloadError.LinkFault, $"The CMSIS-DAP probe answered command 0x{command:x2} with error 0x{_response[1]:x2}; unplug it, and plug it in again.");
        }
    }

    private async ValueTask CommandAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        byte command = request.Span[0];
        int length = await _pipe.ExchangeAsync(request, _response, cancellationToken).ConfigureAwait(false);
        if (length < HeaderLength || _response[0] != command)
        {
            throw new OffloadException(OffloadError.LinkFault, $"The CMSIS-DAP probe did not answer command 0x{command:x2} as such; unplug it, and plug it in again.");
        }
    }
}
