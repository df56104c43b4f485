using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>Connections that the host owns or is to own: frames that wait for it, and the state as both directions show it.</summary>
internal sealed partial class TcpModel
{
    /// <summary>
    /// Whether the engine gave the segment that comes now a slot; null where nobody looked. While a RELEASE drains, only the engine knows how far it
    /// is: of a retransmission then, whether what it repeats still waits.
    /// </summary>
    public bool? TookSlot { get; set; }

    /// <summary>P9: an exact retransmission takes no second place.</summary>
    private void Park(Connection connection, Segment segment)
    {
        bool fin = segment.Has(TcpFlags.Fin);
        bool again = (segment.DataLength > 0 || fin) && fault != Fault.ParksTwice
            && connection.Waiting.Any(parked => parked.Seq == segment.Seq && parked.DataLength == segment.DataLength && parked.Fin == fin)
            && !(connection.Owner == Owner.Draining && TookSlot == true);
        if (again)
        {
            Count("parked_again");
        }
        else if (ParkedFrames >= Settings.ParkSlots)
        {
            Count("park_full");
        }
        else
        {
            Count("parked");
            connection.Waiting.Add(new Parked(segment.Seq, segment.DataLength, fin, segment.Frame));
        }
    }

    /// <summary>A segment from the peer to the host.</summary>
    private void NetSends(Connection connection, Segment segment)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            return;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.Seq == connection.RcvNxt && connection.State != State.TimeWait)
            {
                Free(connection, Ending.ResetByPeer, "closed_reset");
            }

            return;
        }

        if (!segment.Has(TcpFlags.Ack))
        {
            return;
        }

        if (connection.State != State.TimeWait)
        {
            StartIdle(connection);
        }

        // A FIN that a pure ACK has overtaken comes when RCV.NXT is past it already, and so before the window.
        uint rcvNxt = connection.RcvNxt;
        uint end = segment.Seq + segment.Length;
        bool acceptable = IsAcceptable(connection, segment);
        bool overtaken = end == rcvNxt && fault != Fault.OverlooksOvertakenFin;
        if (segment.Has(TcpFlags.Fin) && fault != Fault.OverlooksPeerFin && ((acceptable && Circle.After(end, rcvNxt)) || overtaken))
        {
            connection.PeerFin |= connection.State is State.Established or State.FinWait1 or State.FinWait2;
        }

        if (!acceptable)
        {
            return;
        }

        if (Circle.After(end, rcvNxt))
        {
            connection.RcvNxt = end;
        }

        if (!Circle.After(segment.Ack, connection.SndNxt) && !Circle.Before(segment.Ack, connection.SndUna))
        {
            TakeAck(connection, segment);
        }

        if (connection.Timestamps && segment.Stamps is Stamps stamps && !Circle.After(segment.Seq, rcvNxt) && !IsStale(connection, stamps))
        {
            TakeStamps(connection, stamps);
        }

        if (segment.Ack == connection.SndNxt)
        {
            switch (connection.State)
            {
                case State.FinWait1:
                    connection.State = State.FinWait2;
                    break;
                case State.Closing:
                    StartTimeWait(connection);
                    break;
                case State.LastAck:
                    Free(connection, Ending.Normal, "closed_normal");
                    break;
            }
        }
    }

    /// <summary>A segment from the host. False: it goes no further, for the connection is the engine's.</summary>
    private bool HostSends(Connection connection, Segment segment)
    {
        if (connection.Owner is not (Owner.Host or Owner.Draining) || (connection.Owner == Owner.Draining && fault == Fault.DrainingCutsHostOff))
        {
            // The entry may stem from an old SYN of a connection that the host has and the engine forgot (P3).
            return connection is { State: State.SynReceived, Origin: Origin.Syn } && ListenerOf(connection).Adopt && fault != Fault.HostIsCutOff;
        }

        if (segment.Malformed || segment.Has(TcpFlags.Syn))
        {
            return true;
        }

        bool timeWait = connection.State == State.TimeWait;
        bool hosts = connection.Owner == Owner.Host;
        if (segment.Has(TcpFlags.Rst))
        {
            if (hosts && !timeWait)
            {
                Free(connection, Ending.Aborted, "closed_aborted");
            }

            return true;
        }

        uint end = segment.Seq + segment.Length;
        bool news = Circle.After(end, connection.SndNxt);
        if (news)
        {
            connection.SndNxt = end;
        }

        bool closed = false;
        if (segment.Has(TcpFlags.Ack))
        {
            connection.OurWindow = segment.Window;
            closed = connection.PeerFin && segment.Ack == connection.RcvNxt;
        }

        if (closed)
        {
            connection.PeerFin = false;
            Count("peer_closed");
            connection.State = connection.State switch
            {
                State.Established => State.CloseWait,
                State.FinWait1 => State.Closing,
                State.FinWait2 => State.TimeWait,
                State other => other,
            };
        }

        if ((news || end == connection.SndNxt) && segment.Has(TcpFlags.Fin) && fault != Fault.OverlooksHostFin)
        {
            connection.State = connection.State switch
            {
                State.Established => State.FinWait1,
                State.CloseWait => State.LastAck,
                State other => other,
            };
        }

        if (connection.State == State.TimeWait && !timeWait)
        {
            StartTimeWait(connection);
        }
        else if (hosts && !timeWait)
        {
            StartIdle(connection);
        }

        if (closed)
        {
            Tell(connection, Ending.None, peerClosed: true);
        }

        return true;
    }
}
