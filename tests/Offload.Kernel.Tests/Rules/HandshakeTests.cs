using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Handshakes on a cable that loses just the wrong segment, and SYNs out of the past.</summary>
public sealed class HandshakeTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P4")]
    public async Task A_syn_that_comes_again_gets_the_same_answer(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToClient && segment.IsSynAck, most: 1);
        scene.Impairment = loss;
        (Socket _, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Equal(1, loss.Lost);
        // Every SYN but the first; on a busy machine the kernel sends more than two.
        Assert.Equal((ulong)scene.Trace.FromClient(row.Key).Count(frame => frame.Segment.IsSyn) - 1, await scene.CountAsync(CounterId.SynRepeated));
        Assert.Equal(0ul, await scene.CountAsync(CounterId.SynAckTimeouts));
        AssertSameSynAcks(scene, row, count: 2);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P8")]
    public async Task A_lost_syn_ack_is_sent_again_by_the_timer(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 60);
        Listener listener = await scene.ListenAsync(ip);
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToClient && segment.IsSynAck, most: 2);
        scene.Impairment = loss;
        (Socket _, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Equal(2, loss.Lost);
        Assert.True(await scene.CountAsync(CounterId.SynAckTimeouts) >= 2);
        AssertSameSynAcks(scene, row, count: 3);
        CloseTests.AssertBackOff(SynAcks(scene, row.Key), 60);
        Assert.Equal((0, null), ((int)row.Retries, row.Deadline));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P8")]
    [Trait("Rule", "P2")]
    public async Task A_lost_last_ack_is_drawn_again(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 60);
        Listener listener = await scene.ListenAsync(ip);
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToBoard && segment.IsPlainAck, most: 1);
        scene.Impairment = loss;
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Equal(1, loss.Lost);
        Assert.Equal(KernelState.Established, TcpInfo.Of(client).State);
        Assert.True(await scene.CountAsync(CounterId.SynAckTimeouts) >= 1);
        Assert.Equal(1ul, await scene.CountAsync(CounterId.Established));
        AssertSameSynAcks(scene, row, count: 2);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P8")]
    public async Task A_handshake_that_nobody_completes_is_given_up_and_the_next_syn_connects(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 40);
        await scene.SetRegisterAsync("tcp.synack_retries.count", 2);
        Listener listener = await scene.ListenAsync(ip);
        // Of the client's SYNs only the first arrives: its second would have another answer, if it came before all was looked at.
        bool came = false;
        scene.Impairment = new LossOf((direction, segment) => direction == RelayDirection.ToClient
            ? segment.IsSynAck
            : segment.IsSyn && Interlocked.Exchange(ref came, true));
        Socket client = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);
        Task connecting = Scene.ConnectAsync(client, listener.EndPoint);

        ConnectionEvent given = await scene.EventAsync(key, e => e.Closed);
        Assert.Equal(CloseReason.TimedOut, given.Reason);
        CloseTests.AssertBackOff(SynAcks(scene, key), 40, exactly: 3);
        Assert.All(SynAcks(scene, key), sent => Assert.Equal(given.Connection.Iss, sent.Seq));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.ClosedTimedOut));

        // The client has not given up: its kernel's next SYN makes a new connection, with a new ISS.
        scene.Impairment = null;
        await connecting;
        ConnectionRow row = await scene.RowAsync(key, r => r.State == TcpState.Established);
        Assert.NotEqual(given.Connection.Iss, row.Iss);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P4")]
    [Trait("Rule", "S1")]
    public async Task Segments_that_come_twice_change_nothing(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        scene.Impairment = new BadCable(1, new CableFaults(0, Duplication: 1, 0, TimeSpan.Zero, TimeSpan.Zero));
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(row.Key, e => e.PeerClosed);
        await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(CloseReason.Normal, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Equal(0, client.Receive(new byte[1]));

        Assert.Equal(3, scene.EventsOf(row.Key).Count);
        Assert.Equal((1ul, 1ul), (await scene.CountAsync(CounterId.SynReceived), await scene.CountAsync(CounterId.Established)));
        Assert.All(SynAcks(scene, row.Key), sent => Assert.Equal(row.Iss, sent.Seq));
    }

    // RFC 9293, figure 9: a SYN out of the past, its SYN,ACK, the peer's RST, and the true SYN.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P5")]
    [Trait("Rule", "P6")]
    public async Task An_old_duplicate_syn_is_recovered_from(Ip ip)
    {
        const int Port = 1026;
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        ConnectionKey key = ConnectionKey.FromEndPoints(listener.EndPoint, new IPEndPoint(KernelRig.ClientAddress(ip), Port));
        scene.NewSender().Send((scene.SegmentOf(key, TcpFlags.Syn, 90) with { Options = TcpOptions.Linux(1) }).ToBytes());

        ConnectionEvent old = await scene.EventAsync(key, e => e.Closed);
        Assert.Equal((CloseReason.ResetByPeer, 90u), (old.Reason, old.Connection.Irs));
        Assert.Null(await scene.Board.Connections.GetAsync(key));
        Assert.True(scene.Trace.FromClient(key)[^1].Segment is { IsReset: true, Sequence: 91 }, "the client's kernel sent no RST for the SYN,ACK");

        ConnectionRow row = (await scene.ConnectAsync(listener, Port)).Row;
        Assert.Equal(key, row.Key);
        Assert.NotEqual(old.Connection.Iss, row.Iss);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.HandshakeResetsSent));
    }

    // RFC 9293, 3.5.1, and RFC 5961, 4: SYN, challenge ACK, the kernel's RST at RCV.NXT, and its SYN again.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "S2")]
    [Trait("Rule", "S3")]
    public async Task A_client_that_has_forgotten_its_connection_opens_it_anew(Ip ip)
    {
        const int Port = 1027;
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow old) = await scene.ConnectAsync(listener, Port);
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToBoard && segment.IsReset, most: 1);
        scene.Impairment = loss;
        client.Dispose();
        await Scene.UntilAsync(() => loss.Lost == 1, () => "the client's RST was lost");
        Assert.Equal(old, await scene.RowAsync(old.Key, row => row.State == TcpState.Established));

        Socket again = scene.NewClient(ip, Port);
        await Scene.ConnectAsync(again, listener.EndPoint);
        ConnectionRow anew = await scene.RowAsync(old.Key, row => row.State == TcpState.Established);
        Assert.True(anew.CreatedMicroseconds > old.CreatedMicroseconds);
        Assert.Equal(CloseReason.ResetByPeer, (await scene.EventAsync(old.Key, e => e.Closed)).Reason);
        // Two SYNs opened; every other one drew a challenge ACK, or came twice on a busy machine.
        ulong syns = (ulong)scene.Trace.FromClient(old.Key).Count(frame => frame.Segment.IsSyn);
        ulong challenges = await scene.CountAsync(CounterId.UnsolicitedAcksSent);
        Assert.True(challenges >= 1);
        Assert.Equal(syns - 2, challenges + await scene.CountAsync(CounterId.SynRepeated));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.ClosedReset));
    }

    private static IReadOnlyList<SentSegment> SynAcks(Scene scene, ConnectionKey key) =>
        [.. scene.Trace.FromEngine(key).Where(sent => sent.Flags == (TcpFlags.Syn | TcpFlags.Ack))];

    /// <summary>At least so many SYN,ACKs were sent, each right, and the same but for the time in them.</summary>
    private static void AssertSameSynAcks(Scene scene, ConnectionRow row, int count)
    {
        IReadOnlyList<SentSegment> sent = SynAcks(scene, row.Key);
        Assert.True(sent.Count >= count, $"{sent.Count} SYN,ACKs");
        Assert.All(sent, segment => Assert.Equal(sent[0] with { TsVal = segment.TsVal, TsEcr = segment.TsEcr }, segment));
        Assert.Equal((row.Iss, row.Irs + 1), (sent[0].Seq, sent[0].Ack));
    }
}
