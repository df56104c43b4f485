using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>Segments that no connection knows (3.10.7.1, 3.10.7.2), and SYNs that find TIME-WAIT (3.6.1).</summary>
internal sealed partial class TcpModel
{
    /// <summary>True: it goes to the host.</summary>
    private bool ArrivesUnknown(int slot, EndPoint listener, Segment segment)
    {
        bool opens = segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Ack);
        switch (listener.Action)
        {
            case Reception.Drop:
                Count("dropped_listener");
                return false;
            case Reception.Reset:
                ResetUnknown(segment);
                return false;
            case Reception.Accept when opens:
                return ArrivesSyn(slot, listener, segment);
        }

        bool mayBeCookie = segment.Has(TcpFlags.Ack) && !segment.Has(TcpFlags.Syn | TcpFlags.Rst) && AcksAreCookies && HostAlive
            && (_cookiesNow.Contains(slot) || _cookiesBefore.Contains(slot) || fault == Fault.CookieNeverSent);
        if (mayBeCookie)
        {
            if (FromCookie(slot, listener, segment) is Connection connection)
            {
                return ArrivesCookie(connection, listener, segment);
            }

            Count("cookies_refused");
        }

        if (!listener.ResetUnknown)
        {
            return fault != Fault.KeepsUnknown;
        }

        ResetUnknown(segment);
        return false;
    }

    private bool ArrivesSyn(int slot, EndPoint listener, Segment syn)
    {
        if (!HostAlive)
        {
            Count("host_lost_refused");
            if (listener.HostLost == HostLost.Reset)
            {
                ResetUnknown(syn);
            }

            return listener.HostLost == HostLost.Pass;
        }

        if (SynsAreCookies)
        {
            SendCookie(slot, listener, syn);
        }
        else if (Table.Count >= Settings.Capacity)
        {
            Count("table_full");
        }
        else
        {
            ulong hash = SynHash(syn);
            Connection connection = FromSyn(slot, listener, syn, hash, InitialSequenceNumber(hash));
            Table.Add(syn.Flow, connection);
            Count("syn_received");
            SendSynAck(connection, Swapped(syn));
        }

        return false;
    }

    /// <summary>P1: what a SYN makes.</summary>
    private Connection FromSyn(int slot, EndPoint listener, Segment syn, ulong hash, uint iss)
    {
        bool unasked = fault == Fault.OffersUnasked;
        bool scaling = (syn.Scale is not null || unasked) && listener.WindowScaling;
        bool timestamps = syn.Stamps is not null && listener.Timestamps;
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
            PeerWindow = WindowOfSyn(syn, scaling ? syn.Scale : null),
            OurWindow = listener.Window,
            PeerScale = scaling ? syn.Scale ?? 0 : null,
            OurScale = scaling ? Math.Min(listener.WindowScale, (byte)14) : null,
            Mss = syn.Mss ?? (ushort)(fault == Fault.WrongDefaultMss ? 1460 : syn.Flow.IsIPv6 ? 1220 : 536),
            Sack = (syn.SackPermitted || unasked) && listener.Sack,
            Timestamps = timestamps,
            TsRecent = timestamps ? syn.Stamps!.Value.Value : 0,
            TsRecentAge = timestamps ? Age : (ushort)0,
            TsOffset = timestamps ? (uint)(hash >> 32) : 0,
        };
        StartTimer(connection);
        return connection;
    }

    /// <summary>K1: the ACK of a cookie makes a connection at once, where there is room for it.</summary>
    private bool ArrivesCookie(Connection connection, EndPoint listener, Segment segment)
    {
        if (IsBacklogFull(connection.Listener, listener))
        {
            Count("accept_overflows");
            return false;
        }

        if (Table.Count >= Settings.Capacity)
        {
            Count("cookies_no_room");
            if (fault == Fault.FullResets)
            {
                SendReset(segment, segment.Ack);
            }

            return false;
        }

        Table.Add(connection.Flow, connection);
        Count("cookies_accepted");
        OpenUp(connection);
        Tell(connection, Ending.None, established: true);
        if (listener.Adopt)
        {
            if (segment.DataLength > 0 || segment.Has(TcpFlags.Fin))
            {
                Park(connection, segment);
            }
        }
        else if (segment.DataLength > 0)
        {
            Count("data_dropped");
        }

        return false;
    }

    private bool IsBacklogFull(int slot, EndPoint listener) =>
        listener.Adopt && fault != Fault.NoBacklog
        && Table.Values.Count(connection => connection.Owner == Owner.Parked && connection.Listener == slot) >= listener.Backlog;

    /// <summary>In whatever way a connection opened: who has it now?</summary>
    private void OpenUp(Connection connection)
    {
        connection.State = State.Established;
        connection.Retries = 0;
        connection.Deadline = null;
        connection.Owner = Owner.Engine;
        if (ListenerOf(connection).Adopt)
        {
            connection.Owner = Owner.Parked;
            StartTimer(connection, Settings.AdoptionTimeout);
        }

        Count("established");
    }

    /// <summary>F9: a SYN that is newer by RFC 6191 2 begins anew; another draws an ACK.</summary>
    private void ArrivesSynInTimeWait(Connection old, Segment syn)
    {
        int slot = FindListener(syn.Flow);
        bool begins = !syn.Has(TcpFlags.Ack) && slot == old.Listener && Settings.Listeners[slot].Action == Reception.Accept && HostAlive
            && IsNewer(old, Settings.Listeners[slot], syn) && fault != Fault.NoReuse;
        if (!begins)
        {
            SendUnsolicitedAck(old, syn);
            return;
        }

        ulong hash = SynHash(syn);
        uint first = InitialSequenceNumber(hash);
        uint least = old.SndNxt + 65537;
        uint iss = Circle.Before(first, least) && fault != Fault.ReusesBelow ? least : first;
        Connection connection = FromSyn(slot, Settings.Listeners[slot], syn, hash, iss);
        connection.Reused = true;
        connection.SndUna = old.SndNxt;
        connection.SndWl1 = old.RcvNxt;
        Table[syn.Flow] = connection;
        Count("syn_received");
        Count("time_wait_reused");
        SendSynAck(connection, Swapped(syn));
    }

    /// <summary>Never scaled as it comes (RFC 7323 2.2); kept in the units of the segments that follow.</summary>
    private ushort WindowOfSyn(Segment syn, byte? scale) => (ushort)(syn.Window >> (fault == Fault.KeepsWindowOfSyn ? 0 : scale ?? 0));

    private bool IsNewer(Connection old, EndPoint listener, Segment syn)
    {
        bool after = Circle.After(syn.Seq, old.RcvNxt) || fault == Fault.AnySynIsNewer;
        if (syn.Stamps is not Stamps stamps || !listener.Timestamps)
        {
            return after;
        }

        if (!old.Timestamps)
        {
            return true;
        }

        // A TS.Recent that is outdated says nothing (RFC 7323 5.5).
        return stamps.Value == old.TsRecent ? after : !IsStale(old, stamps);
    }

    private bool IsStale(Connection connection, Stamps stamps) =>
        IsBefore(stamps.Value, connection.TsRecent) && ((ushort)(Age - connection.TsRecentAge) < 1932 || fault == Fault.StampsNeverAge);
}
