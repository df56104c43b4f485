using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard.Usb;

/// <summary>Carries out the content of a request of the register link (docs/link.md, "Requests").</summary>
internal ref struct LinkRequestRunner
{
    private const byte Expired = 4;
    private const byte Unsupported = 5;

    private readonly ILinkRegisters _registers;
    private readonly List<uint> _answer;
    private uint _done;

    private LinkRequestRunner(ILinkRegisters registers, List<uint> answer)
    {
        _registers = registers;
        _answer = answer;
    }

    /// <summary>Does it.</summary>
    /// <returns>The status, and the accesses that were done before the failure.</returns>
    internal static (byte Status, uint Done) Run(ILinkRegisters registers, ReadOnlySpan<uint> content, List<uint> answer)
    {
        LinkRequestRunner runner = new(registers, answer);
        byte status = runner.Run(content, repeat: 0, canRepeat: true);
        return (status, runner._done & 0xFFFF);
    }

    private byte Run(ReadOnlySpan<uint> content, uint repeat, bool canRepeat)
    {
        byte status = 0;
        while (content.Length != 0 && status == 0)
        {
            uint kind = content[0] >> 28;
            uint count = (content[0] >> 16) & 0xFFF;
            uint address = content[0] & 0xFFFF;
            int words = kind switch { 2 => (int)count, 3 => 2, _ => 0 };
            if (kind is < 1 or > 4 || count is < 1 or > 1023 || address % sizeof(uint) != 0 || words >= content.Length)
            {
                return Unsupported;
            }

            ReadOnlySpan<uint> operands = content.Slice(1, words);
            content = content[(1 + words)..];
            switch (kind)
            {
                case 1:
                    status = Read(address, (int)count);
                    break;
                case 2:
                    status = Write(address, operands, repeat);
                    break;
                case 3:
                    status = Wait(address, operands[0], operands[1], count);
                    break;
                default:
                    if (!canRepeat || address != 0)
                    {
                        return Unsupported;
                    }

                    for (uint i = 0; i < count && status == 0; i++)
                    {
                        status = Run(content, i, canRepeat: false);
                    }

                    return status;
            }
        }

        return status;
    }

    private byte Read(uint address, int count)
    {
        int inside = Math.Min(count, (int)((0x10000 - address) / sizeof(uint)));
        int start = _answer.Count;
        System.Runtime.InteropServices.CollectionsMarshal.SetCount(_answer, start + inside);
        Span<uint> words = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_answer)[start..];
        AxiResponse response = _registers.Read(address, words);
        if (response == AxiResponse.Okay)
        {
            _done += (uint)inside;
            return inside == count ? (byte)0 : (byte)AxiResponse.DecodeError;
        }

        // Reading has no side effect, so the words before the one that fails are simply read again.
        for (int i = 0; i < inside; i++)
        {
            response = _registers.Read(address + ((uint)i * sizeof(uint)), words.Slice(i, 1));
            if (response != AxiResponse.Okay)
            {
                System.Runtime.InteropServices.CollectionsMarshal.SetCount(_answer, start + i);
                return Status(response);
            }

            _done++;
        }

        return 0;
    }

    private byte Write(uint address, ReadOnlySpan<uint> words, uint repeat)
    {
        for (int i = 0; i < words.Length; i++, address += sizeof(uint), _done++)
        {
            uint word = (words[i] & 0xFFFF0000) | ((words[i] + repeat) & 0xFFFF);
            AxiResponse response = address > 0xFFFC ? AxiResponse.DecodeError : _registers.Write(address, word);
            if (response != AxiResponse.Okay)
            {
                return Status(response);
            }
        }

        return 0;
    }

    private byte Wait(uint address, uint mask, uint value, uint reads)
    {
        Span<uint> word = stackalloc uint[1];
        for (uint i = 0; i < reads; i++)
        {
            AxiResponse response = _registers.Read(address, word);
            if (response != AxiResponse.Okay)
            {
                return Status(response);
            }

            if ((word[0] & mask) == (value & mask))
            {
                _answer.Add(word[0]);
                _done++;
                return 0;
            }
        }

        _answer.Add(word[0]);
        return Expired;
    }

    // A core that does not answer at all would hang the link; the bus then says SLVERR.
    private static byte Status(AxiResponse response) => response == AxiResponse.DecodeError ? (byte)3 : (byte)2;
}
