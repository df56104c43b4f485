using Offload.Programming.Jtag;

namespace Offload.Links.Usb;

/// <summary>JTAG by the multi-protocol synchronous serial engine of an FTDI chip (FTDI AN_108): TCK, TDI, TDO and TMS at AD0 to AD3.</summary>
public sealed class MpsseJtagPort : JtagPort
{
    private const int Chunk = 16384;
    private const int BaseFrequency = 30_000_000;

    private const byte WriteBytes = 0x19; // least significant bit first: out at the falling edge, in at the rising one
    private const byte ExchangeBytes = 0x39;
    private const byte WriteBits = 0x1B;
    private const byte ExchangeBits = 0x3B;
    private const byte WriteTms = 0x4B;
    private const byte ExchangeTms = 0x6B;
    private const byte SetPins = 0x80;
    private const byte GetPins = 0x81;
    private const byte LoopbackOff = 0x85;
    private const byte SetDivisor = 0x86;
    private const byte SendNow = 0x87;
    private const byte NoDivisionByFive = 0x8A;
    private const byte NoThreePhases = 0x8D;
    private const byte NoAdaptiveClock = 0x97;
    private const byte NoCommand = 0xAA;
    private const byte BadCommand = 0xFA;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FtdiStream _stream;
    private readonly UsbTransport _transport;
    private readonly int _channel;
    private readonly List<byte> _told = [];

    private MpsseJtagPort(FtdiStream stream, UsbTransport transport, int channel)
    {
        _stream = stream;
        _transport = transport;
        _channel = channel;
    }

    /// <summary>Takes a channel for JTAG.</summary>
    /// <param name="transport">The chip. It is not closed with the port.</param>
    /// <param name="channel">0: A, 1: B.</param>
    /// <param name="frequency">Most hertz of TCK, 458 to 30,000,000.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: another program has the channel;
    /// <see cref="OffloadError.LinkFault"/>: it has no such engine, or does not answer; else as <see cref="UsbTransport"/> says.</exception>
    public static async ValueTask<MpsseJtagPort> OpenAsync(UsbTransport transport, int channel = 0, int frequency = 15_000_000, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentOutOfRangeException.ThrowIfLessThan(frequency, 458);
        transport.Claim(channel);
        FtdiStream? stream = null;
        try
        {
            stream = await FtdiStream.OpenAsync(transport, channel, FtdiMode.Mpsse, cancellationToken: cancellationToken).ConfigureAwait(false);
            MpsseJtagPort port = new(stream, transport, channel);
            await port.StartAsync(frequency, cancellationToken).ConfigureAwait(false);
            return port;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            transport.Release(channel);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        // The answer comes when everything before the question is done.
        _told.AddRange([GetPins, SendNow]);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        await ReceiveAsync(new byte[1], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _transport.Release(_channel);
    }

    /// <inheritdoc/>
    protected override async ValueTask ClockTmsAsync(uint tms, int count, CancellationToken cancellationToken)
    {
        for (int at = 0; at < count; at += 7)
        {
            int bits = Math.Min(count - at, 7);
            _told.AddRange([WriteTms, (byte)(bits - 1), (byte)((tms >> at) & 0x7F)]);
        }

        await SendIfFullAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ClockDataAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, bool leave, Memory<byte> tdo, CancellationToken cancellationToken)
    {
        bool reads = !tdo.IsEmpty;
        int body = leave ? bitCount - 1 : bitCount;
        for (int at = 0; at < body / 8; at += Chunk)
        {
            int bytes = Math.Min((body / 8) - at, Chunk);
            _told.AddRange([reads ? ExchangeBytes : WriteBytes, (byte)(bytes - 1), (byte)((bytes - 1) >> 8)]);
            _told.AddRange(tdi.Span.Slice(at, bytes));
            if (reads)
            {
                _told.Add(SendNow);
                await SendAsync(cancellationToken).ConfigureAwait(false);
                await ReceiveAsync(tdo.Slice(at, bytes), cancellationToken).ConfigureAwait(false);
            }

            await SendIfFullAsync(cancellationToken).ConfigureAwait(false);
        }

        int whole = body / 8;
        int rest = body % 8;
        byte last = whole < tdi.Length ? tdi.Span[whole] : (byte)0;
        if (rest != 0)
        {
            _told.AddRange([reads ? ExchangeBits : WriteBits, (byte)(rest - 1), last]);
        }

        if (leave)
        {
            int tail = (last >> rest) & 1;
            _told.AddRange([reads ? ExchangeTms : WriteTms, 0, (byte)((tail << 7) | 1)]);
        }

        if (reads && (rest != 0 || leave))
        {
            _told.Add(SendNow);
            await SendAsync(cancellationToken).ConfigureAwait(false);
            byte[] bits = new byte[(rest != 0 ? 1 : 0) + (leave ? 1 : 0)];
            await ReceiveAsync(bits, cancellationToken).ConfigureAwait(false);
            int value = rest != 0 ? bits[0] >> (8 - rest) : 0;
            tdo.Span[whole] = (byte)(value | (leave ? bits[^1] >> 7 << rest : 0));
        }

        await SendIfFullAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(int frequency, CancellationToken cancellationToken)
    {
        // AN_108: what answers a wrong command with its name is the engine, and in step.
        _told.Add(NoCommand);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[2];
        await ReceiveAsync(answer, cancellationToken).ConfigureAwait(false);
        if (answer[0] != BadCommand || answer[1] != NoCommand)
        {
            throw new OffloadException(
                OffloadError.LinkFault,
                $"channel {(char)('A' + _channel)} of {_transport.Device.Product} {_transport.Device.SerialNumber} has no MPSSE, or is out of step; unplug it and plug it in again");
        }

        int divisor = Math.Clamp(((BaseFrequency + frequency - 1) / frequency) - 1, 0, 0xFFFF);
        _told.AddRange([NoDivisionByFive, NoAdaptiveClock, NoThreePhases, LoopbackOff, SetDivisor, (byte)divisor, (byte)(divisor >> 8), SetPins, 0x08, 0x0B]);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendIfFullAsync(CancellationToken cancellationToken)
    {
        if (_told.Count >= Chunk)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        byte[] bytes = [.. _told];
        _told.Clear();
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReceiveAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            await _stream.ReadExactlyAsync(bytes, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OffloadException(
                OffloadError.LinkFault, $"JTAG over {_transport.Device.Product} {_transport.Device.SerialNumber} did not answer within {Patience.TotalSeconds:0} s; unplug it and plug it in again", exception);
        }
    }
}
