using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Clients send data on connections that the engine keeps, where nobody would read it.</summary>
public sealed class DataTests : RigTest
{
    private const int TcpLevel = 6;
    private const int FastOpenConnect = 30;

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P11")]
    public async Task Data_is_dropped_and_never_acknowledged(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Equal(100, client.Send(new byte[100]));
        // The first time, and at least once more when the kernel sends it again.
        await scene.CountedAsync(CounterId.DataDropped, 3);
        Assert.Equal(100, TcpInfo.SendQueue(client));
        Assert.Equal(0ul, TcpInfo.Of(client).BytesAcknowledged - AcknowledgedBySyn);
        ConnectionRow now = await scene.RowAsync(row.Key, r => r.State == TcpState.Established);
        Assert.Equal(row.RcvNxt, now.RcvNxt);
        Assert.All(scene.Trace.FromEngine(row.Key), sent => Assert.Equal(row.RcvNxt, sent.Ack));
        Assert.True(await scene.CountAsync(CounterId.UnsolicitedAcksSent) >= 1);
        Assert.Empty(scene.Trace.AtHost(row.Key));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P11")]
    public async Task Data_that_the_listener_refuses_resets_the_client(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip, options => options with { ResetData = true });
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        client.Send(new byte[1]);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(CloseReason.DataRefused, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Null(await scene.Board.Connections.GetAsync(row.Key));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.ClosedAborted));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P7")]
    public async Task Data_in_the_syn_is_not_acknowledged_and_comes_again(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // TCP Fast Open without a cookie (RFC 7413, and Linux's ip-sysctl): as a client, data in the SYN whether or not there is a cookie.
        scene.SetClientParameter("net/ipv4/tcp_fastopen", "5");
        Listener listener = await scene.ListenAsync(ip);
        Socket client = scene.NewClient(ip);
        client.SetRawSocketOption(TcpLevel, FastOpenConnect, BitConverter.GetBytes(1));
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);
        client.Connect(listener.EndPoint);
        Assert.Equal(10, client.Send(new byte[10]));

        ConnectionRow row = await scene.RowAsync(key, r => r.State == TcpState.Established);
        await scene.CountedAsync(CounterId.DataDropped, 1);
        IReadOnlyList<TracedFrame> sent = scene.Trace.FromClient(key);
        Assert.True(sent[0].Segment is { IsSyn: true, DataLength: 10 }, "the kernel put no data into its SYN");
        Assert.Contains(sent, frame => frame.Segment is { IsSyn: false, DataLength: 10 } again && again.Sequence == row.Irs + 1);
        Assert.Equal(row.Irs + 1, row.RcvNxt);
        Assert.All(scene.Trace.FromEngine(key), answer => Assert.Equal(row.Irs + 1, answer.Ack));
        Assert.Equal(10, TcpInfo.SendQueue(client));
    }

    // The kernel counts the SYN as a byte.
    private const ulong AcknowledgedBySyn = 1;
}
