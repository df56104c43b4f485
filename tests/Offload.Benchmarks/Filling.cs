using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Benchmarks;

/// <summary>What stands in a full table.</summary>
internal enum Filler
{
    /// <summary>SYN-RECEIVED.</summary>
    HalfOpen,

    /// <summary>Closed by the engine, then by the peer.</summary>
    TimeWait,

    /// <summary>Released to the host, and watched.</summary>
    Host,

    /// <summary>Established and the engine's own.</summary>
    Engine,
}

/// <summary>A core whose table is filled to its last entry, and clients that connect to it then.</summary>
internal sealed class Filling : IDisposable
{
    /// <summary>Frames at a time: more than the pipeline holds, fewer than the input.</summary>
    private const int Chunk = 512;

    private readonly Client _client = new(5, FrameKind.All[0]);
    private readonly int _capacity = Repository.BoardParameter("CONNECTIONS");

    /// <param name="native">The virtual board's core.</param>
    /// <param name="filler">What is to stand in it.</param>
    public Filling(NativeCore native, Filler filler)
        : this(native, filler, 131071)
    {
        Fill(filler);
    }

    private Filling(NativeCore native, Filler filler, uint threshold) =>
        Core = _client.Open(
            native,
            change: settings => settings with { CookieKey = _client.Bytes(16), CookieThreshold = threshold, AdoptionTimeout = 500_000, SynAckRetries = 15 },
            listener: point => point with { Adopt = filler == Filler.Host, Timestamps = false });

    /// <summary>The core.</summary>
    public Core Core { get; }

    /// <summary>A core in which more connections are half open than it may store, though there is room.</summary>
    public static Filling PastThreshold(NativeCore native, int threshold)
    {
        var filling = new Filling(native, Filler.HalfOpen, (uint)threshold);
        filling.Answers([.. Enumerable.Range(0, 4 * threshold).Select(_ => filling._client.Syn().ToBytes())]);
        Bench.Require(filling.InUse() < filling._capacity, "the table is full, not past a threshold");
        return filling;
    }

    /// <summary>Clients that come and complete their handshakes.</summary>
    /// <param name="clients">How many.</param>
    /// <param name="together">How many at a time: their SYNs back to back, then their ACKs.</param>
    /// <returns>How many were connected by their first SYN, and how many frames the engine answered ACKs with.</returns>
    public (int Completed, int Answered) Connect(int clients, int together)
    {
        ulong before = Core.Counters()["established"];
        int answered = 0;
        for (int done = 0; done < clients; done += together)
        {
            List<SentSegment> answers = Answers([.. Enumerable.Range(0, Math.Min(together, clients - done)).Select(_ => _client.Syn().ToBytes())]);
            answered += Answers([.. answers.Select(answer => _client.Acknowledge(answer))]).Count;
        }

        return ((int)(Core.Counters()["established"] - before), answered);
    }

    /// <summary>The same with their SYNs together and their ACKs so many clocks apart.</summary>
    /// <returns>How many were connected.</returns>
    public int ConnectApart(int clients, ulong clocks)
    {
        ulong before = Core.Counters()["established"];
        List<SentSegment> answers = Answers([.. Enumerable.Range(0, clients).Select(_ => _client.Syn().ToBytes())]);
        ulong due = Core.Clock;
        foreach (SentSegment answer in answers)
        {
            Core.Send(Port.Net, _client.Acknowledge(answer));
            for (due += clocks; Core.Clock < due;)
            {
                // A core that has nothing to do lets no clock pass by itself; a register that is read does.
                Core.Read("control.status");
            }
        }

        Core.Settle();
        return (int)(Core.Counters()["established"] - before);
    }

    public void Dispose() => Core.Dispose();

    /// <summary>Entries in use now.</summary>
    public int InUse() => (int)Core.Read("control.entries_in_use");

    private void Fill(Filler filler)
    {
        // In steps, so that each is done before it is counted; the last ones come alone.
        var answers = new List<SentSegment>();
        for (int free = _capacity; free > 0; free = _capacity - InUse())
        {
            answers.AddRange(Answers([.. Enumerable.Range(0, free > 2 * Chunk ? Chunk : free > 64 ? free / 2 : 1).Select(_ => _client.Syn().ToBytes())]));
        }

        if (filler == Filler.HalfOpen)
        {
            return;
        }

        Answers([.. answers.Select(answer => _client.Acknowledge(answer))]);
        Core.TakeEventsQuickly();
        if (filler == Filler.Engine)
        {
            return;
        }

        foreach (Image entry in Core.PeekEntries())
        {
            Order order = filler == Filler.Host ? Order.Release : Order.Close;
            OrderStatus status = Core.Command(order, entry.Flow, new Arguments { Created = (ulong)entry["created"] }).Status;
            Bench.Require(status == OrderStatus.Ok, $"{order} was answered with {status}");
        }

        if (filler == Filler.TimeWait)
        {
            Answers([.. answers.Select(answer => (Client.Answer(answer, TcpFlags.Fin | TcpFlags.Ack) with { Ack = answer.Seq + 2 }).ToBytes())]);
        }

        Core.Settle();
        Core.ReceiveAll(Port.Net);
        Core.ReceiveAll(Port.Host);
        Core.TakeEventsQuickly();
        Bench.Require(InUse() == _capacity, $"{InUse()} entries of {_capacity} are in use after filling the table with {filler}");
    }

    /// <summary>Sends frames back to back, a chunk at a time, and gives what the engine answers.</summary>
    private List<SentSegment> Answers(List<byte[]> frames)
    {
        var answers = new List<SentSegment>();
        foreach (byte[][] chunk in frames.Chunk(Chunk))
        {
            foreach (byte[] frame in chunk)
            {
                Core.Send(Port.Net, frame);
            }

            Core.Settle();
            answers.AddRange(Core.ReceiveAll(Port.Net).Select(frame => FrameChecker.Check(frame)));
        }

        return answers;
    }
}
