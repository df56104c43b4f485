using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>
/// RFC 9293 as the engine does it, in both roles, with RFC 5961, 6191, 6528 and 7323, SYN cookies, and the owners of connections: frames,
/// time and commands in; frames, events, entries and counters out. Every rule of docs/tcp.md.
/// </summary>
internal sealed partial class TcpModel(Settings settings, Fault fault = Fault.None)
{
    private Output _output = new();
    private HashSet<Flow> _drained = [];

    /// <summary>What is configured now. Listeners of live connections keep their addresses.</summary>
    public Settings Settings { get; set; } = settings;

    /// <summary>Connections by what names them.</summary>
    public Dictionary<Flow, Connection> Table { get; private set; } = [];

    /// <summary>Counters by the register map's names.</summary>
    public Dictionary<string, ulong> Counters { get; private set; } = RegisterSource.Counters.ToDictionary(name => name, _ => 0ul);

    /// <summary>Microseconds since reset.</summary>
    public ulong Time { get; private set; }

    /// <summary>Frames that wait for the host now.</summary>
    public int ParkedFrames => Table.Values.Sum(connection => connection.Waiting.Count);

    private uint Tick => (uint)(Time >> 10);

    private ushort Age => (ushort)(Time >> 30);

    /// <summary>Takes what left the engine since the last call.</summary>
    public Output TakeOutput()
    {
        Output output = _output;
        _output = new Output();
        _drained.Clear();
        return output;
    }

    /// <summary>A second model that stands where this one does.</summary>
    public TcpModel Copy()
    {
        var copy = (TcpModel)MemberwiseClone();
        copy._output = new Output();
        copy._drained = [.. _drained];
        copy.Table = Table.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy.Counters = new Dictionary<string, ulong>(Counters);
        copy._cookiesNow = [.. _cookiesNow];
        copy._cookiesBefore = [.. _cookiesBefore];
        copy.SentCookies = new Dictionary<Flow, SentCookie>(SentCookies);
        return copy;
    }

    /// <summary>The frame becomes an event of the engine's; others end at the port.</summary>
    public bool Reaches(byte[] frame, bool bad) => !bad && frame.Length >= 14 && frame.Length <= Settings.MaximumFrame;

    /// <summary>Time goes on, and time-outs that are due fire.</summary>
    public void AdvanceTo(ulong microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microseconds, Time);
        Time = microseconds;
        FollowPeriod();
        FollowHeart();
        if (!Settings.Enabled)
        {
            return;
        }

        foreach (Connection connection in Table.Values.ToList())
        {
            if (connection.LimitedSince is uint since && !Limits(since))
            {
                connection.LimitedSince = null;
            }

            if (connection.Deadline is uint deadline && !Circle.Before(Tick, deadline))
            {
                TimeOut(connection);
            }
        }
    }

    /// <summary>A frame from the net port.</summary>
    public void FromNet(byte[] frame, bool bad = false)
    {
        Count("net_frames_received");
        if (!Reaches(frame, bad))
        {
            Count("net_dropped_length");
            return;
        }

        Segment? segment = Settings.Enabled ? Segment.Parse(frame, fromNet: true) : null;
        if (segment is null || Passes(segment))
        {
            Count("net_frames_passed");
            ToHost(frame, segment is not null && WaitsForRelease(segment) ? Way.Behind : Way.Passed);
            return;
        }

        Count("net_frames_consumed");
    }

    /// <summary>A frame from the host port: what belongs to a connection of the engine's goes no further.</summary>
    public void FromHost(byte[] frame, bool bad = false)
    {
        Count("host_frames_received");
        if (!Reaches(frame, bad))
        {
            Count("host_dropped_length");
        }
        else if (Settings.Enabled && Segment.Parse(frame, fromNet: false) is Segment segment
            && Table.TryGetValue(segment.Flow, out Connection? connection) && !HostSends(connection, segment))
        {
            Count("host_frames_consumed");
        }
        else
        {
            Count("host_frames_passed");
            ToNet(frame, Way.Passed);
        }
    }

    private void ToNet(byte[] frame, Way way)
    {
        _output.Net.Add(frame);
        _output.NetWays.Add(way);
    }

    private void ToHost(byte[] frame, Way way)
    {
        _output.Host.Add(frame);
        _output.HostWays.Add(way);
    }

    private void Count(string counter, int count = 1)
    {
        ulong before = Counters[counter]; // Throws for a name that the register map does not have.
        Counters[counter] = fault == Fault.LosesCount && counter == "unsolicited_acks_limited" ? before : before + (uint)count;
    }

    /// <summary>The segments of a connection follow what a RELEASE gave; ICMP errors that quote it, and frames for another MAC, pass at once.</summary>
    private bool WaitsForRelease(Segment segment)
    {
        int slot = Table.TryGetValue(segment.Flow, out Connection? connection) ? connection.Listener : FindListener(segment.Flow);
        return segment.IcmpType is null && slot >= 0 && segment.DestinationMac == Settings.Listeners[slot].Mac && _drained.Contains(segment.Flow);
    }

    /// <summary>True: the frame is not for the engine and goes to the host. Otherwise it has been dealt with.</summary>
    private bool Passes(Segment segment)
    {
        Table.TryGetValue(segment.Flow, out Connection? connection);
        if (segment.IcmpType is not null)
        {
            ArrivesError(connection, segment);
            return true;
        }

        int slot = connection?.Listener ?? FindListener(segment.Flow);
        if (slot < 0 || segment.DestinationMac != Settings.Listeners[slot].Mac)
        {
            return true;
        }

        if (Refusal(segment) is string refusal)
        {
            if (connection?.Owner == Owner.Host)
            {
                return true; // Its kernel judges for itself.
            }

            Count(refusal);
            return false;
        }

        if (connection is null)
        {
            return ArrivesUnknown(slot, Settings.Listeners[slot], segment);
        }

        if (connection.Owner is Owner.Draining or Owner.Held)
        {
            if (connection.Owner == Owner.Draining && fault == Fault.DrainingPasses)
            {
                return true;
            }

            if (IsAcceptable(connection, segment) || fault == Fault.HoldsAnySequence)
            {
                Park(connection, segment);
            }
            else
            {
                Count("sequence_unacceptable");
            }

            return fault == Fault.HeldPasses;
        }

        if (connection.State == State.TimeWait && segment.Has(TcpFlags.Syn))
        {
            ArrivesSynInTimeWait(connection, segment);
            return false;
        }

        if (connection.Owner == Owner.Host)
        {
            NetSends(connection, segment);
            return true;
        }

        return Arrives(connection, segment);
    }

    /// <summary>A7: only the SYN's own number tells a real error from a guess; and even then the open goes on (RFC 5927 4).</summary>
    private void ArrivesError(Connection? connection, Segment segment)
    {
        if (connection is not { Owner: Owner.Engine, State: State.SynSent } || segment.Seq != connection.Iss
            || segment.BadIpChecksum || segment.BadTcpChecksum)
        {
            return;
        }

        Count("icmp_errors");
        if (fault == Fault.ErrorsEndOpens)
        {
            Free(connection, Ending.Refused, "closed_refused");
            return;
        }

        Tell(connection, Ending.None, error: segment);
    }

    /// <summary>The listener that names the port, else the one that stands for all ports of the address; -1 for none.</summary>
    private int FindListener(Flow flow)
    {
        foreach (bool anyPort in new[] { false, true })
        {
            for (int slot = 0; slot < Settings.Listeners.Count; slot++)
            {
                EndPoint listener = Settings.Listeners[slot];
                if (listener.Enabled && listener.Address == flow.LocalAddress && listener.Tagged == flow.Tagged && listener.Vlan == flow.Vlan
                    && listener.AnyPort == anyPort && (anyPort || listener.Port == flow.LocalPort))
                {
                    return slot;
                }
            }
        }

        return -1;
    }

    private static string? Refusal(Segment segment)
    {
        if (segment.Malformed)
        {
            return "dropped_malformed";
        }

        if (segment.BadIpChecksum)
        {
            return "dropped_ip_checksum";
        }

        if (segment.BadTcpChecksum)
        {
            return "dropped_tcp_checksum";
        }

        bool syn = segment.Has(TcpFlags.Syn);
        if ((syn && segment.Has(TcpFlags.Fin | TcpFlags.Rst)) || !segment.Has(TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin))
        {
            return "dropped_flags";
        }

        if (segment.BadAddress)
        {
            return "dropped_address";
        }

        return segment.Flow.LocalAddress == segment.Flow.RemoteAddress ? "dropped_land" : null;
    }

    private EndPoint ListenerOf(Connection connection) => Settings.Listeners[connection.Listener];
}
