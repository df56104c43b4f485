using System.Buffers.Binary;
using System.Globalization;

namespace Offload.Programming.Ecp5;

/// <summary>How far a configuration stream could be read.</summary>
public enum Ecp5StreamState
{
    /// <summary>Whole, to ISC_PROGRAM_DONE, and every CRC is right.</summary>
    Whole,

    /// <summary>It ends before it is whole; nothing was wrong until there.</summary>
    Incomplete,

    /// <summary>It has no preamble.</summary>
    NotAStream,

    /// <summary>A CRC is wrong, or a command is none.</summary>
    Damaged,
}

/// <summary>
/// A configuration stream of an ECP5, read as the part reads it: preamble, commands, frames and their CRCs. What is not whole is not sent to a part.
/// </summary>
/// <remarks>Format: Project Trellis, docs/architecture/bitstream_format.rst and libtrellis/src/Bitstream.cpp; Lattice FPGA-TN-02039.</remarks>
public sealed class Ecp5Bitstream
{
    private const uint Preamble = 0xFFFF_BDB3;
    private const int InfoLength = 3;
    private const int CrcLength = 2;
    private const int EbrFrameLength = 9;

    private Ecp5Bitstream(Ecp5StreamState state, string? problem, int length, uint? idCode, uint? userCode) =>
        (State, Problem, Length, IdCode, UserCode) = (state, problem, length, idCode, userCode);

    /// <summary>How far it could be read.</summary>
    public Ecp5StreamState State { get; }

    /// <summary>What is wrong with it, and where; null where it is whole.</summary>
    public string? Problem { get; }

    /// <summary>Bytes up to and with ISC_PROGRAM_DONE, or up to where reading ended.</summary>
    public int Length { get; }

    /// <summary>IDCODE of the part that it is for; null where it names none.</summary>
    public uint? IdCode { get; }

    /// <summary>USERCODE that it sets; null: none.</summary>
    public uint? UserCode { get; }

    /// <summary>Reads a stream, with the comments in front of it or without.</summary>
    /// <param name="data">The bytes; what follows the stream is not looked at.</param>
    public static Ecp5Bitstream Read(ReadOnlySpan<byte> data)
    {
        Reader reader = new(data);
        try
        {
            return reader.Run();
        }
        catch (EndOfStreamException)
        {
            return reader.End(Ecp5StreamState.Incomplete, "it ends before ISC_PROGRAM_DONE");
        }
        catch (InvalidDataException exception)
        {
            return reader.End(Ecp5StreamState.Damaged, exception.Message);
        }
    }

    /// <summary>The same stream where it lies in front of a part that refuses it.</summary>
    internal Ecp5Bitstream ForAnotherPart() => new(
        Ecp5StreamState.Damaged, string.Create(CultureInfo.InvariantCulture, $"it is for a part with IDCODE 0x{IdCode:x8}"), Length, IdCode, UserCode);

    private static int FrameLength(uint idCode) => (idCode & 0x0FFF_FFFF) switch
    {
        0x0111_1043 => 74,
        0x0111_2043 => 106,
        0x0111_3043 => 142,
        _ => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"no ECP5 has the IDCODE 0x{idCode:x8} that it names")),
    };

    private ref struct Reader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private int _position;
        private int _crcStart;
        private ushort _crc;
        private uint? _idCode;
        private uint? _userCode;

        internal Ecp5Bitstream Run()
        {
            Span<byte> preamble = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(preamble, Preamble);
            int start = _data.IndexOf(preamble);
            if (start < 0)
            {
                return End(Ecp5StreamState.NotAStream, "it has no preamble FFFFBDB3");
            }

            _position = start + preamble.Length;
            while (true)
            {
                // Dummies belong to no CRC.
                _crcStart = _position;
                byte command = Bytes(1)[0];
                if (command == 0xFF)
                {
                    continue;
                }

                uint info = (uint)((Bytes(InfoLength)[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(_data[(_position - 2)..]));
                if (command == 0x5E)
                {
                    return End(Ecp5StreamState.Whole, null);
                }

                Execute(command, info);
            }
        }

        internal readonly Ecp5Bitstream End(Ecp5StreamState state, string? problem) => new(
            state, problem is null ? null : string.Create(CultureInfo.InvariantCulture, $"{problem} (at byte {_position})"), _position, _idCode, _userCode);

        private void Execute(byte command, uint info)
        {
            switch (command)
            {
                case 0x3B:
                    _crc = 0;
                    return;
                case 0x46 or 0xCE or 0x79:
                    break;
                case 0xE2:
                    _idCode = BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));
                    break;
                case 0xC2:
                    _userCode = BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));
                    break;
                case 0x22 or 0xF6 or 0xA2 or 0xB4:
                    Bytes(4);
                    break;
                case 0x02:
                    Bytes(8);
                    break;
                case 0x82 or 0xB8:
                    Frames(info, command == 0xB8);
                    return;
                case 0xB2:
                    Bytes((int)(info & 0xFFFF) * EbrFrameLength);
                    break;
                default:
                    throw new InvalidDataException($"0x{command:x2} is no command of an ECP5");
            }

            Count();
            if ((info & 0x80_0000) != 0)
            {
                CheckCrc();
            }
        }

        private void Frames(uint info, bool compressed)
        {
            int length = FrameLength(_idCode ?? throw new InvalidDataException("frames come before VERIFY_ID"));
            int count = (int)(info & 0xFFFF);
            bool check = (info & 0x80_0000) != 0;
            bool each = (info & 0x40_0000) == 0;
            for (int frame = 0; frame < count; frame++)
            {
                if (compressed)
                {
                    SkipCompressed((length + 7) / 8 * 8);
                }
                else
                {
                    Bytes(length);
                }

                Count();
                if (check && (each || frame == count - 1))
                {
                    CheckCrc();
                }

                Bytes((int)(info >> 16) & 0xF);
                Count();
            }
        }

        /// <summary>Skips symbols of the prefix code: 1 bit for a zero, 6 for what a table has, 10 for any other; then up to the next byte.</summary>
        private void SkipCompressed(int symbols)
        {
            long bit = (long)_position * 8;
            for (int symbol = 0; symbol < symbols; symbol++)
            {
                bit += !Bit(bit) ? 1 : !Bit(bit + 1) ? 6 : 10;
            }

            int end = (int)((bit + 7) / 8);
            Bytes(end - _position);
        }

        private readonly bool Bit(long bit) =>
            bit / 8 < _data.Length ? ((_data[(int)(bit / 8)] >> (int)(7 - (bit % 8))) & 1) != 0 : throw new EndOfStreamException();

        private ReadOnlySpan<byte> Bytes(int count)
        {
            if (_position + count > _data.Length)
            {
                _position = _data.Length;
                throw new EndOfStreamException();
            }

            ReadOnlySpan<byte> bytes = _data.Slice(_position, count);
            _position += count;
            return bytes;
        }

        /// <summary>Takes what was read since the last call into the CRC: CRC-16 with polynomial 0x8005, nothing reflected, from zero.</summary>
        private void Count()
        {
            foreach (byte value in _data[_crcStart.._position])
            {
                _crc = (ushort)((_crc << 8) ^ CrcTable.Values[(byte)((_crc >> 8) ^ value)]);
            }

            _crcStart = _position;
        }

        private void CheckCrc()
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(Bytes(CrcLength)) != _crc)
            {
                throw new InvalidDataException("a CRC is wrong");
            }

            _crc = 0;
            _crcStart = _position;
        }
    }

    private static class CrcTable
    {
        internal static readonly ushort[] Values = [.. Enumerable.Range(0, 256).Select(Of)];

        private static ushort Of(int value)
        {
            uint crc = (uint)value << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x8005u : 0);
            }

            return (ushort)crc;
        }
    }
}
