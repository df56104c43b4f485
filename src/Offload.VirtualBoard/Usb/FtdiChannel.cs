namespace Offload.VirtualBoard.Usb;

/// <summary>What hangs on the pins of an FTDI chip's channel.</summary>
public interface IFtdiPeer
{
    /// <summary>A chip was put in front of it, in place of the one before.</summary>
    /// <param name="channel">Where its bytes go.</param>
    void Connect(FtdiChannel channel);

    /// <summary>Whether it and the channel understand each other, as the host has set the channel up.</summary>
    /// <param name="channel">The channel.</param>
    bool Understands(FtdiChannel channel);

    /// <summary>Takes bytes from the host.</summary>
    /// <param name="bytes">The bytes; valid until the call ends.</param>
    /// <param name="cancellationToken">The chip was pulled out.</param>
    ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>
/// One channel of an FTDI chip of the H series: two buffers of 4 KiB (FT2232H datasheet, 4.1), the settings that the host makes by vendor
/// requests, and the two status bytes at the head of every packet to the host.
/// </summary>
/// <remarks>Bytes take no time: what a UART does in a second, this does at once, and its buffers hold bytes back where a UART would lose them.</remarks>
public sealed class FtdiChannel
{
    /// <summary>Bit mode in which a channel is what the EEPROM says, UART or FIFO.</summary>
    public const byte ResetMode = 0x00;

    /// <summary>Bit mode of the multi-protocol synchronous serial engine, for JTAG.</summary>
    public const byte MpsseMode = 0x02;

    /// <summary>Bit mode of the synchronous 245 FIFO.</summary>
    public const byte SyncFifoMode = 0x40;

    internal const int Packet = 512;
    private const int BufferSize = 4096;
    private const int HeaderLength = 2;

    private readonly ByteFifo _toHost = new(BufferSize);
    private readonly ByteFifo _toBoard = new(BufferSize);
    private readonly IFtdiPeer? _peer;

    internal FtdiChannel(IFtdiPeer? peer, CancellationToken unplugged)
    {
        _peer = peer;
        peer?.Connect(this);
        _ = Task.Run(() => PumpAsync(unplugged), CancellationToken.None);
    }

    /// <summary>Bit mode, 0 at first.</summary>
    public byte BitMode { get; private set; }

    /// <summary>Bits per second as UART; 9,600 at first.</summary>
    public double Baud { get; private set; } = 9600;

    /// <summary>Data bits, parity and stop bits as SIO_SET_DATA has them; 8N1 is 8.</summary>
    public ushort DataFormat { get; private set; } = 8;

    /// <summary>Milliseconds after which what is there goes to the host in a packet that is not full; 16 at first.</summary>
    public byte Latency { get; private set; } = 16;

    /// <summary>Whether the host asked for RTS and CTS.</summary>
    public bool HardwareFlow { get; private set; }

    /// <summary>Sends bytes to the host; waits where the buffer is full.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask GiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _peer?.Understands(this) == true ? _toHost.WriteAsync(bytes, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>SIWU#: what is in the buffer goes at once.</summary>
    public void SendNow() => _toHost.Push();

    /// <summary>A vendor request of this channel (as libftdi 1.5 and Linux's ftdi_sio.h have them).</summary>
    internal byte[]? Request(UsbSetup setup)
    {
        switch (setup.Request)
        {
            case 0x00 when setup.Value == 0: // reset
                (BitMode, Latency, HardwareFlow) = (ResetMode, 16, false);
                _toHost.Clear();
                _toBoard.Clear();
                return [];
            case 0x00 when setup.Value == 1: // purge of what came from the host
                _toBoard.Clear();
                return [];
            case 0x00 when setup.Value == 2: // purge of what goes to the host
                _toHost.Clear();
                return [];
            case 0x01: // DTR and RTS, which go nowhere
                return [];
            case 0x02:
                HardwareFlow = (setup.Index >> 8) == 1;
                return [];
            case 0x03:
                Baud = DecodeBaud(setup.Value | ((uint)setup.Index >> 8 << 16));
                return [];
            case 0x04:
                DataFormat = setup.Value;
                return [];
            case 0x05:
                return Status();
            case 0x09 when setup.Value is >= 1 and <= 255:
                Latency = (byte)setup.Value;
                return [];
            case 0x0A:
                return [Latency];
            case 0x0B:
                BitMode = (byte)(setup.Value >> 8);
                return [];
            case 0x0C:
                return [0xFF];
            default:
                return null;
        }
    }

    /// <summary>Fills a transfer: packets of 512 bytes, each with status in front, until one is not full.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int at = 0;
        while (buffer.Length - at >= HeaderLength)
        {
            int room = Math.Min(Packet, buffer.Length - at) - HeaderLength;
            int count = await _toHost.ReadAsync(buffer.Slice(at + HeaderLength, room), TimeSpan.FromMilliseconds(Latency), cancellationToken).ConfigureAwait(false);
            Status().CopyTo(buffer.Span[at..]);
            at += HeaderLength + count;
            if (count < Packet - HeaderLength)
            {
                break;
            }
        }

        return at;
    }

    internal ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _toBoard.WriteAsync(data, cancellationToken);

    // CTS, DSR and no errors; transmitter empty. Bit 0 of the first byte is always set on the H series.
    private static byte[] Status() => [0x31, 0x60];

    /// <summary>The divisor of AN_120: eighths in bits 16 to 14, in an order of their own; bit 17: of 12 MHz, else of 3 MHz.</summary>
    private static double DecodeBaud(uint divisor)
    {
        ReadOnlySpan<int> eighths = [0, 4, 2, 1, 3, 5, 6, 7]; // by code
        double value = (divisor & 0x3FFF) + (eighths[(int)(divisor >> 14) & 7] / 8.0);
        value = value switch { 0 => 1, 1 => 1.5, _ => value };
        return ((divisor & 0x20000) != 0 ? 12_000_000 : 3_000_000) / value;
    }

    private async Task PumpAsync(CancellationToken unplugged)
    {
        byte[] buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                int count = await _toBoard.ReadSomeAsync(buffer, unplugged).ConfigureAwait(false);
                if (_peer?.Understands(this) == true)
                {
                    await _peer.TakeAsync(buffer.AsMemory(0, count), unplugged).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Pulled out.
        }
    }
}
