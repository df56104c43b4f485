using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>Commands of the host, numbered as the register map numbers them.</summary>
internal enum Order
{
    Open = 1,
    Close = 2,
    Abort = 3,
    Hold = 4,
    Release = 5,
    Take = 6,
    Read = 7,
    Flush = 8,
}

/// <summary>How a command ended.</summary>
internal enum OrderStatus
{
    Ok,
    Gone,
    Unsupported,
    Invalid,
}

/// <summary>What left the engine since it was last asked.</summary>
internal sealed class Output
{
    /// <summary>Frames at the net port: replies and what the host sent.</summary>
    public List<byte[]> Net { get; } = [];

    /// <summary>Frames at the host port.</summary>
    public List<byte[]> Host { get; } = [];

    /// <summary>Events in the layout `event`, their index 0.</summary>
    public List<Image> Events { get; } = [];
}

/// <summary>
/// The passive side of RFC 9293 as far as the engine's first version goes, for listeners that keep their connections: frames, time and
/// commands in; frames, events, entries and counters out. Rules P1-P8, P11, C1, C2, F4, F6, F10 (ABORT), S1-S5, O1-O8, I1-I3.
/// </summary>
internal sealed partial class PassiveTcp(Settings settings, Fault fault = Fault.None)
{
    private Output _output = new();

    /// <summary>What is configured now. Listeners of live connections keep their addresses.</summary>
    public Settings Settings { get; set; } = settings;

    /// <summary>Connections by what names them.</summary>
    public Dictionary<Flow, Connection> Table { get; } = [];

    /// <summary>Counters by the register map's names.</summary>
    public Dictionary<string, ulong> Counters { get; } = RegisterSource.Counters.ToDictionary(name => name, _ => 0ul);

    /// <summary>Microseconds since reset.</summary>
    public ulong Time { get; private set; }

    private uint Tick => (uint)(Time >> 10);

    /// <summary>Takes what left the engine since the last call.</summary>
    public Output TakeOutput()
    {
        Output output = _output;
        _output = new Output();
        return output;
    }

    /// <summary>Time goes on, and time-outs that are due fire (P8, F6).</summary>
    public void AdvanceTo(ulong microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microseconds, Time);
        Time = microseconds;
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
        if (bad || frame.Length < 14 || frame.Length > Settings.MaximumFrame)
        {
            Count("net_dropped_length");
            return;
        }

        Segment? segment = Settings.Enabled ? Segment.Parse(frame, fromNet: true) : null;
        if (segment is null || Passes(segment))
        {
            Count("net_frames_passed");
            _output.Host.Add(frame);
            return;
        }

        Count("net_frames_consumed");
    }

    /// <summary>A frame from the host port: what belongs to a connection of the engine's goes no further.</summary>
    public void FromHost(byte[] frame, bool bad = false)
    {
        Count("host_frames_received");
        if (bad || frame.Length < 14 || frame.Length > Settings.MaximumFrame)
        {
            Count("host_dropped_length");
        }
        else if (Settings.Enabled && Segment.Parse(frame, fromNet: false) is Segment segment && Table.ContainsKey(segment.Flow))
        {
            Count("host_frames_consumed");
        }
        else
        {
            Count("host_frames_passed");
            _output.Net.Add(frame);
        }
    }

    /// <summary>A command, with the entry as it stood afterwards; null where there was none.</summary>
    public (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, ulong created = 0, int listener = 0, bool all = false)
    {
        if (order == Order.Flush)
        {
            foreach (Connection flushed in Table.Values.Where(connection => all || connection.Listener == listener).ToList())
            {
                Free(flushed, Ending.Flushed, "closed_flushed");
            }

            return (OrderStatus.Ok, null);
        }

        if (order is not (Order.Read or Order.Close or Order.Abort))
        {
            return (Enum.IsDefined(order) ? OrderStatus.Unsupported : OrderStatus.Invalid, null);
        }

        if (!Table.TryGetValue(flow, out Connection? connection) || (order != Order.Read && connection.Created != (created & 0xFFFF_FFFF_FFFF)))
        {
            return (OrderStatus.Gone, null);
        }

        OrderStatus status = order switch
        {
            Order.Close => Close(connection),
            Order.Abort => Abort(connection),
            _ => OrderStatus.Ok,
        };
        return (status, connection.ToImage());
    }

    private void Count(string counter)
    {
        ulong count = Counters[counter]; // Throws for a name that the register map does not have.
        Counters[counter] = fault == Fault.LosesCount && counter == "unsolicited_acks_limited" ? count : count + 1;
    }

    /// <summary>True: the frame is not for the engine and goes to the host. Otherwise it has been dealt with.</summary>
    private bool Passes(Segment segment)
    {
        Table.TryGetValue(segment.Flow, out Connection? connection);
        int slot = connection?.Listener ?? FindListener(segment.Flow);
        if (slot < 0 || segment.DestinationMac != Settings.Listeners[slot].Mac)
        {
            return true;
        }

        if (Refusal(segment) is string refusal)
        {
            Count(refusal);
            return false;
        }

        if (connection is not null)
        {
            Arrives(connection, segment);
            return false;
        }

        return ArrivesUnknown(slot, Settings.Listeners[slot], segment);
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

    /// <summary>ISN's F and the timestamp offset: RFC 6528 3 with SipHash-2-4 over the four-tuple.</summary>
    private ulong Keyed(Flow flow)
    {
        Span<byte> message = stackalloc byte[36];
        BinaryPrimitives.WriteUInt128BigEndian(message, flow.LocalAddress);
        BinaryPrimitives.WriteUInt128BigEndian(message[16..], flow.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(message[32..], flow.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(message[34..], flow.RemotePort);
        return SipHash24.Of([.. Settings.IsnKey], message);
    }

    private uint InitialSequenceNumber(Flow flow)
    {
        uint clock = (uint)(Time >> 2);
        return Settings.IsnSource switch
        {
            IsnSource.Fixed when Settings.TestEnable => Settings.FixedIsn,
            IsnSource.Counter => clock,
            _ => fault == Fault.PredictableIsn ? clock : clock + (uint)Keyed(flow),
        };
    }
}
