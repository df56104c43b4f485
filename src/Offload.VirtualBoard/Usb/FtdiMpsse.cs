using Offload.VirtualBoard.Parts;

namespace Offload.VirtualBoard.Usb;

/// <summary>The multi-protocol synchronous serial engine of a channel (FTDI AN_108), as far as JTAG needs it, in front of a chain.</summary>
/// <param name="chain">The chain: TCK, TDI, TDO and TMS at bits 0 to 3 of the channel's low byte.</param>
public sealed class FtdiMpsse(VirtualJtagChain chain) : IFtdiPeer
{
    private const byte Bad = 0xFA;

    private readonly List<byte> _input = [];
    private readonly List<byte> _output = [];
    private FtdiChannel? _channel;
    private byte _lowPins;
    private byte _lowDirections;
    private bool _tms;
    private bool _loopback;
    private bool _fast; // not divided by five

    /// <summary>Frequency of TCK that was set, in hertz.</summary>
    public double Frequency { get; private set; } = 6_000_000;

    /// <inheritdoc/>
    public void Connect(FtdiChannel channel) => _channel = channel;

    /// <inheritdoc/>
    public bool Understands(FtdiChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.BitMode == FtdiChannel.MpsseMode;
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _input.AddRange(bytes.Span);
        int at = 0;
        bool now = false;
        while (at < _input.Count && Length(at) is int length && length <= _input.Count - at)
        {
            now |= _input[at] == 0x87 | !Do(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_input).Slice(at, length));
            at += length;
        }

        _input.RemoveRange(0, at);
        if (_output.Count != 0 && _channel is { } channel)
        {
            byte[] output = [.. _output];
            _output.Clear();
            await channel.GiveAsync(output, cancellationToken).ConfigureAwait(false);
        }

        if (now)
        {
            _channel?.SendNow();
        }
    }

    /// <summary>Bytes of the command at a place; more than there are where its length is not there yet.</summary>
    private int Length(int at) => _input[at] switch
    {
        0x19 or 0x39 => _input.Count - at < 3 ? int.MaxValue : 4 + (_input[at + 1] | (_input[at + 2] << 8)),
        0x1B or 0x3B or 0x4B or 0x6B or 0x80 or 0x82 or 0x86 => 3,
        _ => 1,
    };

    /// <returns>False where there is no such command.</returns>
    private bool Do(ReadOnlySpan<byte> command)
    {
        switch (command[0])
        {
            case 0x19 or 0x39:
                foreach (byte data in command[3..])
                {
                    byte read = Shift(data, 8);
                    Answer(command[0] == 0x39, read);
                }

                return true;
            case 0x1B or 0x3B:
                Answer(command[0] == 0x3B, Shift(command[2], Math.Min(command[1], (byte)7) + 1));
                return true;
            case 0x4B or 0x6B:
                byte bits = 0;
                for (int i = 0; i <= Math.Min(command[1], (byte)6); i++)
                {
                    _tms = ((command[2] >> i) & 1) != 0;
                    bits = (byte)((bits >> 1) | (Clock((command[2] & 0x80) != 0) ? 0x80 : 0));
                }

                Answer(command[0] == 0x6B, bits);
                return true;
            case 0x80:
                (_lowPins, _lowDirections) = (command[1], command[2]);
                _tms = (command[1] & 0x08) != 0;
                return true;
            case 0x81:
                _output.Add((byte)((_lowPins & _lowDirections) | (_lowDirections ^ 0xFF)));
                return true;
            case 0x83:
                _output.Add(0xFF);
                return true;
            case 0x84 or 0x85:
                _loopback = command[0] == 0x84;
                return true;
            case 0x86:
                Frequency = (_fast ? 30_000_000.0 : 6_000_000.0) / (1 + (command[1] | (command[2] << 8)));
                return true;
            case 0x8A or 0x8B:
                _fast = command[0] == 0x8A;
                return true;
            case 0x82 or 0x87 or 0x8D or 0x97:
                return true;
            default:
                _output.AddRange([Bad, command[0]]);
                return false;
        }
    }

    // Bits come in from the top, so fewer than eight stand in the upper ones.
    private byte Shift(byte data, int count)
    {
        byte read = 0;
        for (int i = 0; i < count; i++)
        {
            read = (byte)((read >> 1) | (Clock(((data >> i) & 1) != 0) ? 0x80 : 0));
        }

        return read;
    }

    private void Answer(bool wanted, byte value)
    {
        if (wanted)
        {
            _output.Add(value);
        }
    }

    private bool Clock(bool tdi)
    {
        if ((_lowDirections & 0x0F) != 0x0B)
        {
            return true; // the pins are not what JTAG needs
        }

        try
        {
            bool tdo = chain.Clock(_tms, tdi);
            return _loopback ? tdi : tdo;
        }
        catch (BoardGoneException)
        {
            return true; // the cable behind the chip was pulled: TDO is pulled up
        }
    }
}
