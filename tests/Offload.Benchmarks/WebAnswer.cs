using System.Buffers.Text;

namespace Offload.Benchmarks;

/// <summary>What was received so far of the answer to a request.</summary>
internal enum WebAnswer
{
    /// <summary>More has to come.</summary>
    Incomplete,

    /// <summary>All of it, and it is right.</summary>
    Right,

    /// <summary>It is not what was asked for.</summary>
    Wrong,
}

/// <summary>The requests and answers of the benchmarks' web server: each request has a number, and its answer is that number, so that none can be taken for another's.</summary>
internal static class WebAnswers
{
    private static ReadOnlySpan<byte> Status => "HTTP/1.1 200 OK\r\n"u8;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> LengthName => "\r\nContent-Length: "u8;

    /// <summary>Writes a request and gives its length.</summary>
    /// <param name="into">Where to; 128 bytes are enough.</param>
    /// <param name="number">Its number, 0 or more.</param>
    /// <param name="keepAlive">Whether the connection is to stay.</param>
    public static int Ask(Span<byte> into, long number, bool keepAlive)
    {
        "GET /"u8.CopyTo(into);
        int length = 5;
        _ = Utf8Formatter.TryFormat(number, into[length..], out int digits);
        length += digits;
        ReadOnlySpan<byte> rest = keepAlive ? " HTTP/1.1\r\nHost: bench\r\n\r\n"u8 : " HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"u8;
        rest.CopyTo(into[length..]);
        return length + rest.Length;
    }

    /// <summary>Judges what was received since a request was sent.</summary>
    /// <param name="received">All of it.</param>
    /// <param name="number">The request's number.</param>
    public static WebAnswer Judge(ReadOnlySpan<byte> received, long number)
    {
        int known = Math.Min(received.Length, Status.Length);
        if (!received[..known].SequenceEqual(Status[..known]))
        {
            return WebAnswer.Wrong;
        }

        int head = received.IndexOf(HeadEnd);
        if (head < 0)
        {
            return WebAnswer.Incomplete;
        }

        int at = received[..head].IndexOf(LengthName);
        if (at < 0 || !Utf8Parser.TryParse(received[(at + LengthName.Length)..head], out int length, out _))
        {
            return WebAnswer.Wrong;
        }

        ReadOnlySpan<byte> body = received[(head + HeadEnd.Length)..];
        return body.Length < length ? WebAnswer.Incomplete
            : body.Length == length && Utf8Parser.TryParse(body, out long told, out int digits) && digits == length && told == number ? WebAnswer.Right
            : WebAnswer.Wrong;
    }
}
