namespace Offload.Links.Usb;

/// <summary>What an FTDI channel is used as.</summary>
public enum FtdiMode
{
    /// <summary>UART, 8N1.</summary>
    Uart,

    /// <summary>Asynchronous 245 FIFO, which the chip's EEPROM has to say.</summary>
    AsyncFifo,

    /// <summary>Synchronous 245 FIFO; the EEPROM has to say 245 FIFO. Channel A.</summary>
    SyncFifo,

    /// <summary>Multi-protocol synchronous serial engine, for JTAG.</summary>
    Mpsse,
}

/// <summary>The vendor requests of FTDI's chips of the H series to one channel (libftdi's ftdi.h; Linux's ftdi_sio.h; FTDI AN_108, AN_130).</summary>
/// <param name="transport">The chip.</param>
/// <param name="channel">0: A, 1: B.</param>
internal sealed class FtdiRequests(UsbTransport transport, int channel)
{
    internal const byte Reset = 0x00;
    internal const byte SetFlowControl = 0x02;
    internal const byte SetBaud = 0x03;
    internal const byte SetData = 0x04;
    internal const byte SetLatency = 0x09;
    internal const byte SetBitMode = 0x0B;

    private const int PurgeFromHost = 1;
    private const int PurgeToHost = 2;
    private const ushort EightNoneOne = 8;
    private const ushort RtsCts = 0x0100;

    /// <summary>Puts the channel into the state after power-up, with empty buffers, and then into a mode.</summary>
    internal async ValueTask SetUpAsync(FtdiMode mode, int baud, byte latency, CancellationToken cancellationToken)
    {
        await SendAsync(Reset, 0, 0, cancellationToken).ConfigureAwait(false);
        await SendAsync(SetBitMode, 0, 0, cancellationToken).ConfigureAwait(false);
        await SendAsync(SetLatency, latency, 0, cancellationToken).ConfigureAwait(false);
        switch (mode)
        {
            case FtdiMode.Uart:
                (ushort value, ushort high) = FtdiBaud.Encode(baud);
                await SendAsync(SetBaud, value, high, cancellationToken).ConfigureAwait(false);
                await SendAsync(SetData, EightNoneOne, 0, cancellationToken).ConfigureAwait(false);
                await SendAsync(SetFlowControl, 0, 0, cancellationToken).ConfigureAwait(false);
                break;
            case FtdiMode.SyncFifo:
                // AN_130: RTS/CTS, so that nothing is lost while the chip is full.
                await SendAsync(SetBitMode, 0x40FF, 0, cancellationToken).ConfigureAwait(false);
                await SendAsync(SetFlowControl, 0, RtsCts, cancellationToken).ConfigureAwait(false);
                break;
            case FtdiMode.Mpsse:
                await SendAsync(SetBitMode, 0x0200, 0, cancellationToken).ConfigureAwait(false);
                break;
        }

        await PurgeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws away what is in the chip's buffers.</summary>
    internal async ValueTask PurgeAsync(CancellationToken cancellationToken)
    {
        await SendAsync(Reset, PurgeFromHost, 0, cancellationToken).ConfigureAwait(false);
        await SendAsync(Reset, PurgeToHost, 0, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(byte request, ushort value, ushort index, CancellationToken cancellationToken) =>
        _ = await transport.ControlAsync(0x40, request, value, (ushort)(index | (channel + 1)), Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
}

/// <summary>Divisors for FTDI's baud generator (FTDI AN_120), of the H series' 12 MHz alone.</summary>
internal static class FtdiBaud
{
    private const int Clock = 12_000_000;
    private const ushort TwelveMegahertz = 0x0200;

    /// <summary>The value and the high byte of the index of SIO_SET_BAUDRATE.</summary>
    /// <param name="baud">Bits per second, 1,200 to 12,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">No divisor comes within 3% of it.</exception>
    internal static (ushort Value, ushort Index) Encode(int baud)
    {
        // In eighths; between 1 and 2 there is only 1.5, and those two have codes of their own.
        int eighths = baud <= 0 ? int.MaxValue : (int)Math.Min(((8L * Clock) + (baud / 2)) / baud, int.MaxValue);
        eighths = eighths switch { < 10 => 8, < 14 => 12, < 16 => 16, _ => eighths };
        double got = 8.0 * Clock / eighths;
        if (eighths >= 0x4000 * 8 || Math.Abs((got / baud) - 1) > 0.03)
        {
            throw new ArgumentOutOfRangeException(nameof(baud), baud, "FTDI's chips of the H series make 1,200 to 12,000,000 baud, and not every rate above 4,000,000");
        }

        ReadOnlySpan<int> codes = [0, 3, 2, 4, 1, 5, 6, 7];
        int divisor = eighths switch { 8 => 0, 12 => 1, _ => (eighths >> 3) | (codes[eighths & 7] << 14) };
        return ((ushort)divisor, (ushort)(TwelveMegahertz | (divisor >> 16 << 8)));
    }
}
