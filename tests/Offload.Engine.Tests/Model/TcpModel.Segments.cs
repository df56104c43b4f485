using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>What an arriving segment does to a connection of the engine's: RFC 9293 3.10.7.3 and 3.10.7.4, with RFC 5961 and RFC 7323.</summary>
internal sealed partial class TcpModel
{
    /// <summary>True: it goes to the host.</summary>
    private bool Arrives(Connection connection, Segment segment)
    {
        bool reset = segment.Has(TcpFlags.Rst);
        if (connection.State == State.SynSent)
        {
            ArrivesInSynSent(connection, segment);
            return false;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            ArrivesSyn(connection, segment);
            return false;
        }

        if (connection is { State: State.SynReceived, Origin: Origin.Syn } && ListenerOf(connection).Adopt && fault != Fault.ResetsForgotten
            && (reset ? segment.Seq != connection.RcvNxt : segment.Has(TcpFlags.Ack) && segment.Ack != connection.SndNxt))
        {
            return true; // P3, P6: it may be the host's, whose connection the engine forgot.
        }

        if (connection.State == State.TimeWait && reset && fault != Fault.TimeWaitDies)
        {
            return false; // F8
        }

        if (connection.Timestamps && !reset && !HasFreshTimestamps(connection, segment))
        {
            return false;
        }

        if (!IsAcceptable(connection, segment))
        {
            ArrivesOutside(connection, segment);
        }
        else if (reset)
        {
            ArrivesReset(connection, segment);
        }
        else if (!segment.Has(TcpFlags.Ack))
        {
            Count("ack_missing");
        }
        else if (connection.State == State.SynReceived)
        {
            ArrivesInSynReceived(connection, segment);
        }
        else
        {
            ArrivesInOpen(connection, segment);
        }

        return false;
    }

    /// <summary>3.10.7.3: A2, A3, A4, A6, P10.</summary>
    private void ArrivesInSynSent(Connection connection, Segment segment)
    {
        bool ack = segment.Has(TcpFlags.Ack);
        if (ack && segment.Ack != connection.SndNxt && fault != Fault.OpensOnAnyAck)
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                Count("open_resets_sent");
                SendReset(segment, segment.Ack);
            }
        }
        else if (segment.Has(TcpFlags.Rst))
        {
            if (ack || fault == Fault.RefusedByAnyReset)
            {
                Free(connection, Ending.Refused, "closed_refused");
            }
        }
        else if (segment.Has(TcpFlags.Syn))
        {
            ArrivesPeersSyn(connection, segment);
        }
    }

    private void ArrivesPeersSyn(Connection connection, Segment syn)
    {
        connection.Irs = syn.Seq;
        connection.RcvNxt = syn.Seq + 1;
        connection.SndWl1 = syn.Seq;
        connection.PeerScale = connection.OurScale is null ? null : syn.Scale;
        connection.PeerWindow = WindowOfSyn(syn, connection.PeerScale);
        connection.OurScale = connection.PeerScale is null && fault != Fault.ScalesAlone ? null : connection.OurScale;
        connection.Sack &= syn.SackPermitted;
        connection.Mss = syn.Mss ?? (ushort)(syn.Flow.IsIPv6 ? 1220 : 536);
        if (connection.Timestamps && syn.Stamps is Stamps stamps)
        {
            TakeStamps(connection, stamps);
        }
        else
        {
            connection.Timestamps = false;
            connection.TsOffset = 0;
        }

        if (syn.Has(TcpFlags.Ack))
        {
            connection.SndUna = syn.Ack;
            OpenUp(connection);
            SendAck(connection, Swapped(syn));
            Tell(connection, Ending.None, established: true);
        }
        else if (fault != Fault.NoSimultaneousOpen)
        {
            connection.State = State.SynReceived;
            StartTimer(connection);
            Count("simultaneous_opens");
            SendSynAck(connection, Swapped(syn));
        }
    }

    /// <summary>P4, S3: the same SYN again, or a challenge (RFC 5961 4).</summary>
    private void ArrivesSyn(Connection connection, Segment segment)
    {
        if (fault == Fault.IgnoresSyn)
        {
            return;
        }

        bool same = connection.State == State.SynReceived && !segment.Has(TcpFlags.Ack) && segment.Seq == connection.Irs;
        if (!same || fault == Fault.ForgetsTheSyn)
        {
            SendUnsolicitedAck(connection, segment);
            return;
        }

        Count("syn_repeated");
        if (TakesUnsolicitedAck(connection))
        {
            SendSynAck(connection, Swapped(segment));
        }
    }

    /// <summary>O7 and PAWS (RFC 7323 3.2, 5.3 R1).</summary>
    private bool HasFreshTimestamps(Connection connection, Segment segment)
    {
        if (segment.Stamps is not Stamps stamps)
        {
            if (fault == Fault.NeedsNoTimestamps)
            {
                return true;
            }

            Count("timestamp_missing");
            return false;
        }

        if (IsStale(connection, stamps) && fault != Fault.NoPaws)
        {
            Count("timestamp_rejected");
            SendUnsolicitedAck(connection, segment);
            return false;
        }

        return true;
    }

    /// <summary>
    /// S1: the four cases of 3.10.7.4, first. A SYN comes here only where it is held for the host, whose kernel answers it (S3); its own octet, which
    /// nobody takes, does not count.
    /// </summary>
    private bool IsAcceptable(Connection connection, Segment segment)
    {
        uint length = (uint)segment.DataLength + (segment.Has(TcpFlags.Fin) ? 1u : 0);
        uint window = connection.ReceiveWindow(fault == Fault.ScalesWindowOfSyn) + (fault == Fault.WindowTooLong ? 1u : 0);
        bool IsInside(uint number) =>
            fault == Fault.ForgetsToWrap
                ? number >= connection.RcvNxt && number < (ulong)connection.RcvNxt + window
                : number - connection.RcvNxt < window;
        return (length, window) switch
        {
            (0, 0) => segment.Seq == connection.RcvNxt,
            (0, _) => IsInside(segment.Seq),
            (_, 0) => false,
            _ => IsInside(segment.Seq) || IsInside(segment.Seq + length - 1),
        };
    }

    private void ArrivesOutside(Connection connection, Segment segment)
    {
        Count("sequence_unacceptable");
        if (!segment.Has(TcpFlags.Rst))
        {
            SendUnsolicitedAck(connection, segment);
        }

        if (connection.State == State.TimeWait && segment.Has(TcpFlags.Fin) && segment.Seq + segment.Length == connection.RcvNxt
            && fault != Fault.TimeWaitRunsOn)
        {
            StartTimeWait(connection); // F7
        }
    }

    /// <summary>P6, S2, F9: a reset in the window.</summary>
    private void ArrivesReset(Connection connection, Segment segment)
    {
        if (segment.Seq != connection.RcvNxt && fault != Fault.BlindReset)
        {
            SendUnsolicitedAck(connection, segment); // RFC 5961 3.2
        }
        else if (connection is { State: State.SynReceived, Reused: true } && fault != Fault.NotRestored)
        {
            connection.SndNxt = connection.SndUna;
            connection.RcvNxt = connection.SndWl1;
            connection.Owner = Owner.Engine;
            StartTimeWait(connection);
            Count("time_wait_restored");
        }
        else if (connection is { State: State.SynReceived, Origin: Origin.Open })
        {
            Free(connection, Ending.Refused, "closed_refused");
        }
        else
        {
            Free(connection, Ending.ResetByPeer, "closed_reset");
        }
    }

    private void ArrivesInSynReceived(Connection connection, Segment segment)
    {
        if (segment.Ack != connection.SndNxt && fault != Fault.AcceptsAnyAck)
        {
            Count("handshake_resets_sent");
            SendReset(segment, segment.Ack);
            return;
        }

        if (segment.Seq != connection.RcvNxt && fault != Fault.AcceptsAnySequence)
        {
            Count("handshake_sequence_dropped");
            return;
        }

        if (connection.Origin == Origin.Syn && IsBacklogFull(connection.Listener, ListenerOf(connection)))
        {
            Count("accept_overflows");
            return;
        }

        TakeAck(connection, segment, always: true);
        if (connection.Timestamps && segment.Stamps is Stamps stamps)
        {
            TakeStamps(connection, stamps);
        }

        OpenUp(connection);
        Deliver(connection, segment, established: true);
    }

    private void ArrivesInOpen(Connection connection, Segment segment)
    {
        if (Circle.After(segment.Ack, connection.SndNxt) && fault != Fault.AcceptsFutureAck)
        {
            Count("ack_unacceptable");
            SendUnsolicitedAck(connection, segment); // S4
            return;
        }

        int below = (int)(connection.SndUna - segment.Ack);
        if (below > 65535 << (connection.PeerScale ?? 0) && fault != Fault.AcceptsOldAck)
        {
            Count("ack_too_old"); // S4: RFC 5961 5
            return;
        }

        if (!Circle.Before(segment.Ack, connection.SndUna) || fault == Fault.AcceptsFutureAck)
        {
            TakeAck(connection, segment);
        }

        if (connection.Timestamps && segment.Stamps is Stamps stamps
            && (Circle.BeforeOrAt(segment.Seq, connection.RcvNxt) || fault == Fault.StampsFromTheFuture))
        {
            TakeStamps(connection, stamps); // RFC 7323 4.3: TS.Recent follows what reaches up to the last ACK sent.
        }

        if (segment.Ack == connection.SndNxt)
        {
            switch (connection.State)
            {
                case State.FinWait1:
                    connection.State = State.FinWait2;
                    StartTimer(connection, Settings.FinTimeout);
                    break;
                case State.Closing:
                    StartTimeWait(connection);
                    return;
                case State.LastAck:
                    Free(connection, Ending.Normal, "closed_normal");
                    return;
            }
        }

        Deliver(connection, segment, established: false);
    }

    private void TakeAck(Connection connection, Segment segment, bool always = false)
    {
        connection.SndUna = segment.Ack;
        if (always || !IsBefore(segment.Seq, connection.SndWl1) || fault == Fault.OldWindowUpdates)
        {
            connection.SndWl1 = segment.Seq;
            connection.PeerWindow = segment.Window;
        }
    }

    private void TakeStamps(Connection connection, Stamps stamps)
    {
        connection.TsRecent = stamps.Value;
        connection.TsRecentAge = Age;
    }

    /// <summary>What the segment carries, and what is told of it.</summary>
    private void Deliver(Connection connection, Segment segment, bool established)
    {
        bool closed = false;
        bool fin = segment.Has(TcpFlags.Fin);
        if (connection.Owner == Owner.Parked)
        {
            if (segment.DataLength > 0 || fin)
            {
                Park(connection, segment); // P9
            }
        }
        else if (segment.DataLength > 0)
        {
            if (RefusesData(connection, segment, established))
            {
                return;
            }
        }
        else if (fin && connection.State is (State.Established or State.FinWait1 or State.FinWait2))
        {
            closed = TakeFin(connection, segment);
        }

        if (established || closed)
        {
            Tell(connection, Ending.None, established, closed);
        }
    }

    /// <summary>P11, F12: data that nobody would read. True: the connection is gone.</summary>
    private bool RefusesData(Connection connection, Segment segment, bool established)
    {
        bool afterClose = (connection.State is State.FinWait1 or State.FinWait2 && fault != Fault.TakesDataAfterClose)
            || (connection.State == State.Established && connection.Origin == Origin.Take);
        if (afterClose || (connection.State == State.Established && ListenerOf(connection).ResetData))
        {
            if (afterClose)
            {
                Count("data_after_close");
            }

            SendReset(segment, connection.SndNxt);
            Free(connection, Ending.DataRefused, "closed_aborted", established);
            return true;
        }

        Count("data_dropped");
        if (fault == Fault.TakesData)
        {
            connection.RcvNxt += (uint)segment.DataLength;
        }

        SendUnsolicitedAck(connection, segment);
        return false;
    }

    /// <summary>F2-F5: the peer closes. False: not yet, something is missing before it.</summary>
    private bool TakeFin(Connection connection, Segment segment)
    {
        if (segment.Seq != connection.RcvNxt && fault != Fault.EarlyFin)
        {
            SendUnsolicitedAck(connection, segment);
            return false;
        }

        connection.RcvNxt++;
        Count("peer_closed");
        switch (connection.State)
        {
            case State.Established:
                connection.State = State.CloseWait;
                break;
            case State.FinWait1:
                connection.State = fault == Fault.ClosingForgotten ? State.TimeWait : State.Closing;
                break;
            default:
                StartTimeWait(connection);
                break;
        }

        if (fault != Fault.SilentFin)
        {
            SendAck(connection, Swapped(segment));
        }

        return true;
    }

    private bool IsBefore(uint a, uint b) => fault == Fault.ForgetsToWrap ? a < b : Circle.Before(a, b);
}
