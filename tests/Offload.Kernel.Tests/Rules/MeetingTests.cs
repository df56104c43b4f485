using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Isn;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Registers;
using Xunit.Abstractions;

namespace Offload.Kernel.Tests.Rules;

/// <summary>A kernel and the engine open one connection at the same time: their SYNs cross on the cable.</summary>
public sealed class MeetingTests(ITestOutputHelper output) : RigTest
{
    // RFC 9293, 3.5, figure 7.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P10")]
    [Trait("Rule", "A1")]
    [Trait("Rule", "F4")]
    public async Task A_kernel_and_the_engine_that_open_at_once_have_one_connection(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // What the engine sends again if the kernel does not acknowledge its SYN,ACK, as kernels before Linux 6.12 need it.
        await scene.SetTimerAsync("rto_initial", TimeSpan.FromSeconds(1));
        Socket client = scene.NewClient(ip);
        IPEndPoint there = (IPEndPoint)client.LocalEndPoint!;
        HashSet<RelayDirection> sent = [];
        ScriptedCable cable = new();
        // The first SYN of each side is on the way until both have sent theirs; those that come again are lost.
        cable.Write(
            (ushort)there.Port,
            (direction, segment) => !segment.IsSyn ? TimeSpan.Zero : sent.Add(direction) ? Impairment.UntilReleased : null);
        scene.Impairment = cable;

        Task<ConnectionRow> opening = scene.Board.Connections.OpenAsync(there).AsTask();
        ConnectionRow row = default;
        await Scene.UntilAsync(
            async () => (row = (await scene.Board.Connections.SnapshotAsync()).Rows.ToArray().FirstOrDefault(r => r.Key.RemotePort == there.Port)).Key.RemotePort > 0,
            () => "the open is in the table");
        Assert.Equal(TcpState.SynSent, row.State);
        Task connecting = Scene.ConnectAsync(client, row.Key.LocalEndPoint);
        await Scene.UntilAsync(() => Rig.Relay.Kept == 2, () => $"both SYNs are on the way; {Rig.Relay.Kept} are");
        Assert.Equal(KernelState.SynSent, TcpInfo.Of(client).State);
        Assert.False(opening.IsCompleted || connecting.IsCompleted);
        await Rig.Relay.ReleaseAsync().WaitAsync(Scene.Patience);

        await connecting;
        ConnectionRow open = await opening.WaitAsync(Scene.Patience);
        Tell(scene, row.Key, ip);
        Assert.Equal(row.Key, open.Key);
        Assert.Equal((row.Iss, row.CreatedMicroseconds, TcpState.Established, Origin.Open), (open.Iss, open.CreatedMicroseconds, open.State, open.Origin));
        Assert.Equal((open.Iss + 1, open.Iss + 1, open.Irs + 1), (open.SndNxt, open.SndUna, open.RcvNxt));
        Assert.True(open is { Timestamps: true, SackPermitted: true, OurScale: not null, PeerScale: not null });
        TcpInfo kernel = TcpInfo.Of(client);
        Assert.Equal(KernelState.Established, kernel.State);
        Assert.True(kernel is { Timestamps: true, Sack: true, WindowScaling: true });
        Assert.Equal(((int)open.OurScale!, (int)open.PeerScale!), (kernel.PeerScale, kernel.OwnScale));
        Assert.True(BoardIsn.IsComputable(open));
        Assert.Equal(scene.Board.Isn.Compute(await scene.Board.Isn.GetAsync(), open), new IsnValue(open.Iss, open.TsOffset));
        Assert.Equal((1ul, 1ul), (await scene.CountAsync(CounterId.SimultaneousOpens), await scene.CountAsync(CounterId.Established)));

        // They did cross: each side's SYN,ACK acknowledges the other's SYN, with its own SYN's number.
        SentSegment syn = scene.Trace.FromEngine(row.Key)[0];
        SentSegment synAck = scene.Trace.FromEngine(row.Key)[1];
        Assert.Equal((TcpFlags.Syn, open.Iss), (syn.Flags, syn.Seq));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, open.Iss, open.Irs + 1), (synAck.Flags, synAck.Seq, synAck.Ack));
        IReadOnlyList<TracedFrame> came = scene.Trace.FromClient(row.Key);
        Assert.True(came[0].Segment.IsSyn && came[0].Segment.Sequence == open.Irs);
        Assert.Contains(came, frame => frame.Segment.IsSynAck && frame.Segment.Sequence == open.Irs && frame.Segment.Acknowledgment == open.Iss + 1);
        Assert.Empty(scene.Trace.AtHost(row.Key));

        // It is a connection like any other.
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(open.Key, e => e.PeerClosed);
        await scene.Board.Connections.CloseAsync(open.Key, open.CreatedMicroseconds);
        Assert.Equal(CloseReason.Normal, (await scene.EventAsync(open.Key, e => e.Closed)).Reason);
        Assert.Equal(0, client.Receive(new byte[1]));
        Assert.Single(scene.EventsOf(open.Key), e => e.Established);
    }

    private void Tell(Scene scene, ConnectionKey key, Ip ip)
    {
        output.WriteLine($"{ip}: {key}, as the board saw it:");
        foreach (TracedFrame frame in scene.Trace.FromClient(key).Concat(scene.Trace.ToClient(key)).OrderBy(frame => frame.Microseconds))
        {
            output.WriteLine(
                $"{frame.Microseconds,10} us  {(frame.FromBoard ? "engine" : "kernel")}  {frame.Segment.Flags,-10} seq {frame.Segment.Sequence} ack {frame.Segment.Acknowledgment}");
        }
    }
}
