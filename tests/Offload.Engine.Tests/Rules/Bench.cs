using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>What carries the segments of a rule's test.</summary>
public enum Carrier
{
    IPv4,
    IPv4Tagged,
    IPv6,
    IPv6Tagged,
}

/// <summary>Makes the engine that a rule is tested on.</summary>
internal delegate Target TargetFactory(Settings settings);

/// <summary>One listener and one client on an engine: sends segments, and tells what came of each.</summary>
internal sealed partial class Bench : IDisposable
{
    public const ulong ServerMac = 0x020000000123;
    public const ulong ClientMac = 0x020000000116;

    private readonly Target _target;
    private Dictionary<string, ulong> _counters = [];

    public Bench(TargetFactory create, Carrier carrier, EndPoint? listener = null, Settings? settings = null)
    {
        bool ipv6 = carrier is Carrier.IPv6 or Carrier.IPv6Tagged;
        bool tagged = carrier is Carrier.IPv4Tagged or Carrier.IPv6Tagged;
        Flow = new Flow(
            ipv6 ? new UInt128(0x20010DB800000000, 0x123) : TcpFrame.V4(0xC0A8017B), ipv6 ? new UInt128(0x20010DB800000000, 0x116) : TcpFrame.V4(0xC0A80174),
            7788, 3337, tagged, tagged ? (ushort)0x123 : (ushort)0);
        Settings = settings ?? new Settings();
        if (Settings.Listeners.Count == 0)
        {
            listener ??= new EndPoint();
            listener = listener with { Mac = ServerMac, Address = Flow.LocalAddress, Port = listener.AnyPort ? (ushort)0 : Flow.LocalPort, Tagged = tagged, Vlan = Flow.Vlan };
            Settings = Settings with { Listeners = [listener] };
        }

        _target = create(Settings);
        Advance(5_000_000);
        Mark();
    }

    public Settings Settings { get; }

    public EndPoint Listener => Settings.Listeners[0];

    public Flow Flow { get; }

    public ulong Now { get; private set; }

    public uint Tick => (uint)(Now >> 10);

    /// <summary>Where the client's numbers begin.</summary>
    public uint Irs { get; set; } = 0xFFFFFFF0;

    /// <summary>TSval of the client's segments; null for none.</summary>
    public uint? Stamp { get; set; }

    /// <summary>The SYN,ACK of the last <see cref="Open"/>.</summary>
    public SentSegment? SynAck { get; private set; }

    public uint Iss => SynAck!.Seq;

    public void Dispose() => _target.Dispose();

    /// <summary>Time goes on; what the engine sends by itself meanwhile is the answer.</summary>
    public List<SentSegment> Advance(ulong microseconds)
    {
        Now += microseconds;
        _target.SetTime(Now);
        Output output = Collect();
        Assert.Empty(output.Host);
        return [.. output.Net.Select(frame => FrameChecker.Check(frame, Settings.HopLimit, Settings.Dscp))];
    }

    /// <summary>A segment of the client's.</summary>
    public TcpFrame Segment(TcpFlags flags, uint seq, uint ack = 0, int data = 0) => new()
    {
        DestinationMac = ServerMac,
        SourceMac = ClientMac,
        Tag = Flow.Tagged ? (ushort)(0x6000 | Flow.Vlan) : null,
        Source = Flow.RemoteAddress,
        Destination = Flow.LocalAddress,
        SourcePort = Flow.RemotePort,
        DestinationPort = Flow.LocalPort,
        Flags = flags,
        Seq = seq,
        Ack = ack,
        Data = new byte[data],
        Options = Stamp is uint stamp && !flags.HasFlag(TcpFlags.Rst) && !flags.HasFlag(TcpFlags.Syn) ? TcpOptions.Stamp(stamp, SynAck?.TsVal ?? 0) : default,
    };

    /// <summary>A segment gets exactly one answer, rightly addressed.</summary>
    public SentSegment Answered(TcpFrame frame)
    {
        Output output = Exchange(frame);
        Assert.Empty(output.Host);
        SentSegment sent = FrameChecker.Check(Assert.Single(output.Net), Settings.HopLimit, Settings.Dscp);
        Assert.Equal((frame.SourceMac, frame.DestinationMac, (int?)frame.Tag), (sent.DestinationMac, sent.SourceMac, sent.Tag));
        Assert.Equal((frame.Destination, frame.Source), (sent.Source, sent.Destination));
        Assert.Equal((frame.DestinationPort, frame.SourcePort), (sent.SourcePort, sent.DestinationPort));
        return sent;
    }

    /// <summary>A segment is swallowed: no answer, and the host does not see it.</summary>
    public void Dropped(TcpFrame frame)
    {
        Output output = Exchange(frame);
        Assert.Empty(output.Net);
        Assert.Empty(output.Host);
    }

    /// <summary>A frame comes out at the host port as it went in, and draws no answer.</summary>
    public void Passed(TcpFrame frame) => Passed(frame.ToBytes());

    public void Passed(byte[] frame)
    {
        _target.Send(Port.Net, frame, false);
        Output output = Collect();
        Assert.Empty(output.Net);
        Assert.Equal(frame, Assert.Single(output.Host));
    }

    /// <summary>What comes out at the net port when a frame arrives there.</summary>
    public List<byte[]> Raw(byte[] frame)
    {
        _target.Send(Port.Net, frame, false);
        Output output = Collect();
        Assert.Empty(output.Host);
        return output.Net;
    }

    /// <summary>What comes out at the net port when the host sends a frame.</summary>
    public List<byte[]> FromHost(byte[] frame)
    {
        _target.Send(Port.Host, frame, false);
        Output output = Collect();
        Assert.Empty(output.Host);
        return output.Net;
    }

    /// <summary>An ACK as S5 limits it: our numbers, our window, timestamps if agreed.</summary>
    public void AnsweredByAck(TcpFrame frame, uint seq, uint ack)
    {
        SentSegment sent = Answered(frame);
        Assert.Equal((TcpFlags.Ack, seq, ack, (int)Listener.Window), (sent.Flags, sent.Seq, sent.Ack, sent.Window));
        AnyStamps(sent);
    }

    /// <summary>A RST with this number and nothing else.</summary>
    public void AnsweredByReset(TcpFrame frame, uint seq)
    {
        SentSegment sent = Answered(frame);
        Assert.Equal((TcpFlags.Rst, seq, 0u, 0), (sent.Flags, sent.Seq, sent.Ack, sent.Window));
    }

    /// <summary>SYN and SYN,ACK.</summary>
    public SentSegment Open(byte[]? options = null)
    {
        SynAck = Answered(Segment(TcpFlags.Syn, Irs) with { Options = options ?? [] });
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, Irs + 1), (SynAck.Flags, SynAck.Ack));
        Stamp = SynAck.TsVal is null ? null : 1000;
        Assert.Empty(Events);
        return SynAck;
    }

    /// <summary>A whole handshake; ESTABLISHED and its event are asserted.</summary>
    public void Establish(byte[]? options = null)
    {
        Open(options);
        Dropped(Segment(TcpFlags.Ack, Irs + 1, Iss + 1));
        Assert.Equal(State.Established, StateNow);
        Image told = Assert.Single(Events);
        Assert.Equal((1, 0, 0), ((int)told["established"], (int)told["peer_closed"], (int)told["closed"]));
        Events.Clear();
        Mark();
    }

    /// <summary>A handshake and the peer's FIN.</summary>
    public void PeerCloses(byte[]? options = null)
    {
        Establish(options);
        SentSegment sent = Answered(Segment(TcpFlags.Fin | TcpFlags.Ack, Irs + 1, Iss + 1));
        Assert.Equal((TcpFlags.Ack, Iss + 1, Irs + 2), (sent.Flags, sent.Seq, sent.Ack));
        Assert.Equal(State.CloseWait, StateNow);
        Assert.Equal(1, (int)Assert.Single(Events)["peer_closed"]);
        Events.Clear();
        Mark();
    }

    /// <summary>Events since they were last cleared.</summary>
    public List<Image> Events { get; } = [];

    public Image? Entry => _target.Command(Order.Read, Flow).Answer;

    public State StateNow => Entry is Image entry ? (State)(int)entry["state"] : State.Closed;

    /// <summary>A command, with what the engine sent on it.</summary>
    public (OrderStatus Status, List<SentSegment> Sent) Command(Order order, ulong? created = null)
    {
        (OrderStatus status, _) = _target.Command(order, Flow, new Arguments { Created = created ?? (Entry is Image entry ? (ulong)entry["created"] : 0) });
        return (status, [.. Collect().Net.Select(frame => FrameChecker.Check(frame, Settings.HopLimit, Settings.Dscp))]);
    }

    /// <summary>The connection ended, told by exactly one event with this reason.</summary>
    public void AssertGone(Ending reason)
    {
        Assert.Null(Entry);
        Image told = Assert.Single(Events, item => item["closed"] == 1);
        Assert.Equal((reason, State.Closed), ((Ending)(int)told["reason"], (State)(int)told["state"]));
        Assert.Equal((ulong)told["time"], Now);
        Events.Clear();
    }

    /// <summary>How much a counter has grown since the last <see cref="Mark"/>.</summary>
    public int Counted(string counter) => (int)(_target.Counters()[counter] - _counters[counter]);

    /// <summary>Counts are told from here on.</summary>
    public void Mark() => _counters = new Dictionary<string, ulong>(_target.Counters());

    private Output Exchange(TcpFrame frame)
    {
        _target.Send(Port.Net, frame.ToBytes(), false);
        return Collect();
    }

    private Output Collect()
    {
        Output output = _target.Collect();
        Events.AddRange(output.Events);
        return output;
    }

    private void AnyStamps(SentSegment sent)
    {
        if (Stamp is not null)
        {
            Assert.Equal(SynAck!.TsVal - (SynAckTick - Tick), sent.TsVal);
        }
        else
        {
            Assert.Null(sent.TsVal);
        }
    }

    private uint SynAckTick => (uint)((ulong)Entry!["created"] >> 10);
}
