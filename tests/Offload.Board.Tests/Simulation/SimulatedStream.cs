namespace Offload.Board.Tests.Simulation;

/// <summary>The bytes of a simulated board's link, as a serial port or libftdi would give them; what goes each way can be bent on the way.</summary>
internal sealed class SimulatedStream(SimulatedBoard board) : Stream
{
    private ReadOnlyMemory<byte> _left;
    private volatile bool _closed;

    /// <summary>What becomes of bytes on their way to the board.</summary>
    internal Func<byte[], byte[]> ToBoard { get; set; } = bytes => bytes;

    /// <summary>What becomes of bytes on their way from the board.</summary>
    internal Func<byte[], byte[]> FromBoard { get; set; } = bytes => bytes;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.Length == 0)
        {
            if (!await board.LinkBytes.WaitToReadAsync(cancellationToken) || _closed)
            {
                return 0;
            }

            if (board.LinkBytes.TryRead(out byte[]? bytes))
            {
                _left = FromBoard(bytes);
            }
        }

        int count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        board.LinkWrite(ToBoard(buffer.ToArray()));
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _closed = true;
        base.Dispose(disposing);
    }
}
