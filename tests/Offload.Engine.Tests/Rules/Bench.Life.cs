using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>What came of a step, as the checker read it; frames at the host port also as they are.</summary>
internal sealed record Outcome(OrderStatus Status, List<SentSegment> Net, List<byte[]> Host)
{
    /// <summary>The one segment that was sent, where nothing else happened.</summary>
    public SentSegment Only
    {
        get
        {
            Assert.Equal(OrderStatus.Ok, Status);
            Assert.Empty(Host);
            return Assert.Single(Net);
        }
    }
}

/// <summary>Active opens, owners, and the host's side of a connection.</summary>
internal sealed partial class Bench
{
    /// <summary>ISS of the connection, whoever opened it.</summary>
    public uint Una => (uint)Entry!["iss"];

    /// <summary>Our SND.NXT and RCV.NXT as the entry has them.</summary>
    public uint SndNxt => (uint)Entry!["snd_nxt"];

    public uint RcvNxt => (uint)Entry!["rcv_nxt"];

    public Owner OwnerNow => (Owner)(int)Entry!["owner"];

    /// <summary>The engine itself, for what this bench has no word for.</summary>
    public Target Target => _target;

    /// <summary>A command; the creation time is the entry's unless it is given.</summary>
    public Outcome Do(Order order, Arguments? with = null)
    {
        Arguments arguments = with ?? Arguments.None;
        if (arguments.Created == 0 && order != Order.Open)
        {
            arguments = arguments with { Created = Entry is Image entry ? (ulong)entry["created"] : 0 };
        }

        (OrderStatus status, _) = _target.Command(order, Flow, arguments);
        return Judge(status, Collect());
    }

    /// <summary>A frame at the net port, with all that came of it.</summary>
    public Outcome FromNet(TcpFrame frame) => Judge(OrderStatus.Ok, Exchange(frame));

    /// <summary>A frame from the host reaches the net unchanged.</summary>
    public void HostPassed(TcpFrame frame)
    {
        byte[] bytes = frame.ToBytes();
        _target.Send(Port.Host, bytes, false);
        Output output = Collect();
        Assert.Equal(bytes, Assert.Single(output.Net));
        Assert.Empty(output.Host);
    }

    /// <summary>A frame from the host goes no further.</summary>
    public void HostDropped(TcpFrame frame)
    {
        _target.Send(Port.Host, frame.ToBytes(), false);
        Output output = Collect();
        Assert.Empty(output.Net);
        Assert.Empty(output.Host);
    }

    /// <summary>A segment of the host's kernel, on the connection.</summary>
    public TcpFrame HostSegment(TcpFlags flags, uint seq, uint ack, int data = 0) => new()
    {
        DestinationMac = ClientMac,
        SourceMac = ServerMac,
        Tag = Flow.Tagged ? Flow.Vlan : null,
        Source = Flow.LocalAddress,
        Destination = Flow.RemoteAddress,
        SourcePort = Flow.LocalPort,
        DestinationPort = Flow.RemotePort,
        Flags = flags,
        Seq = seq,
        Ack = ack,
        Data = new byte[data],
        Options = Stamp is null || flags.HasFlag(TcpFlags.Rst) ? default : TcpOptions.Stamp(1, Stamp.Value),
    };

    /// <summary>An active open; the SYN is returned.</summary>
    public SentSegment Dial()
    {
        SynAck = Do(Order.Open, new Arguments { RemoteMac = ClientMac }).Only;
        Assert.Equal(State.SynSent, StateNow);
        return SynAck;
    }

    /// <summary>An active open that the peer answers.</summary>
    public void Connect(byte[]? options = null)
    {
        Dial();
        SentSegment ack = Answered(Segment(TcpFlags.Syn | TcpFlags.Ack, Irs, Iss + 1) with { Options = options ?? [] });
        Assert.Equal((TcpFlags.Ack, Iss + 1, Irs + 1), (ack.Flags, ack.Seq, ack.Ack));
        Stamp = ack.TsVal is null ? null : 1000;
        Assert.Equal(State.Established, StateNow);
        Assert.Equal(1, (int)Assert.Single(Events)["established"]);
        Events.Clear();
        Mark();
    }

    /// <summary>Our side closes; state FIN-WAIT-1.</summary>
    public void CloseHere()
    {
        uint seq = SndNxt;
        SentSegment fin = Do(Order.Close).Only;
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, seq), (fin.Flags, fin.Seq));
        Assert.Equal((State.FinWait1, seq + 1), (StateNow, SndNxt));
    }

    /// <summary>Down to TIME-WAIT, by the usual way.</summary>
    public void ReachTimeWait(byte[]? options = null)
    {
        Establish(options);
        CloseHere();
        Dropped(Segment(TcpFlags.Ack, RcvNxt, SndNxt));
        Assert.Equal(State.FinWait2, StateNow);
        Answered(Segment(TcpFlags.Fin | TcpFlags.Ack, RcvNxt, SndNxt));
        Assert.Equal(State.TimeWait, StateNow);
        Events.Clear();
        Mark();
    }

    /// <summary>A connection that waits for its adoption.</summary>
    public void Offer(byte[]? options = null)
    {
        Establish(options);
        Assert.Equal(Owner.Parked, OwnerNow);
    }

    /// <summary>A connection that the host owns and the engine watches.</summary>
    public void Release(byte[]? options = null)
    {
        Offer(options);
        Outcome released = Do(Order.Release);
        Assert.Equal((OrderStatus.Ok, 1, 0), (released.Status, released.Host.Count, released.Net.Count));
        Assert.Equal(Owner.Host, OwnerNow);
        Mark();
    }

    private Outcome Judge(OrderStatus status, Output output) =>
        new(status, [.. output.Net.Select(frame => FrameChecker.Check(frame, Settings.HopLimit, Settings.Dscp))], output.Host);
}
