using Offload.Registers;

namespace Offload.Connections;

/// <summary>The connections of the core's table. Make one, and pass it to <see cref="BoardConnections.SnapshotAsync(ConnectionSnapshot, CancellationToken)"/> again and again: it keeps its memory.</summary>
/// <remarks>Each row is one connection at one instant; the rows are read one after the other while connections come and go, so a connection that
/// lives through the whole reading is in it exactly once. Not thread-safe.</remarks>
public sealed class ConnectionSnapshot
{
    private ConnectionRow[] _rows = [];
    private int _count;

    /// <summary>The words as they came from the core.</summary>
    internal TableWords Words { get; } = new(EntryLayout.Words);

    /// <summary>How many connections there were.</summary>
    public int Count => _count;

    /// <summary>The connections, by ascending index in the table. Valid until the snapshot is used again.</summary>
    public ReadOnlySpan<ConnectionRow> Rows => _rows.AsSpan(0, _count);

    /// <summary>One of the connections.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ref readonly ConnectionRow this[int index] => ref Rows[index];

    /// <summary>Enumerates the rows without allocation.</summary>
    public ReadOnlySpan<ConnectionRow>.Enumerator GetEnumerator() => Rows.GetEnumerator();

    /// <summary>Makes rows of the words.</summary>
    internal void Decode()
    {
        _count = 0;
        if (_rows.Length < Words.Count)
        {
            _rows = new ConnectionRow[Math.Max(Words.Count, _rows.Length * 2)];
        }

        for (int i = 0; i < Words.Count; i++)
        {
            _rows[i] = ConnectionWords.ReadRow(Words.EntryOf(i), Words.IndexOf(i));
        }

        _count = Words.Count;
    }
}
