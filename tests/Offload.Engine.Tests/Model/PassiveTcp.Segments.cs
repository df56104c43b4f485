using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>What an arriving segment does: RFC 9293 3.10.7, with RFC 5961 and RFC 7323.</summary>
internal sealed partial class PassiveTcp
{
    /// <summary>No connection knows the segment (CLOSED or LISTEN). True: it goes to the host.</summary>
    private bool ArrivesUnknown(int slot, EndPoint listener, Segment segment)
    {
        bool opens = segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Ack);
        switch (listener.Action)
        {
            case Reception.Drop:
                Count("dropped_listener");
                return false;
            case Reception.Accept when opens:
                Open(slot, listener, segment);
                return false;
            case Reception.Accept when !listener.ResetUnknown:
                return fault != Fault.KeepsUnknown;
            default:
                ResetUnknown(segment);
                return false;
        }
    }

    /// <summary>3.10.7.1: a closed port resets, but never answers a reset.</summary>
    private void ResetUnknown(Segment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        Count("unknown_resets_sent");
        if (segment.Has(TcpFlags.Ack))
        {
            SendReset(segment, segment.Ack);
        }
        else
        {
            uint length = fault == Fault.WrongResetLength ? (uint)segment.DataLength : segment.Length;
            Send(Swapped(segment) with { Flags = TcpFlags.Rst | TcpFlags.Ack, Ack = segment.Seq + length, Window = 0 });
        }
    }

    /// <summary>3.10.7.2, third: a SYN makes a connection.</summary>
    private void Open(int slot, EndPoint listener, Segment syn)
    {
        if (Table.Count >= Settings.Capacity)
        {
            Count("table_full");
            return;
        }

        bool unasked = fault == Fault.OffersUnasked;
        bool scaling = (syn.Scale is not null || unasked) && listener.WindowScaling;
        bool timestamps = syn.Stamps is not null && listener.Timestamps;
        uint iss = InitialSequenceNumber(syn.Flow);
        var connection = new Connection
        {
            Flow = syn.Flow,
            Listener = slot,
            Epoch = Settings.Epoch,
            Created = Time & 0xFFFF_FFFF_FFFF,
            RemoteMac = syn.SourceMac,
            Iss = iss,
            Irs = syn.Seq,
            SndUna = iss,
            SndNxt = iss + 1,
            RcvNxt = syn.Seq + 1,
            SndWl1 = syn.Seq,
            PeerWindow = syn.Window,
            OurWindow = listener.Window,
            PeerScale = scaling ? syn.Scale ?? 0 : null,
            OurScale = scaling ? Math.Min(listener.WindowScale, (byte)14) : null,
            Mss = syn.Mss ?? (ushort)(fault == Fault.WrongDefaultMss ? 1460 : syn.Flow.IsIPv6 ? 1220 : 536),
            Sack = (syn.SackPermitted || unasked) && listener.Sack,
            Timestamps = timestamps,
            TsRecent = timestamps ? syn.Stamps!.Value.Value : 0,
            TsOffset = timestamps ? (uint)(Keyed(syn.Flow) >> 32) : 0,
            Deadline = Tick + Settings.RtoInitial + 1,
        };
        Table.Add(syn.Flow, connection);
        Count("syn_received");
        SendSynAck(connection, Swapped(syn));
    }

    /// <summary>3.10.7.4: a segment for a connection.</summary>
    private void Arrives(Connection connection, Segment segment)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            ArrivesSyn(connection, segment);
            return;
        }

        bool reset = segment.Has(TcpFlags.Rst);
        if (connection.Timestamps && !reset && !HasFreshTimestamps(connection, segment))
        {
            return;
        }

        if (!IsAcceptable(connection, segment))
        {
            Count("sequence_unacceptable");
            if (!reset)
            {
                SendUnsolicitedAck(connection, segment);
            }
        }
        else if (reset)
        {
            if (segment.Seq == connection.RcvNxt || fault == Fault.BlindReset)
            {
                Free(connection, Ending.ResetByPeer, "closed_reset");
            }
            else
            {
                SendUnsolicitedAck(connection, segment); // RFC 5961 3.2
            }
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

        if (IsBefore(stamps.Value, connection.TsRecent) && fault != Fault.NoPaws)
        {
            Count("timestamp_rejected");
            SendUnsolicitedAck(connection, segment);
            return false;
        }

        return true;
    }

    /// <summary>S1: the four cases of 3.10.7.4, first.</summary>
    private bool IsAcceptable(Connection connection, Segment segment)
    {
        uint window = connection.ReceiveWindow(fault == Fault.ScalesWindowOfSyn) + (fault == Fault.WindowTooLong ? 1u : 0);
        bool IsInside(uint number) =>
            fault == Fault.ForgetsToWrap
                ? number >= connection.RcvNxt && number < (ulong)connection.RcvNxt + window
                : number - connection.RcvNxt < window;
        return (segment.Length, window) switch
        {
            (0, 0) => segment.Seq == connection.RcvNxt,
            (0, _) => IsInside(segment.Seq),
            (_, 0) => false,
            _ => IsInside(segment.Seq) || IsInside(segment.Seq + segment.Length - 1),
        };
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

        connection.State = State.Established;
        connection.SndUna = segment.Ack;
        connection.SndWl1 = segment.Seq;
        connection.PeerWindow = segment.Window;
        connection.Deadline = null;
        connection.Retries = 0;
        TakeTimestamp(connection, segment);
        Count("established");
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

        if (segment.Ack - connection.SndUna <= connection.SndNxt - connection.SndUna || fault == Fault.AcceptsFutureAck)
        {
            connection.SndUna = segment.Ack;
            if (!IsBefore(segment.Seq, connection.SndWl1) || fault == Fault.OldWindowUpdates)
            {
                connection.SndWl1 = segment.Seq;
                connection.PeerWindow = segment.Window;
            }
        }

        TakeTimestamp(connection, segment);
        if (connection.State == State.LastAck && segment.Ack == connection.SndNxt)
        {
            Free(connection, Ending.Normal, "closed_normal");
            return;
        }

        Deliver(connection, segment, established: false);
    }

    /// <summary>RFC 7323 4.3: TS.Recent follows what reaches up to the last ACK sent.</summary>
    private void TakeTimestamp(Connection connection, Segment segment)
    {
        if (connection.Timestamps && segment.Stamps is Stamps stamps
            && (Circle.BeforeOrAt(segment.Seq, connection.RcvNxt) || fault == Fault.StampsFromTheFuture))
        {
            connection.TsRecent = stamps.Value;
        }
    }

    /// <summary>P11 and F4: data that nobody would read, and the peer's FIN.</summary>
    private void Deliver(Connection connection, Segment segment, bool established)
    {
        bool closed = false;
        if (segment.DataLength > 0)
        {
            if (Settings.Listeners[connection.Listener].ResetData)
            {
                SendReset(segment, connection.SndNxt);
                Free(connection, Ending.DataRefused, "closed_aborted", established);
                return;
            }

            Count("data_dropped");
            if (fault == Fault.TakesData)
            {
                connection.RcvNxt += (uint)segment.DataLength;
            }

            SendUnsolicitedAck(connection, segment);
        }
        else if (segment.Has(TcpFlags.Fin) && connection.State == State.Established)
        {
            if (segment.Seq == connection.RcvNxt || fault == Fault.EarlyFin)
            {
                connection.State = State.CloseWait;
                connection.RcvNxt++;
                closed = true;
                Count("peer_closed");
                if (fault != Fault.SilentFin)
                {
                    SendAck(connection, Swapped(segment));
                }
            }
            else
            {
                SendUnsolicitedAck(connection, segment);
            }
        }

        if (established || closed)
        {
            Tell(connection, established, closed, Ending.None);
        }
    }

    private bool IsBefore(uint a, uint b) => fault == Fault.ForgetsToWrap ? a < b : Circle.Before(a, b);
}
