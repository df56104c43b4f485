namespace Offload.Connections;

/// <summary>The words of a table's entries, as the core gave them: per entry its index and its layout's words. Grows, and is used again.</summary>
internal sealed class TableWords
{
    private uint[] _words = [];
    private int _used;

    /// <summary>Makes an empty one.</summary>
    /// <param name="wordsPerEntry">Words of an entry's layout.</param>
    public TableWords(int wordsPerEntry) => WordsPerEntry = wordsPerEntry;

    /// <summary>Words of an entry's layout.</summary>
    public int WordsPerEntry { get; }

    /// <summary>Words of a record: the index, and the entry.</summary>
    public int Stride => WordsPerEntry + 1;

    /// <summary>How many entries it holds.</summary>
    public int Count => _used / Stride;

    /// <summary>Every record, one after the other.</summary>
    public ReadOnlySpan<uint> Records => _words.AsSpan(0, _used);

    /// <summary>Forgets the entries; keeps the memory.</summary>
    public void Clear() => _used = 0;

    /// <summary>Index of an entry in the core's table.</summary>
    public int IndexOf(int record) => (int)_words[record * Stride];

    /// <summary>Words of an entry.</summary>
    public ReadOnlySpan<uint> EntryOf(int record) => _words.AsSpan((record * Stride) + 1, WordsPerEntry);

    /// <summary>Adds room for records and returns it, to be filled by the caller.</summary>
    public Memory<uint> Add(int records)
    {
        int needed = _used + (records * Stride);
        if (needed > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(needed, Math.Max(64 * Stride, _words.Length * 2)));
        }

        Memory<uint> room = _words.AsMemory(_used, records * Stride);
        _used = needed;
        return room;
    }

    /// <summary>Takes back the last record.</summary>
    public void RemoveLast() => _used -= Stride;
}
