using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Listeners;
using Offload.Registers;
using Offload.Timers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Segments that no entry knows: refused, ignored, or left to the host's kernel.</summary>
public sealed class UnknownTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C1")]
    public async Task A_port_that_resets_refuses_at_once(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip, options => options with { Action = ListenerAction.Reset });
        Socket client = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);

        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => Scene.ConnectAsync(client, listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        TracedFrame syn = Assert.Single(scene.Trace.FromClient(key));
        SentSegment reset = Assert.Single(scene.Trace.FromEngine(key));
        Assert.Equal((TcpFlags.Rst | TcpFlags.Ack, 0u, syn.Segment.Sequence + 1), (reset.Flags, reset.Seq, reset.Ack));
        Assert.Empty(scene.Trace.AtHost(key));
        Assert.Equal(0, (await scene.Board.Connections.SnapshotAsync()).Count);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task A_port_that_drops_says_nothing(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip, options => options with { Action = ListenerAction.Drop });
        Socket client = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);
        using CancellationTokenSource enough = new();
        Task connecting = client.ConnectAsync(listener.EndPoint, enough.Token).AsTask();

        // Its kernel sends the SYN again after a second, for it has heard nothing.
        await scene.CountedAsync(CounterId.DroppedListener, 2);
        Assert.False(connecting.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => connecting);
        Assert.True(scene.Trace.FromClient(key).Count(frame => frame.Segment.IsSyn) >= 2);
        Assert.Empty(scene.Trace.ToClient(key));
        Assert.Empty(scene.Trace.AtHost(key));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C2")]
    public async Task A_segment_for_a_listener_without_an_entry_is_the_host_kernels_to_answer(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        ConnectionKey key = UnknownTo(listener, ip);

        scene.NewSender().Send(scene.SegmentOf(key, TcpFlags.Ack, 1000, 77_777).ToBytes());
        await Scene.UntilAsync(() => scene.Trace.ToClient(key).Count > 0, () => "an answer came back");
        IReadOnlyList<TracedFrame> host = scene.Trace.AtHost(key);
        Assert.Equal(2, host.Count);
        Assert.True(host[0] is { FromBoard: true, Segment: { IsPlainAck: true, Acknowledgment: 77_777 } });
        Assert.True(host[1] is { FromBoard: false, Segment: { IsReset: true, Sequence: 77_777 } });
        Assert.Equal(host[1].Segment, Assert.Single(scene.Trace.ToClient(key)).Segment);
        Assert.Equal(0ul, await scene.CountAsync(CounterId.UnknownResetsSent));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C1")]
    [Trait("Rule", "C2")]
    public async Task A_listener_may_reset_unknown_segments_itself(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip, options => options with { ResetUnknown = true });
        ConnectionKey key = UnknownTo(listener, ip);

        PacketSender sender = scene.NewSender();
        sender.Send(scene.SegmentOf(key, TcpFlags.Rst, 1000).ToBytes());
        sender.Send(scene.SegmentOf(key, TcpFlags.Ack, 1000, 77_777).ToBytes());
        sender.Send(scene.SegmentOf(key, TcpFlags.Fin, 1000).ToBytes());
        await scene.CountedAsync(CounterId.UnknownResetsSent, 2);
        await Scene.UntilAsync(() => scene.Trace.ToClient(key).Count >= 2, () => "both resets left");
        IReadOnlyList<SentSegment> resets = scene.Trace.FromEngine(key);
        Assert.Equal((TcpFlags.Rst, 77_777u, 0u), (resets[0].Flags, resets[0].Seq, resets[0].Ack));
        Assert.Equal((TcpFlags.Rst | TcpFlags.Ack, 0u, 1001u), (resets[1].Flags, resets[1].Seq, resets[1].Ack));
        Assert.Equal(2, resets.Count);
        Assert.Empty(scene.Trace.AtHost(key));

        // A kernel connects there all the same.
        await scene.ConnectAsync(listener);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C2")]
    [Trait("Rule", "S5")]
    public async Task Resets_without_an_entry_are_limited(Ip ip)
    {
        const int Sent = 400;
        await using Scene scene = await Rig.BeginAsync();
        // As slow as can be, so that little comes in meanwhile even where the machine has other work.
        TokenBucket bucket = new(100, 15);
        await scene.Board.Timers.SetResetBucketAsync(bucket);
        Listener listener = await scene.ListenAsync(ip, options => options with { ResetUnknown = true });
        ConnectionKey first = UnknownTo(listener, ip);
        PacketSender sender = scene.NewSender();
        for (int i = 0; i < Sent; i++)
        {
            // Each from another port: segments of one connection wait for each other in the engine, and a burst of them overruns it.
            sender.Send(scene.SegmentOf(first with { RemotePort = (ushort)(first.RemotePort + i) }, TcpFlags.Ack, 1000, 77_777).ToBytes());
        }

        ulong resets = 0, limited = 0, dropped = 0;
        await Scene.UntilAsync(
            async () =>
            {
                resets = await scene.CountAsync(CounterId.UnknownResetsSent);
                limited = await scene.CountAsync(CounterId.UnknownResetsLimited);
                dropped = await scene.CountAsync(CounterId.NetDroppedFull);
                return resets + limited + dropped >= Sent;
            },
            () => $"{resets} sent, {limited} held back and {dropped} dropped are {Sent}");
        Assert.Equal((ulong)Sent, resets + limited + dropped);
        // What was in the bucket, and what came in meanwhile: on average this, and never twice as much.
        ulong[] came = [.. Enumerable.Range(0, Sent).SelectMany(i => scene.Trace.FromClient(first with { RemotePort = (ushort)(first.RemotePort + i) }))
            .Select(frame => frame.Microseconds)];
        double gained = (came.Max() - came.Min()) / bucket.MeanInterval.TotalMicroseconds;
        Assert.True(resets >= (ulong)bucket.Depth - 10 && resets <= bucket.Depth + 10 + (2 * gained), $"{resets} sent, {limited} held back, {gained:F1} came in");
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "C1")]
    public async Task A_listener_that_is_removed_leaves_its_port_to_the_host(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket _, ConnectionRow row) = await scene.ConnectAsync(listener);
        Assert.True(await scene.Board.Listeners.RemoveAsync(listener));

        Socket client = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => Scene.ConnectAsync(client, listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(2, scene.Trace.AtHost(key).Count);

        // What was open stays open.
        Assert.Equal(row.Iss, (await scene.RowAsync(row.Key, r => r.State == TcpState.Established)).Iss);
    }

    /// <summary>A connection from the client that neither kernel nor engine has.</summary>
    private static ConnectionKey UnknownTo(Listener listener, Ip ip) =>
        ConnectionKey.FromEndPoints(listener.EndPoint, new IPEndPoint(KernelRig.ClientAddress(ip), 1025));
}
