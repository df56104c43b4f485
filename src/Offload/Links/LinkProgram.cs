namespace Offload.Links;

/// <summary>
/// A request of the register link (docs/link.md): accesses that the board carries out one after the other, by itself. The first one that
/// fails ends it, so what must not happen after a failure belongs in the same program.
/// </summary>
public sealed class LinkProgram
{
    /// <summary>Words that a program has at most.</summary>
    public const int MaxWords = 128;

    private const int MaxCount = 1023;

    private readonly List<uint> _words = [];
    private int _repeats; // 0: does not repeat

    /// <summary>Words that it has.</summary>
    public int Words => _words.Count;

    /// <summary>Words that it is answered by, if nothing fails.</summary>
    public int Answers { get; private set; }

    internal ReadOnlyMemory<uint> Content => _words.ToArray();

    /// <summary>Reads consecutive registers, in ascending order: that many answers.</summary>
    /// <param name="address">Byte address of the first one.</param>
    /// <param name="count">How many, 1 to 1023.</param>
    /// <exception cref="ArgumentException">The address or the count is out of range, or the program is full.</exception>
    public LinkProgram Read(uint address, int count)
    {
        Add(1, address, count, []);
        return Answered(count);
    }

    /// <summary>Writes consecutive registers, in ascending order: no answer.</summary>
    /// <param name="address">Byte address of the first one.</param>
    /// <param name="words">What is written, one word at least.</param>
    /// <exception cref="ArgumentException">The address is out of range, or the program is full.</exception>
    public LinkProgram Write(uint address, params ReadOnlySpan<uint> words)
    {
        Add(2, address, words.Length, words);
        return this;
    }

    /// <summary>Reads a register until its bits under a mask have a value: one answer, the word that was read last.</summary>
    /// <param name="address">Byte address.</param>
    /// <param name="mask">The bits.</param>
    /// <param name="value">Their value.</param>
    /// <param name="reads">How often it is read at most, 1 to 1023.</param>
    /// <exception cref="ArgumentException">The address or the number of reads is out of range, or the program is full.</exception>
    public LinkProgram Wait(uint address, uint mask, uint value, int reads = MaxCount)
    {
        Add(3, address, reads, [mask, value]);
        return Answered(1);
    }

    /// <summary>What comes behind it is done so often; each time after the first, bits 15 to 0 of the words that it writes are one higher.</summary>
    /// <param name="count">1 to 1023.</param>
    /// <exception cref="ArgumentException">The count is out of range, the program repeats already, or it is full.</exception>
    public LinkProgram Repeat(int count)
    {
        if (_repeats != 0)
        {
            throw new ArgumentException("a program repeats once", nameof(count));
        }

        Add(4, 0, count, []);
        _repeats = count;
        return this;
    }

    private LinkProgram Answered(int count)
    {
        Answers += count * Math.Max(_repeats, 1);
        return this;
    }

    private void Add(uint kind, uint address, int count, ReadOnlySpan<uint> words)
    {
        if (address % sizeof(uint) != 0 || address > ushort.MaxValue)
        {
            throw new ArgumentException($"a register's address is divisible by 4 and below 0x10000, and 0x{address:X} is not", nameof(address));
        }

        if (count is < 1 or > MaxCount)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {MaxCount} is what an access takes");
        }

        if (_words.Count + 1 + words.Length > MaxWords)
        {
            throw new ArgumentException($"a program has {MaxWords} words at most; make two of it", nameof(words));
        }

        _words.Add((kind << 28) | ((uint)count << 16) | address);
        _words.AddRange(words);
    }
}
