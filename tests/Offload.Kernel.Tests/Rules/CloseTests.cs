using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Connections end: by FIN, by RST, from either side.</summary>
public sealed class CloseTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F4")]
    public async Task The_client_closes_then_the_host_does(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        client.Shutdown(SocketShutdown.Send);
        ConnectionEvent closing = await scene.EventAsync(row.Key, e => e.PeerClosed);
        Assert.Equal(TcpState.CloseWait, closing.Connection.State);
        Assert.Equal(row.RcvNxt + 1, closing.Connection.RcvNxt);
        await Scene.UntilAsync(() => TcpInfo.Of(client).State == KernelState.FinWait2, () => "the client's FIN was acknowledged");

        ConnectionRow closed = await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(TcpState.LastAck, closed.State);
        ConnectionEvent gone = await scene.EventAsync(row.Key, e => e.Closed);
        Assert.Equal(CloseReason.Normal, gone.Reason);
        Assert.Null(await scene.Board.Connections.GetAsync(row.Key));

        // The client reads the end of the stream, and its kernel goes from FIN-WAIT-2 to TIME-WAIT.
        Assert.Equal(0, client.Receive(new byte[1]));
        string waiting = Rig.Client.RunTool("ss", ["-tnaH", "state", "time-wait", "dport", $"= :{listener.EndPoint.Port}"]);
        Assert.Contains($":{row.Key.RemotePort}", waiting, StringComparison.Ordinal);
        Assert.Single(scene.Trace.FromEngine(row.Key), sent => sent.Flags.HasFlag(TcpFlags.Fin));
        Assert.Equal(3, scene.EventsOf(row.Key).Count);
        Assert.Empty(scene.Trace.AtHost(row.Key));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F10")]
    public async Task An_abort_resets_the_client(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        await scene.Board.Connections.AbortAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(CloseReason.Aborted, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Equal(SocketError.ConnectionReset, ErrorOf(() => client.Receive(new byte[1])));
        Assert.Null(await scene.Board.Connections.GetAsync(row.Key));
        Assert.True(scene.Trace.FromEngine(row.Key)[^1] is { Flags: TcpFlags.Rst } reset && reset.Seq == row.SndNxt);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F10")]
    public async Task An_abort_after_the_clients_fin_resets_it_too(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(row.Key, e => e.PeerClosed);

        await scene.Board.Connections.AbortAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(SocketError.ConnectionReset, ErrorOf(() => client.Receive(new byte[1])));
        await scene.GoneAsync(row.Key);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "S2")]
    public async Task The_clients_reset_frees_the_entry(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        // SO_LINGER of 0: the kernel sends RST.
        client.Dispose();
        ConnectionEvent gone = await scene.EventAsync(row.Key, e => e.Closed);
        Assert.Equal((CloseReason.ResetByPeer, TcpState.Closed), (gone.Reason, gone.Connection.State));
        Assert.Null(await scene.Board.Connections.GetAsync(row.Key));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.ClosedReset));
        Assert.Single(scene.Trace.FromEngine(row.Key));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F6")]
    public async Task A_lost_fin_is_sent_again(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 60);
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(row.Key, e => e.PeerClosed);

        LossOf loss = new((direction, segment) => direction == RelayDirection.ToClient && segment.IsFin, most: 2);
        scene.Impairment = loss;
        await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(CloseReason.Normal, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Equal(0, client.Receive(new byte[1]));
        Assert.Equal(2, loss.Lost);
        Assert.True(await scene.CountAsync(CounterId.FinTimeouts) >= 2);

        List<SentSegment> fins = [.. scene.Trace.FromEngine(row.Key).Where(sent => sent.Flags.HasFlag(TcpFlags.Fin))];
        Assert.All(fins, fin => Assert.Equal(row.SndNxt, fin.Seq));
        AssertBackOff(fins, 60);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "F6")]
    public async Task A_fin_that_nobody_acknowledges_is_given_up(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 40);
        await scene.SetRegisterAsync("tcp.orphan_retries.count", 2);
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(row.Key, e => e.PeerClosed);

        scene.Impairment = new LossOf((direction, segment) => direction == RelayDirection.ToClient && segment.IsFin);
        await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(CloseReason.TimedOut, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        await scene.GoneAsync(row.Key);
        AssertBackOff(scene.Trace.FromEngine(row.Key).Where(sent => sent.Flags.HasFlag(TcpFlags.Fin)), 40, exactly: 3);
    }

    /// <summary>
    /// Times between transmissions double, from the first timeout on, by the engine's own clock, which its timestamps show (RFC 7323 5.4; a tick is
    /// 1.024 ms). A busy machine makes them later, never earlier.
    /// </summary>
    internal static void AssertBackOff(IEnumerable<SentSegment> sent, uint firstTicks, int? exactly = null)
    {
        List<uint> ticks = [.. sent.Select(segment => segment.TsVal!.Value)];
        Assert.True(exactly is null ? ticks.Count >= 3 : ticks.Count == exactly, $"{ticks.Count} transmissions");
        for (int i = 1; i < ticks.Count; i++)
        {
            uint least = firstTicks << (i - 1);
            Assert.True(ticks[i] - ticks[i - 1] >= least, $"retransmission {i} came after {ticks[i] - ticks[i - 1]} ticks, not {least}");
        }
    }

    [Fact]
    public void The_checker_of_back_off_refuses_what_comes_early_or_not_at_all()
    {
        SentSegment[] good = [At(uint.MaxValue - 10), At(49), At(169)];
        AssertBackOff(good, 60, exactly: 3);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertBackOff([good[0], At(48), good[2]], 60));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertBackOff([good[0], good[1], At(168)], 60));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertBackOff(good[..2], 60));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertBackOff([.. good, At(1000)], 60, exactly: 3));

        static SentSegment At(uint tick) => new() { TsVal = tick };
    }

    private static SocketError ErrorOf(Action action) => Assert.Throws<SocketException>(action).SocketErrorCode;
}
