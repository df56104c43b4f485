using System.Buffers.Binary;

namespace Offload.VirtualBoard.Parts;

/// <summary>
/// Model of the configuration logic of an ECP5: takes a stream bit by bit or byte by byte, as <c>ecppack</c> writes it, compressed or not, and does
/// what a part does: looks for the preamble, checks IDCODE and every CRC, counts frames, and stops at the first thing that is wrong.
/// </summary>
/// <remarks>The format is that of Project Trellis (docs/architecture/bitstream_format.rst, libtrellis/src/Bitstream.cpp), geometry by part from its
/// devices.json. Written apart from <see cref="Programming.Ecp5.Ecp5Bitstream"/>, so that one shows the other's mistakes.</remarks>
public sealed class Ecp5Configuration
{
    private const uint Preamble = 0xFFFF_BDB3;
    private const ushort Polynomial = 0x8005;
    private const int EbrFrameLength = 9;
    private const int EbrWords = 256;
    private const byte CheckCrc = 0x80;
    private const byte CrcAtEndOnly = 0x40;

    private static readonly ushort[] CrcTable = MakeCrcTable();

    private readonly uint _idCode;
    private readonly int _frames;
    private readonly int _frameLength;
    private readonly byte[] _operand = new byte[8];
    private readonly byte[] _dictionary = new byte[16];

    private Stage _stage = Stage.Preamble;
    private uint _window;
    private int _bits;
    private byte _byte;
    private ushort _crc;
    private byte _command;
    private uint _info;
    private int _position;
    private int _needed;
    private bool _hasDictionary;
    private int _framesLeft;
    private int _framesWritten;
    private int _symbols;
    private uint _code;
    private int _codeBits;

    /// <summary>Makes cleared configuration memory.</summary>
    /// <param name="idCode">IDCODE of the part.</param>
    /// <exception cref="ArgumentException">No ECP5 has it.</exception>
    public Ecp5Configuration(uint idCode)
    {
        _idCode = idCode;
        // Bits of a frame with its padding, in bytes.
        (_frames, _frameLength) = (idCode & 0x0FFF_FFFF) switch
        {
            0x0111_1043 => (7562, 592 / 8),
            0x0111_2043 => (9470, (846 + 2) / 8),
            0x0111_3043 => (13294, 1136 / 8),
            _ => throw new ArgumentException($"no ECP5 has IDCODE 0x{idCode:x8}", nameof(idCode)),
        };
    }

    private enum Stage
    {
        Preamble,
        Command,
        Info,
        Operand,
        CommandCrc,
        Frame,
        FrameCrc,
        FrameDummy,
        EbrData,
        Done,
        Jump,
        Failed,
    }

    /// <summary>Whether the preamble was seen.</summary>
    public bool HasPreamble => _stage != Stage.Preamble;

    /// <summary>Whether the stream was taken to its end: DONE.</summary>
    public bool IsDone => _stage == Stage.Done;

    /// <summary>Whether the stream ends in a jump to <see cref="JumpAddress"/>.</summary>
    public bool IsJump => _stage == Stage.Jump;

    /// <summary>Why it was refused.</summary>
    public Ecp5StreamError Error { get; private set; }

    /// <summary>Whether nothing that follows matters any more.</summary>
    public bool IsOver => _stage is Stage.Done or Stage.Jump or Stage.Failed;

    /// <summary>USERCODE that the stream set.</summary>
    public uint UserCode { get; private set; }

    /// <summary>Control register 0.</summary>
    public uint Control0 { get; private set; }

    /// <summary>Where a jump leads in the flash.</summary>
    public int JumpAddress { get; private set; }

    /// <summary>A check value over all frames and block RAMs as they stand in the memory, the same whether they came compressed or not.</summary>
    public ulong Contents { get; private set; } = 0xCBF2_9CE4_8422_2325;

    /// <summary>The stream ended without DONE.</summary>
    public void End()
    {
        if (_stage == Stage.Preamble)
        {
            Fail(Ecp5StreamError.Preamble);
        }
    }

    /// <summary>The next bit of the stream; a byte's highest bit comes first.</summary>
    public void FeedBit(bool bit)
    {
        if (_stage == Stage.Preamble)
        {
            _window = (_window << 1) | (bit ? 1u : 0);
            if (_window == Preamble)
            {
                Begin();
            }

            return;
        }

        _byte = (byte)((_byte << 1) | (bit ? 1 : 0));
        if (++_bits == 8)
        {
            _bits = 0;
            Take(_byte);
        }
    }

    /// <summary>The next byte of the stream.</summary>
    public void Feed(byte value)
    {
        if (_stage == Stage.Preamble)
        {
            _window = (_window << 8) | value;
            if (_window == Preamble)
            {
                Begin();
            }

            return;
        }

        Take(value);
    }

    private static ushort[] MakeCrcTable()
    {
        ushort[] table = new ushort[256];
        for (int value = 0; value < table.Length; value++)
        {
            int crc = value << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            table[value] = (ushort)crc;
        }

        return table;
    }

    private void Begin()
    {
        _stage = Stage.Command;
        _bits = 0;
        _crc = 0;
    }

    private void Take(byte value)
    {
        if (IsOver)
        {
            return;
        }

        if (_stage == Stage.Command && value == 0xFF)
        {
            return; // a dummy, which no CRC counts
        }

        if (_stage is Stage.CommandCrc or Stage.FrameCrc)
        {
            TakeCrc(value);
            return;
        }

        _crc = (ushort)((_crc << 8) ^ CrcTable[(_crc >> 8) ^ value]);
        switch (_stage)
        {
            case Stage.Command:
                _command = value;
                _info = 0;
                Expect(Stage.Info, 3);
                break;
            case Stage.Info:
                _info = (_info << 8) | value;
                if (++_position == _needed)
                {
                    Start();
                }

                break;
            case Stage.Operand:
                _operand[_position++] = value;
                if (_position == _needed)
                {
                    Execute();
                    NextAfterCommand();
                }

                break;
            case Stage.Frame:
                TakeFrame(value);
                break;
            case Stage.FrameDummy:
                if (++_position == _needed)
                {
                    NextFrame();
                }

                break;
            case Stage.EbrData:
                Store(value);
                if (++_position == _needed)
                {
                    NextAfterCommand();
                }

                break;
        }
    }

    /// <summary>Command and its 24 bits are there.</summary>
    private void Start()
    {
        switch (_command)
        {
            case 0x3B: // LSC_RESET_CRC
                _crc = 0;
                _stage = Stage.Command;
                break;
            case 0x46: // LSC_INIT_ADDRESS
                _framesWritten = 0;
                _stage = Stage.Command;
                break;
            case 0xCE: // ISC_PROGRAM_SECURITY
            case 0x79: // SPI_MODE
                _stage = Stage.Command;
                break;
            case 0xE2: // VERIFY_ID
            case 0x22: // LSC_PROG_CNTRL0
            case 0xC2: // ISC_PROGRAM_USERCODE
            case 0xF6: // LSC_EBR_ADDRESS
            case 0xA2: // LSC_PROG_SED_CRC
            case 0xB4: // LSC_WRITE_ADDRESS
            case 0x7E: // JUMP
                Expect(Stage.Operand, 4);
                break;
            case 0x02: // LSC_WRITE_COMP_DIC
                Expect(Stage.Operand, 8);
                break;
            case 0xB8 when !_hasDictionary: // LSC_PROG_INCR_CMP
                Fail(Ecp5StreamError.Command);
                break;
            case 0xB8:
            case 0x82: // LSC_PROG_INCR_RTI
                _framesLeft = (int)(_info & 0xFFFF) + 1;
                NextFrame();
                break;
            case 0xB2 when (_info & 0xFFFF) > EbrWords: // LSC_EBR_WRITE
                Fail(Ecp5StreamError.Overflow);
                break;
            case 0xB2:
                Expect(Stage.EbrData, (int)(_info & 0xFFFF) * EbrFrameLength);
                break;
            case 0x5E: // ISC_PROGRAM_DONE
                _stage = Stage.Done;
                break;
            default:
                Fail(Ecp5StreamError.Command);
                break;
        }
    }

    private void Execute()
    {
        uint operand = BinaryPrimitives.ReadUInt32BigEndian(_operand);
        switch (_command)
        {
            case 0xE2 when operand != _idCode:
                Fail(Ecp5StreamError.Id);
                break;
            case 0x22:
                Control0 = operand;
                break;
            case 0xC2:
                UserCode = operand;
                break;
            case 0x7E:
                JumpAddress = (int)(operand & 0xFF_FFFF);
                _stage = Stage.Jump;
                break;
            case 0x02:
                for (int index = 0; index < 8; index++)
                {
                    _dictionary[index] = (byte)(1 << index);
                    _dictionary[8 + index] = _operand[7 - index]; // pattern 7 comes first
                }

                _hasDictionary = true;
                break;
        }
    }

    private void NextAfterCommand()
    {
        if (IsOver)
        {
            return;
        }

        if (((_info >> 16) & CheckCrc) != 0)
        {
            Expect(Stage.CommandCrc, 2);
        }
        else
        {
            _stage = Stage.Command;
        }
    }

    private void NextFrame()
    {
        if (--_framesLeft == 0)
        {
            _stage = Stage.Command;
            return;
        }

        if (_framesWritten++ == _frames)
        {
            Fail(Ecp5StreamError.Size);
            return;
        }

        bool compressed = _command == 0xB8;
        // Compressed frames are filled up to 64 bits, in front.
        _symbols = compressed ? ((_frameLength + 7) / 8 * 8) - _frameLength : 0;
        _symbols = -_symbols;
        _code = 0;
        _codeBits = 0;
        Expect(Stage.Frame, _frameLength);
    }

    private void TakeFrame(byte value)
    {
        if (_command == 0x82)
        {
            Store(value);
            _symbols++;
        }
        else
        {
            Decompress(value);
        }

        if (_symbols < _frameLength)
        {
            return;
        }

        byte settings = (byte)(_info >> 16);
        bool last = _framesLeft == 1;
        if ((settings & CheckCrc) != 0 && ((settings & CrcAtEndOnly) == 0 || last))
        {
            Expect(Stage.FrameCrc, 2);
        }
        else
        {
            Dummies();
        }
    }

    /// <summary>A prefix code: 0 is a zero byte, 100xxx one with a single bit, 101xxx one of the dictionary, 11 and eight bits any.</summary>
    private void Decompress(byte value)
    {
        _code = (_code << 8) | value;
        _codeBits += 8;
        while (_symbols < _frameLength && _codeBits > 0)
        {
            byte symbol;
            if (((_code >> (_codeBits - 1)) & 1) == 0)
            {
                _codeBits -= 1;
                symbol = 0;
            }
            else if (_codeBits >= 6 && ((_code >> (_codeBits - 2)) & 1) == 0)
            {
                symbol = _dictionary[(_code >> (_codeBits - 6)) & 0xF];
                _codeBits -= 6;
            }
            else if (_codeBits >= 10)
            {
                symbol = (byte)(_code >> (_codeBits - 10));
                _codeBits -= 10;
            }
            else
            {
                return;
            }

            if (_symbols++ >= 0)
            {
                Store(symbol);
            }
        }
    }

    private void Dummies()
    {
        int dummies = (int)(_info >> 16) & 0x0F;
        if (dummies == 0)
        {
            NextFrame();
        }
        else
        {
            Expect(Stage.FrameDummy, dummies);
        }
    }

    private void TakeCrc(byte value)
    {
        _operand[_position++] = value;
        if (_position < 2)
        {
            return;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(_operand) != _crc)
        {
            Fail(Ecp5StreamError.Crc);
            return;
        }

        _crc = 0;
        if (_stage == Stage.FrameCrc)
        {
            Dummies();
        }
        else
        {
            _stage = Stage.Command;
        }
    }

    private void Store(byte value) => Contents = (Contents ^ value) * 0x0000_0100_0000_01B3;

    private void Expect(Stage stage, int bytes)
    {
        _stage = stage;
        _position = 0;
        _needed = bytes;
    }

    private void Fail(Ecp5StreamError error)
    {
        Error = error;
        _stage = Stage.Failed;
    }
}
