using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>Options of a SYN or SYN,ACK; what is null or false is not sent.</summary>
internal sealed record Agreement
{
    public ushort Mss { get; init; }

    public bool Sack { get; init; }

    public Stamps? Stamps { get; init; }

    public byte? Scale { get; init; }

    /// <summary>In Linux's order.</summary>
    public byte[] ToOptions()
    {
        TcpOptions options = new TcpOptions().Mss(Mss);
        if (Stamps is Stamps stamps)
        {
            _ = Sack ? options.SackPermitted() : options.Nop().Nop();
            options.Timestamps(stamps.Value, stamps.Echo);
        }
        else if (Sack)
        {
            options.Nop().Nop().SackPermitted();
        }

        if (Scale is byte scale)
        {
            options.Nop().Scale(scale);
        }

        return options.ToArray();
    }
}

/// <summary>What leaves the engine: segments, events, the end of a connection.</summary>
internal sealed partial class TcpModel
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
        SourceMac = ListenerOf(connection).Mac,
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
        ToNet(frame.ToBytes(), Way.Own);
    }

    private void SendReset(Segment segment, uint seq) => Send(Swapped(segment) with { Flags = TcpFlags.Rst, Seq = seq, Window = 0 });

    private void SendReset(Connection connection) => Send(Unprompted(connection) with { Flags = TcpFlags.Rst, Seq = connection.SndNxt, Window = 0 });

    private void SendAck(Connection connection, TcpFrame frame, TcpFlags more = TcpFlags.None, uint back = 0) => Send(frame with
    {
        Flags = TcpFlags.Ack | more,
        Seq = connection.SndNxt - back,
        Ack = connection.RcvNxt,
        Window = connection.OurWindow,
        Options = connection.Timestamps ? TcpOptions.Stamp(Tick + connection.TsOffset, connection.TsRecent) : default,
    });

    /// <summary>3.10.7.4 for the host, as if from the peer: where the connection stands.</summary>
    private void TellHost(Connection connection)
    {
        if (fault == Fault.ReleasesSilently)
        {
            return;
        }

        ToHost(new TcpFrame
        {
            DestinationMac = ListenerOf(connection).Mac,
            SourceMac = connection.RemoteMac,
            Tag = connection.Flow.Tagged ? connection.Flow.Vlan : null,
            Source = connection.Flow.RemoteAddress,
            Destination = connection.Flow.LocalAddress,
            SourcePort = connection.Flow.RemotePort,
            DestinationPort = connection.Flow.LocalPort,
            HopLimit = Settings.HopLimit,
            TrafficClass = (byte)(Settings.Dscp << 2),
            Flags = TcpFlags.Ack,
            Seq = connection.RcvNxt,
            Ack = connection.SndNxt,
            Window = connection.PeerWindow,
            Options = connection.Timestamps ? TcpOptions.Stamp(connection.TsRecent, Tick + connection.TsOffset) : default,
        }.ToBytes(), Way.Own);
    }

    /// <summary>A1: what the end point has is offered.</summary>
    private void SendSyn(Connection connection)
    {
        Count("syn_sent");
        Send(Unprompted(connection) with
        {
            Flags = TcpFlags.Syn,
            Seq = connection.Iss,
            Ack = 0,
            Window = connection.OurWindow,
            Options = Agreed(connection).ToOptions(),
        });
    }

    /// <summary>O1: only what the SYN offered, and MSS always.</summary>
    private void SendSynAck(Connection connection, TcpFrame frame)
    {
        Count("syn_ack_sent");
        Send(frame with
        {
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Seq = connection.Iss,
            Ack = connection.RcvNxt,
            Window = connection.OurWindow,
            Options = Agreed(connection).ToOptions(),
        });
    }

    private Agreement Agreed(Connection connection) => new()
    {
        Mss = ListenerOf(connection).Mss,
        Sack = connection.Sack,
        Stamps = connection.Timestamps ? new Stamps(Tick + connection.TsOffset, connection.TsRecent) : null,
        Scale = connection.OurScale,
    };

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

    private void Free(Connection connection, Ending ending, string? counter, bool established = false)
    {
        Table.Remove(connection.Flow);
        Count("park_discarded", connection.Waiting.Count);
        connection.Waiting.Clear();
        connection.State = State.Closed;
        connection.Deadline = null;
        if (counter is not null)
        {
            Count(counter);
        }

        Tell(connection, ending, established);
    }

    private void Tell(Connection connection, Ending ending, bool established = false, bool peerClosed = false, Segment? error = null)
    {
        Count("events_queued");
        Image image = connection.ToImage("event");
        image["established"] = established ? 1u : 0;
        image["peer_closed"] = peerClosed ? 1u : 0;
        image["closed"] = ending == Ending.None ? 0u : 1;
        image["icmp_error"] = error is null ? 0u : 1;
        image["icmp_type"] = error?.IcmpType ?? 0u;
        image["icmp_code"] = error?.IcmpCode ?? 0u;
        image["reason"] = (uint)ending;
        image["time"] = Time & 0xFFFF_FFFF_FFFF;
        _output.Events.Add(image);
    }
}
