using System.Collections.Concurrent;
using Offload.Kernel.Tests.Bench;

namespace Offload.Kernel.Tests.Relay;

/// <summary>Which way a frame goes through the relay.</summary>
internal enum RelayDirection
{
    /// <summary>From the client to the board.</summary>
    ToBoard,

    /// <summary>From the board to the client.</summary>
    ToClient,
}

/// <summary>What the cable does to frames. Called on the board's thread.</summary>
internal abstract class Impairment
{
    /// <summary>Delay of a copy that stays on the cable until <see cref="CablePort.ReleaseAsync"/>.</summary>
    internal static readonly TimeSpan UntilReleased = Timeout.InfiniteTimeSpan;

    /// <summary>Decides on a frame.</summary>
    /// <param name="direction">Where it goes.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="deliveries">Empty; gets one delay for every copy that is to arrive. Left empty: the frame is lost.</param>
    internal abstract void Judge(RelayDirection direction, ReadOnlySpan<byte> frame, ICollection<TimeSpan> deliveries);
}

/// <summary>Loses the TCP segments that a test picks, and no other frame.</summary>
/// <param name="picks">Whether to lose a segment.</param>
/// <param name="most">How many, at most.</param>
internal sealed class LossOf(Func<RelayDirection, WireSegment, bool> picks, int most = int.MaxValue) : Impairment
{
    private int _lost;

    /// <summary>Segments lost so far.</summary>
    internal int Lost => Volatile.Read(ref _lost);

    internal override void Judge(RelayDirection direction, ReadOnlySpan<byte> frame, ICollection<TimeSpan> deliveries)
    {
        if (_lost < most && WireSegment.TryRead(frame, out WireSegment segment) && picks(direction, segment))
        {
            Volatile.Write(ref _lost, _lost + 1);
            return;
        }

        deliveries.Add(TimeSpan.Zero);
    }
}

/// <summary>Does to every TCP segment what the test has written for its flow; to those without a script, and all other frames, nothing.</summary>
internal sealed class ScriptedCable : Impairment
{
    private readonly ConcurrentDictionary<ushort, Func<RelayDirection, WireSegment, TimeSpan?>> _scripts = [];

    /// <summary>Writes the script of a flow anew.</summary>
    /// <param name="clientPort">The client's port.</param>
    /// <param name="script">How late a segment is, or <see cref="Impairment.UntilReleased"/>; null: it is lost. No script: nothing happens to it.</param>
    internal void Write(ushort clientPort, Func<RelayDirection, WireSegment, TimeSpan?>? script)
    {
        if (script is null)
        {
            _scripts.TryRemove(clientPort, out _);
        }
        else
        {
            _scripts[clientPort] = script;
        }
    }

    internal override void Judge(RelayDirection direction, ReadOnlySpan<byte> frame, ICollection<TimeSpan> deliveries)
    {
        if (!WireSegment.TryRead(frame, out WireSegment segment)
            || !_scripts.TryGetValue(direction == RelayDirection.ToBoard ? segment.SourcePort : segment.DestinationPort, out var script))
        {
            deliveries.Add(TimeSpan.Zero);
        }
        else if (script(direction, segment) is { } late)
        {
            deliveries.Add(late);
        }
    }
}

/// <summary>How bad a cable is.</summary>
/// <param name="Loss">Share of the segments that are lost, 0 to 1.</param>
/// <param name="Duplication">Share of the others that arrive twice, 0 to 1.</param>
/// <param name="Reordering">Share of the copies that are held back, so that later ones overtake them, 0 to 1.</param>
/// <param name="LongestHold">Longest time for which one is held back.</param>
/// <param name="Delay">What every copy is late anyway.</param>
internal sealed record CableFaults(double Loss, double Duplication, double Reordering, TimeSpan LongestHold, TimeSpan Delay);

/// <summary>
/// A bad cable for TCP. What happens to a segment depends on the seed, its client's port, its direction and its number in that flow alone, so that a
/// seed replays as far as the kernels send the same again. ARP and neighbour discovery stay whole: they are not under test, and their loss costs seconds.
/// </summary>
internal sealed class BadCable(ulong seed, CableFaults faults) : Impairment
{
    private readonly Dictionary<(RelayDirection Direction, ushort ClientPort), ulong> _counts = [];
    private readonly ConcurrentDictionary<ushort, int> _lost = [];

    /// <summary>Copies lost, made, and held back so far.</summary>
    internal (int Lost, int Duplicated, int Held) Done { get; private set; }

    /// <summary>Segments lost so far of the flows of a port of the client's.</summary>
    internal int LostOf(ushort clientPort) => _lost.GetValueOrDefault(clientPort);

    internal override void Judge(RelayDirection direction, ReadOnlySpan<byte> frame, ICollection<TimeSpan> deliveries)
    {
        if (!WireSegment.TryRead(frame, out WireSegment segment))
        {
            deliveries.Add(TimeSpan.Zero);
            return;
        }

        ushort port = direction == RelayDirection.ToBoard ? segment.SourcePort : segment.DestinationPort;
        _counts.TryGetValue((direction, port), out ulong number);
        _counts[(direction, port)] = number + 1;
        ulong state = seed ^ ((ulong)port << 40) ^ ((ulong)direction << 32) ^ number;
        (int lost, int duplicated, int held) = Done;
        if (Next(ref state) < faults.Loss)
        {
            Done = (lost + 1, duplicated, held);
            _lost.AddOrUpdate(port, 1, (_, count) => count + 1);
            return;
        }

        int copies = Next(ref state) < faults.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            bool late = Next(ref state) < faults.Reordering;
            held += late ? 1 : 0;
            deliveries.Add(faults.Delay + (late ? faults.LongestHold * Next(ref state) : TimeSpan.Zero));
        }

        Done = (lost, duplicated + copies - 1, held);
    }

    /// <summary>SplitMix64: the same numbers on every machine and every runtime.</summary>
    private static double Next(ref ulong state)
    {
        state = unchecked(state + 0x9E3779B97F4A7C15);
        ulong z = state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
