using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>What the engine does by itself: segments, time-outs, commands, the end of a connection, events.</summary>
internal sealed partial class PassiveTcp
{
    /// <summary>A reply goes back the way the segment came, tag and all.</summary>
    private TcpFrame Swapped(Segment segment) => new()
    {
        DestinationMac = segment.SourceMac,
        SourceMac = segment.DestinationMac,
        Tag = segment.Flow.Tagged ? segment.Tag : null,
        Source = segment.Flow.LocalAddress,
        Destination = segment.Flow.RemoteAddress,
        SourcePort = segment.Flow.LocalPort,
        DestinationPort = segment.Flow.RemotePort,
        HopLimit = Settings.HopLimit,
        TrafficClass = (byte)(Settings.Dscp << 2),
    };

    /// <summary>A segment that answers none: to the MAC that the SYN came from, with priority 0.</summary>
    private TcpFrame Unprompted(Connection connection) => new()
    {
        DestinationMac = connection.RemoteMac,
        SourceMac = Settings.Listeners[connection.Listener].Mac,
        Tag = connection.Flow.Tagged ? connection.Flow.Vlan : null,
        Source = connection.Flow.LocalAddress,
        Destination = connection.Flow.RemoteAddress,
        SourcePort = connection.Flow.LocalPort,
        DestinationPort = connection.Flow.RemotePort,
        HopLimit = Settings.HopLimit,
        TrafficClass = (byte)(Settings.Dscp << 2),
    };

    private void Send(TcpFrame frame)
    {
        Count("frames_sent");
        _output.Net.Add(frame.ToBytes());
    }

    private void SendReset(Segment segment, uint seq) => Send(Swapped(segment) with { Flags = TcpFlags.Rst, Seq = seq, Window = 0 });

    private void SendAck(Connection connection, TcpFrame frame, TcpFlags more = TcpFlags.None, uint back = 0) => Send(frame with
    {
        Flags = TcpFlags.Ack | more,
        Seq = connection.SndNxt - back,
        Ack = connection.RcvNxt,
        Window = connection.OurWindow,
        Options = connection.Timestamps ? TcpOptions.Stamp(Tick + connection.TsOffset, connection.TsRecent) : default,
    });

    /// <summary>O1: only what the SYN offered, and MSS always, in Linux's order.</summary>
    private void SendSynAck(Connection connection, TcpFrame frame)
    {
        TcpOptions options = new TcpOptions().Mss(Settings.Listeners[connection.Listener].Mss);
        if (connection.Timestamps)
        {
            _ = connection.Sack ? options.SackPermitted() : options.Nop().Nop();
            options.Timestamps(Tick + connection.TsOffset, connection.TsRecent);
        }
        else if (connection.Sack)
        {
            options.Nop().Nop().SackPermitted();
        }

        if (connection.OurScale is byte scale)
        {
            options.Nop().Scale(scale);
        }

        Count("syn_ack_sent");
        Send(frame with
        {
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Seq = connection.Iss,
            Ack = connection.Irs + 1,
            Window = connection.OurWindow,
            Options = options.ToArray(),
        });
    }

    /// <summary>S5: one in each interval, the first always; kept by the connection itself.</summary>
    private bool TakesUnsolicitedAck(Connection connection)
    {
        if (connection.LimitedSince is uint since && Limits(since) && fault != Fault.NoAckLimit)
        {
            Count("unsolicited_acks_limited");
            return false;
        }

        connection.LimitedSince = Tick;
        return true;
    }

    private bool Limits(uint since) => ((Tick - since) & 0x3FFF) < Settings.AckInterval || fault == Fault.EndlessAckLimit;

    private void SendUnsolicitedAck(Connection connection, Segment segment)
    {
        if (TakesUnsolicitedAck(connection))
        {
            Count("unsolicited_acks_sent");
            SendAck(connection, Swapped(segment));
        }
    }

    /// <summary>P8, F6: again, twice as late, until it is given up.</summary>
    private void TimeOut(Connection connection)
    {
        bool opening = connection.State == State.SynReceived;
        int limit = (opening ? Settings.SynAckRetries : Settings.OrphanRetries) + (fault == Fault.GivesUpLate ? 1 : 0);
        if (connection.Retries >= limit)
        {
            Free(connection, Ending.TimedOut, "closed_timed_out");
            return;
        }

        connection.Retries++;
        int shift = fault == Fault.NoBackOff ? 0 : connection.Retries;
        connection.Deadline = Tick + (uint)Math.Min((ulong)Settings.RtoInitial << shift, Settings.RtoMax) + 1;
        if (opening)
        {
            Count("syn_ack_timeouts");
            SendSynAck(connection, Unprompted(connection));
        }
        else
        {
            Count("fin_timeouts");
            SendAck(connection, Unprompted(connection), TcpFlags.Fin, back: 1);
        }
    }

    /// <summary>F4: CLOSE in CLOSE-WAIT sends FIN (3.10.4). Other states come with a later version.</summary>
    private OrderStatus Close(Connection connection)
    {
        if (connection.State != State.CloseWait)
        {
            return OrderStatus.Unsupported;
        }

        connection.State = State.LastAck;
        SendAck(connection, Unprompted(connection), TcpFlags.Fin);
        connection.SndNxt++;
        connection.Deadline = Tick + Settings.RtoInitial + 1;
        connection.Retries = 0;
        return OrderStatus.Ok;
    }

    /// <summary>F10: ABORT sends RST, except where both sides have closed (3.10.5).</summary>
    private OrderStatus Abort(Connection connection)
    {
        if (connection.State != State.LastAck && fault != Fault.SilentAbort)
        {
            Send(Unprompted(connection) with { Flags = TcpFlags.Rst, Seq = connection.SndNxt, Window = 0 });
        }

        Free(connection, Ending.Aborted, "closed_aborted");
        return OrderStatus.Ok;
    }

    private void Free(Connection connection, Ending ending, string counter, bool established = false)
    {
        Table.Remove(connection.Flow);
        connection.State = State.Closed;
        connection.Deadline = null;
        Count(counter);
        Tell(connection, established, peerClosed: false, ending);
    }

    private void Tell(Connection connection, bool established, bool peerClosed, Ending ending)
    {
        Count("events_queued");
        Image image = connection.ToImage("event");
        image["established"] = established ? 1u : 0;
        image["peer_closed"] = peerClosed ? 1u : 0;
        image["closed"] = ending == Ending.None ? 0u : 1;
        image["reason"] = (uint)ending;
        image["time"] = Time & 0xFFFF_FFFF_FFFF;
        _output.Events.Add(image);
    }
}
