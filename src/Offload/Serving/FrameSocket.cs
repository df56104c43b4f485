using System.Buffers.Binary;
using System.Net.Sockets;

namespace Offload.Serving;

/// <summary>Whole frames over a stream socket. One reader and one writer at a time.</summary>
internal sealed class FrameSocket(Socket socket, int maxBody) : IDisposable
{
    private byte[] _buffer = new byte[512];
    private int _start;
    private int _end;

    /// <summary>The socket.</summary>
    public Socket Socket => socket;

    /// <summary>Waits for a frame.</summary>
    /// <returns>Its code and body, valid until the next call; null where the other side closed between two frames.</returns>
    /// <exception cref="OffloadException"><see cref="OffloadError.ProtocolError"/>: too long, too short, or cut off.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(Protocol.HeaderLength, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start));
        ushort code = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(_start + sizeof(uint)));
        if (length < sizeof(ushort) || length - sizeof(ushort) > maxBody)
        {
            throw MessageReader.Bad($"a frame of {length} bytes");
        }

        int total = sizeof(uint) + (int)length;
        await FillAsync(total, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> body = _buffer.AsMemory(_start + Protocol.HeaderLength, total - Protocol.HeaderLength);
        _start += total;
        return new Frame(code, body);
    }

    /// <summary>Waits until the other side sends something, or closes.</summary>
    public async ValueTask WaitForInputAsync(CancellationToken cancellationToken)
    {
        // A receive of nothing may also end by the late notice of bytes that were taken already: then nothing is there to be read.
        while (_end == _start && !socket.Poll(0, SelectMode.SelectRead))
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a frame.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        for (ReadOnlyMemory<byte> rest = frame; rest.Length > 0;)
        {
            int sent = await socket.SendAsync(rest, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            rest = rest[sent..];
        }
    }

    /// <summary>Overwrites what was received, where it was a secret.</summary>
    public void Erase() => _buffer.AsSpan().Clear();

    /// <summary>Closes.</summary>
    public void Dispose() => socket.Dispose();

    /// <summary>Makes sure that bytes are in the buffer; false where the other side closed before the first of them.</summary>
    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_start + needed > _buffer.Length)
        {
            // Moves what is there to the front, and grows as far as this frame needs.
            byte[] target = needed > _buffer.Length ? new byte[Math.Max(needed, _buffer.Length * 2)] : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            (_buffer, _end, _start) = (target, _end - _start, 0);
        }

        while (_end - _start < needed)
        {
            int received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                return _end == _start ? false : throw MessageReader.Bad("a frame is cut off");
            }

            _end += received;
        }

        return true;
    }
}

/// <summary>A frame as it was received.</summary>
/// <param name="Code">What it is.</param>
/// <param name="Body">What is in it.</param>
internal readonly record struct Frame(ushort Code, ReadOnlyMemory<byte> Body);
