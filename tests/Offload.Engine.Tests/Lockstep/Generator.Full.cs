using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Steps for a small table: it fills up, stays nearly full of connections of every kind, and cookies come back to it (K2).</summary>
internal sealed partial class Generator
{
    /// <summary>Entries last; what becomes of them is decided by what arrives, and by those who need their place.</summary>
    private Settings ForFullTable(Settings settings) => settings with
    {
        Capacity = BuiltCore.SmallCapacity,
        CookieKey = Chance(85) ? settings.IsnKey : null,
        CookieThreshold = Pick<uint>(131071, 131071, 131071, 40, 0),
        RtoInitial = 400_000,
        RtoMax = 400_000,
        SynRetries = 15,
        SynAckRetries = 15,
        FinTimeout = 400_000,
        TimeWait = 400_000,
        AdoptionTimeout = 400_000,
        WatchIdle = Pick<uint>(0, 0, 400_000),
        HeartbeatTimeout = 0,
    };

    private AdvanceStep MakePause() => new() { Microseconds = Chance(2) ? Pick<ulong>(67_108_864, 134_217_728, 600_000_000) : Pick<ulong>(1, 1, 4, 1024, 10_000, 500_736) };

    /// <summary>What fills the table, or makes one of those in it what it can be. Null: as in any other table.</summary>
    private Step? NextInFullTable()
    {
        int unknown = _random.Next(_flows);
        if (_random.Next(100) < (_model.Table.Count < Settings.Capacity ? 40 : 10))
        {
            return _model.Table.ContainsKey(World.Flows[unknown]) ? MakePause() : MakeSyn(unknown, together: false);
        }

        if (_model.SentCookies.Count > 0 && Chance(35))
        {
            Flow[] sent = [.. _model.SentCookies.Keys.Where(flow => !_model.Table.ContainsKey(flow))];
            return sent.Length == 0 ? null : AnswerCookie(IndexOf(sent[^_random.Next(1, Math.Min(sent.Length, 6) + 1)]), together: false);
        }

        if (_model.Table.Count == 0)
        {
            return null;
        }

        Connection known = _model.Table.Values.ElementAt(_random.Next(_model.Table.Count));
        int index = IndexOf(known.Flow);
        return _random.Next(100) switch
        {
            < 12 => new AdvanceStep { Microseconds = 1 },
            < 30 => MakeCommand(index),
            < 35 => MakeHostSegment(index),
            < 38 => new CommandStep { Order = (int)Order.Open, Flow = unknown, Listener = Math.Max(0, World.ListenerOf(World.Flows[unknown])) },
            < 80 => MakeGoodSegment(index),
            _ => MakeSegment(index),
        };
    }

    private static int IndexOf(Flow flow)
    {
        for (int i = 0; ; i++)
        {
            if (World.Flows[i] == flow)
            {
                return i;
            }
        }
    }
}
