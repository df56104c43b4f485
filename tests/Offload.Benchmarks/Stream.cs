using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Benchmarks;

/// <summary>What a stream of segments, back to back, took.</summary>
/// <param name="Segments">Segments that entered in the clocks that count.</param>
/// <param name="Clocks">Clocks that count.</param>
internal readonly record struct Taken(long Segments, long Clocks)
{
    public static Taken operator +(Taken one, Taken other) => new(one.Segments + other.Segments, one.Clocks + other.Clocks);
}

/// <summary>
/// Handshakes of random tuples, back to back at a core's net port. In each round the SYNs of new clients and the ACKs of the clients of the
/// round before take turns without a gap; then, outside the time that counts, those that are established are flushed. Between the first
/// and the last SYN,ACK of a round each clock counts: what fills the pipeline before is the latency, which has rows of its own.
/// </summary>
internal sealed class Stream(NativeCore native, FrameKind kind)
{
    private readonly Client _client = new(1, kind);

    /// <summary>SYN and ACK by turns.</summary>
    /// <param name="batch">Handshakes a round; at most half of the table.</param>
    /// <param name="rounds">Rounds that count.</param>
    public Taken Handshakes(int batch, int rounds)
    {
        // The clients of a round come to the one listener, those of the next to the other, so that either can be flushed alone.
        using Core core = _client.Open(native, listeners: 2);
        Taken taken = default;
        List<byte[]> acks = [];
        for (int round = 0; round <= rounds; round++)
        {
            var stream = new List<byte[]>();
            for (int i = 0; i < batch; i++)
            {
                if (acks.Count > 0)
                {
                    stream.Add(acks[i]);
                }

                stream.Add(_client.Syn(round % 2).ToBytes());
            }

            (List<byte[]> answers, ulong clocks) = Run(core, stream);
            Bench.Require(answers.Count == batch, $"{batch} SYNs, {answers.Count} SYN,ACKs");
            if (acks.Count > 0)
            {
                taken += new Taken(2 * (batch - 1), (long)clocks);
                core.Settle();
                core.TakeEventsQuickly();
                core.Command(Order.Flush, default, new Arguments { Listener = (round + 1) % 2 });
                core.Settle();
            }

            acks = [.. answers.Select(answer => _client.Acknowledge(FrameChecker.Check(answer)))];
        }

        NothingLost(core, (ulong)rounds * (ulong)batch);
        return taken;
    }

    /// <summary>SYNs alone, each answered.</summary>
    /// <param name="batch">SYNs a round; at most the table.</param>
    /// <param name="rounds">Rounds.</param>
    public Taken Syns(int batch, int rounds)
    {
        using Core core = _client.Open(native);
        Taken taken = default;
        for (int round = 0; round < rounds; round++)
        {
            (List<byte[]> answers, ulong clocks) = Run(core, [.. Enumerable.Range(0, batch).Select(_ => _client.Syn().ToBytes())]);
            Bench.Require(answers.Count == batch, $"{batch} SYNs, {answers.Count} SYN,ACKs");
            taken += new Taken(batch - 1, (long)clocks);
            core.Command(Order.Flush, default, new Arguments { All = true });
            core.Settle();
        }

        NothingLost(core, 0);
        return taken;
    }

    /// <summary>
    /// One connection's own ACKs, back to back, between a SYN of another client before and one behind: by so many clocks the answers to these
    /// two are further apart where there are more ACKs.
    /// </summary>
    /// <param name="burst">ACKs of the short bursts; the long ones, of twice as many, must still find room in the queue.</param>
    /// <param name="rounds">Pairs of bursts.</param>
    public Taken OneTuple(int burst, int rounds)
    {
        using Core core = _client.Open(native);
        (List<byte[]> answers, _) = Run(core, [_client.Syn().ToBytes()]);
        byte[] ack = _client.Acknowledge(FrameChecker.Check(answers[0]));
        Taken taken = default;
        for (int round = 0; round < rounds; round++)
        {
            taken += new Taken(burst, Between(2 * burst) - Between(burst));
        }

        NothingLost(core, 1);
        return taken;

        long Between(int acks)
        {
            (answers, ulong clocks) = Run(core, [_client.Syn().ToBytes(), .. Enumerable.Repeat(ack, acks), _client.Syn().ToBytes()]);
            Bench.Require(answers.Count == 2, $"2 SYNs, {answers.Count} answers");
            return (long)clocks;
        }
    }

    /// <summary>One connection's own ACKs, each so long that the bus takes <paramref name="clocks"/> for it, for as long as a round lasts: none may be lost.</summary>
    /// <returns>Segments that entered, and those that found no room.</returns>
    public (long Entered, long Lost) OneTuplePaced(int clocks, int width, int frames)
    {
        using Core core = _client.Open(native);
        (List<byte[]> answers, _) = Run(core, [_client.Syn().ToBytes()]);
        byte[] ack = _client.Acknowledge(FrameChecker.Check(answers[0]), clocks * width / 8);
        const int Round = 500;
        for (int sent = 0; sent < frames; sent += Round)
        {
            for (int i = 0; i < Round; i++)
            {
                core.Send(Port.Net, ack);
            }

            core.Run(Core.Patience);
        }

        Dictionary<string, ulong> counters = core.Counters();
        Bench.Require(counters["established"] == 1, "the connection was not established");
        return ((long)counters["net_frames_received"], (long)(counters["net_frames_received"] - counters["net_frames_consumed"]));
    }

    /// <summary>Sends frames back to back and gives what was answered, and the clocks from the first answer's last beat to the last one's.</summary>
    private static (List<byte[]> Answers, ulong Clocks) Run(Core core, List<byte[]> stream)
    {
        foreach (byte[] frame in stream)
        {
            core.Send(Port.Net, frame);
        }

        core.Run(Core.Patience);
        var answers = new List<byte[]>(stream.Count);
        ulong first = 0, last = 0;
        while (core.Receive(Port.Net, out FrameTimes times) is byte[] frame)
        {
            first = answers.Count == 0 ? times.Last : first;
            last = times.Last;
            answers.Add(frame);
        }

        return (answers, last - first);
    }

    private static void NothingLost(Core core, ulong established)
    {
        Dictionary<string, ulong> counters = core.Counters();
        Bench.Require(
            counters["net_frames_received"] == counters["net_frames_consumed"] && counters["replies_dropped"] == 0 && counters["table_full"] == 0,
            "frames were lost: " + string.Join(", ", counters.Where(pair => pair.Value > 0).Select(pair => $"{pair.Key} {pair.Value}")));
        Bench.Require(counters["established"] == established, $"{established} handshakes, {counters["established"]} established");
    }
}
