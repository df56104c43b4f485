using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Streams;

/// <summary>Judges what came out of a stream of frames by what went in.</summary>
internal static class StreamJudge
{
    /// <summary>Null where all frames came out, equal and in order; else what is wrong first.</summary>
    public static string? Equal(IReadOnlyList<byte[]> sent, IReadOnlyList<byte[]> received)
    {
        for (int i = 0; i < Math.Min(sent.Count, received.Count); i++)
        {
            if (!sent[i].AsSpan().SequenceEqual(received[i]))
            {
                return $"frame {i}: {sent[i].Length} bytes went in, {received[i].Length} other bytes came out:\n{Hex.Format(sent[i])}\n{Hex.Format(received[i])}";
            }
        }

        return sent.Count == received.Count ? null : $"{sent.Count} frames went in, {received.Count} came out";
    }

    /// <summary>Null where what came out is whole and in order, however many are missing between.</summary>
    public static string? Ordered(IReadOnlyList<byte[]> sent, IReadOnlyList<byte[]> received)
    {
        int at = 0;
        for (int i = 0; i < received.Count; i++)
        {
            while (at < sent.Count && !sent[at].AsSpan().SequenceEqual(received[i]))
            {
                at++;
            }

            if (at++ == sent.Count)
            {
                return $"frame {i} of {received[i].Length} bytes is not one that was sent, or came too late: {Hex.Format(received[i])}";
            }
        }

        return null;
    }
}
