using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>What the host asks for (3.10.1, 3.10.4, 3.10.5, and the owners), and what time brings.</summary>
internal sealed partial class TcpModel
{
    /// <summary>A command, with the entry as it stood afterwards; null where there was none.</summary>
    public (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null)
    {
        Arguments arguments = with ?? Arguments.None;
        if (order == Order.Flush)
        {
            foreach (Connection flushed in Table.Values.ToList())
            {
                Flush(flushed, arguments);
            }

            return (OrderStatus.Ok, null);
        }

        if (!Enum.IsDefined(order))
        {
            return (OrderStatus.Invalid, null);
        }

        Table.TryGetValue(flow, out Connection? connection);
        if (order == Order.Open)
        {
            OrderStatus opened = Open(ref connection, flow, arguments);
            return (opened, connection?.ToImage());
        }

        if (connection is null || (order != Order.Read && connection.Created != (arguments.Created & 0xFFFF_FFFF_FFFF)))
        {
            return (OrderStatus.Gone, null);
        }

        bool done = order switch
        {
            Order.Close => Close(connection),
            Order.Abort => Abort(connection),
            Order.Hold => Hold(connection),
            Order.Release => Release(connection, arguments),
            Order.Take => Take(connection, arguments),
            _ => true,
        };
        return (done ? OrderStatus.Ok : OrderStatus.WrongState, connection.ToImage());
    }

    /// <summary>A1.</summary>
    private OrderStatus Open(ref Connection? connection, Flow flow, Arguments arguments)
    {
        if (!Settings.Enabled)
        {
            return OrderStatus.WrongState;
        }

        if (connection is not null)
        {
            return OrderStatus.Exists;
        }

        if (arguments.Listener >= Settings.Listeners.Count)
        {
            return OrderStatus.Invalid;
        }

        if (Table.Count >= Settings.Capacity)
        {
            return OrderStatus.Full;
        }

        EndPoint listener = Settings.Listeners[arguments.Listener];
        ulong hash = Keyed(flow);
        uint iss = InitialSequenceNumber(hash);
        connection = new Connection
        {
            Flow = flow,
            Listener = arguments.Listener,
            Epoch = Settings.Epoch,
            Created = Time & 0xFFFF_FFFF_FFFF,
            RemoteMac = arguments.RemoteMac,
            State = State.SynSent,
            Origin = Origin.Open,
            Iss = iss,
            SndUna = iss,
            SndNxt = iss + 1,
            OurWindow = listener.Window,
            OurScale = listener.WindowScaling ? Math.Min(listener.WindowScale, (byte)14) : null,
            Mss = (ushort)(flow.IsIPv6 ? 1220 : 536),
            Sack = listener.Sack,
            Timestamps = listener.Timestamps,
            TsOffset = listener.Timestamps ? (uint)(hash >> 32) : 0,
        };
        StartTimer(connection);
        Table.Add(flow, connection);
        SendSyn(connection);
        return OrderStatus.Ok;
    }

    /// <summary>F1, F4: CLOSE sends FIN; in SYN-SENT it ends the open.</summary>
    private bool Close(Connection connection)
    {
        if (connection.Owner != Owner.Engine)
        {
            return false;
        }

        switch (connection.State)
        {
            case State.SynSent:
                Free(connection, Ending.Aborted, "closed_aborted");
                return true;
            case State.SynReceived:
                connection.SndUna = connection.Iss;
                connection.SndWl1 = connection.Irs;
                connection.State = State.FinWait1;
                break;
            case State.Established:
                connection.State = State.FinWait1;
                break;
            case State.CloseWait:
                connection.State = State.LastAck;
                break;
            default:
                return false;
        }

        SendAck(connection, Unprompted(connection), TcpFlags.Fin);
        connection.SndNxt++;
        StartTimer(connection);
        return true;
    }

    /// <summary>F10: ABORT sends RST, except where the peer has nothing left to reset (3.10.5).</summary>
    private bool Abort(Connection connection)
    {
        if (connection.Owner == Owner.Draining)
        {
            return false;
        }

        if (connection.State is (State.SynReceived or State.Established or State.FinWait1 or State.FinWait2 or State.CloseWait) && fault != Fault.SilentAbort)
        {
            SendReset(connection);
        }

        Free(connection, Ending.Aborted, "closed_aborted");
        return true;
    }

    /// <summary>Whether a FLUSH is about this connection.</summary>
    public static bool IsFlushed(Connection connection, Arguments arguments) => arguments.All || connection.Listener == arguments.Listener;

    /// <summary>A FLUSH comes to this entry.</summary>
    public void Flush(Connection connection, Arguments arguments)
    {
        if (IsFlushed(connection, arguments))
        {
            Free(connection, Ending.Flushed, "closed_flushed");
        }
    }

    private bool Release(Connection connection, Arguments arguments)
    {
        if (!BeginRelease(connection.Flow, arguments))
        {
            return false;
        }

        Drained(connection.Flow, arguments);
        return true;
    }

    private bool Hold(Connection connection)
    {
        if (connection is not { Owner: Owner.Host, State: State.Established or State.CloseWait })
        {
            return false;
        }

        connection.Owner = Owner.Held;
        StartTimer(connection, Settings.AdoptionTimeout);
        Count("held");
        return true;
    }

    /// <summary>
    /// A RELEASE as the engine does it: a pure ACK, and the entry drains; the other half is <see cref="Drained"/>. False: there is nothing to
    /// release, and nothing has happened.
    /// </summary>
    public bool BeginRelease(Flow flow, Arguments arguments)
    {
        if (!Table.TryGetValue(flow, out Connection? connection) || connection.Created != (arguments.Created & 0xFFFF_FFFF_FFFF)
            || connection.Owner is not (Owner.Parked or Owner.Held))
        {
            return false;
        }

        Count("released");
        TellHost(connection);
        connection.Owner = Owner.Draining;
        connection.Deadline = null;
        return true;
    }

    /// <summary>
    /// What is parked has gone to the host, oldest first, and the host is the owner, or nobody is. Or not all of it, for more was parked meanwhile:
    /// then <paramref name="rcvNxt"/> is what the engine made of RCV.NXT, which tells how much. Null: no number of frames leads there.
    /// </summary>
    public Image? Drained(Flow flow, Arguments arguments, uint? rcvNxt = null)
    {
        if (!Table.TryGetValue(flow, out Connection? connection) || connection.Owner != Owner.Draining)
        {
            return null;
        }

        int most = rcvNxt is null ? connection.Waiting.Count : connection.Waiting.Count - 1;
        int given = rcvNxt is null ? most : most + 1;
        while (rcvNxt is not null && --given >= 0 && EndOf(connection, given) != rcvNxt)
        {
        }

        if (given < 0 || given > most)
        {
            return null;
        }

        if (fault == Fault.DrainingOnlyOnce && rcvNxt is null && _drained.Contains(flow))
        {
            connection.Waiting.Clear();
            given = 0;
        }

        IEnumerable<Parked> frames = connection.Waiting.Take(given);
        frames = fault == Fault.DrainsBackwards ? frames.Reverse() : frames;
        foreach (Parked parked in frames)
        {
            ToHost(parked.Frame, Way.Own);
        }

        Count("unparked", given);
        uint end = EndOf(connection, given);
        if (end != connection.RcvNxt)
        {
            connection.PeerFin |= connection.Waiting.Take(given).Any(parked => parked.Fin) && fault != Fault.ForgetsParkedFin;
            connection.RcvNxt = end;
        }

        connection.Waiting.RemoveRange(0, given);
        _drained.Add(flow);
        if (rcvNxt is not null)
        {
            return connection.ToImage();
        }

        if (arguments.Forget)
        {
            Free(connection, Ending.Forgotten, null);
        }
        else
        {
            connection.Owner = Owner.Host;
            StartIdle(connection);
        }

        return connection.ToImage();
    }

    /// <summary>RCV.NXT once so many of the parked frames have gone to the host.</summary>
    public static uint EndOf(Connection connection, int given)
    {
        if (given == 0)
        {
            return connection.RcvNxt;
        }

        uint end = connection.Waiting.Take(given).Aggregate(connection.Waiting[0].End, (highest, parked) => Circle.Before(highest, parked.End) ? parked.End : highest);
        return Circle.After(end, connection.RcvNxt) ? end : connection.RcvNxt;
    }

    private bool Take(Connection connection, Arguments arguments)
    {
        if (connection.Owner != Owner.Held)
        {
            return false;
        }

        connection.Owner = Owner.Engine;
        connection.Origin = Origin.Take;
        connection.State = arguments.PeerClosed ? State.CloseWait : State.Established;
        connection.SndUna = connection.SndNxt = arguments.TakeSndNxt;
        connection.RcvNxt = fault == Fault.TakeKeepsRcvNxt ? connection.RcvNxt : arguments.TakeRcvNxt;
        connection.OurWindow = arguments.TakeWindow;
        connection.TsOffset = connection.Timestamps ? arguments.TakeTsVal - Tick : connection.TsOffset;
        connection.PeerFin = false;
        connection.Deadline = null;
        connection.Retries = 0;
        Count("taken");
        Count("park_discarded", connection.Waiting.Count);
        connection.Waiting.Clear();
        return true;
    }

    private void StartTimer(Connection connection) => StartTimer(connection, Settings.RtoInitial);

    private void StartTimer(Connection connection, uint ticks)
    {
        connection.Deadline = Tick + ticks + 1;
        connection.Retries = 0;
    }

    private void StartIdle(Connection connection)
    {
        connection.Deadline = Settings.WatchIdle == 0 ? null : Tick + Settings.WatchIdle + 1;
        connection.Retries = 0;
    }

    private void StartTimeWait(Connection connection)
    {
        connection.State = State.TimeWait;
        StartTimer(connection, Settings.TimeWait);
    }

    /// <summary>What is due: P8, A5, F6 again and later, until it is given up; and the times of states and owners.</summary>
    private void TimeOut(Connection connection)
    {
        if (connection.Owner is Owner.Parked or Owner.Held)
        {
            SendReset(connection);
            Free(connection, Ending.NotAdopted, "closed_not_adopted");
            return;
        }

        if (connection.State == State.TimeWait)
        {
            Free(connection, Ending.Normal, "closed_normal");
            return;
        }

        if (connection.Owner == Owner.Host)
        {
            Free(connection, Ending.Idle, "closed_idle");
            return;
        }

        int limit = connection.State switch
        {
            State.FinWait2 => 0,
            State.SynSent => Settings.SynRetries,
            State.SynReceived => Settings.SynAckRetries,
            _ => Settings.OrphanRetries,
        };
        limit += fault == Fault.GivesUpLate && connection.State != State.FinWait2 ? 1 : 0;
        if (connection.State == State.FinWait2 || connection.Retries >= limit)
        {
            Free(connection, Ending.TimedOut, "closed_timed_out");
            return;
        }

        connection.Retries++;
        int shift = fault == Fault.NoBackOff ? 0 : connection.Retries;
        connection.Deadline = Tick + (uint)Math.Min((ulong)Settings.RtoInitial << shift, Settings.RtoMax) + 1;
        SendAgain(connection);
    }

    private void SendAgain(Connection connection)
    {
        bool unanswered = connection.State == State.FinWait1 && connection.SndUna == connection.Iss && connection.Origin != Origin.Take;
        if (connection.State == State.SynSent)
        {
            Count("syn_timeouts");
            SendSyn(connection);
        }
        else if (connection.State == State.SynReceived || (unanswered && fault != Fault.FinBeforeSynAck))
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
}
