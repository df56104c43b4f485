using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;
using Offload.VirtualBoard;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Cables are pulled out, and put in again.</summary>
public sealed class LinkTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P8")]
    public async Task Connections_outlive_a_pulled_cable(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetRegisterAsync("tcp.rto_initial.ticks", 100);
        Listener listener = await scene.ListenAsync(ip);
        (Socket open, ConnectionRow openRow) = await scene.ConnectAsync(listener);
        LossOf loss = new((direction, segment) => direction == RelayDirection.ToClient && segment.IsSynAck, most: 1);
        scene.Impairment = loss;
        Socket opening = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(opening, listener.EndPoint);
        Task connecting = Scene.ConnectAsync(opening, listener.EndPoint);
        await Scene.UntilAsync(() => loss.Lost == 1, () => "the SYN,ACK was lost");

        VirtualPortStatistics before = Rig.Hardware.Statistics.Net;
        try
        {
            KernelRig.SetLink(Rig.Client, KernelRig.NetTap, up: false);
            scene.Impairment = null;
            // The engine's timer runs on, into nothing.
            await Scene.UntilAsync(() => Rig.Hardware.Statistics.Net.DroppedOutside > before.DroppedOutside, () => "a SYN,ACK was dropped");
        }
        finally
        {
            KernelRig.SetLink(Rig.Client, KernelRig.NetTap, up: true);
        }

        await connecting;
        await scene.RowAsync(key, row => row.State == TcpState.Established);
        open.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(openRow.Key, e => e.PeerClosed);
        await scene.Board.Connections.CloseAsync(openRow.Key, openRow.CreatedMicroseconds);
        Assert.Equal(CloseReason.Normal, (await scene.EventAsync(openRow.Key, e => e.Closed)).Reason);
        Assert.Equal(0, open.Receive(new byte[1]));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task The_engine_answers_while_the_hosts_interface_is_down(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // The host cannot answer for its address while its interface is down (ARP, neighbour discovery): that the client knows it is given here.
        string host = $"{KernelRig.HostAddress(ip)} dev {KernelRig.NetTap}";
        Rig.Client.Ip($"neigh replace {host} lladdr {Rig.Hardware.HostPort!.MacAddress} nud permanent");
        scene.Own(new Remover(() => Rig.Client.Ip($"neigh del {host}")));
        Listener listener = await scene.ListenAsync(ip);
        // Makes the neighbours known.
        await scene.ConnectAsync(listener);
        using Socket client = NewUdp(Rig.Client, ip);
        IPEndPoint there = Scene.NewHostEndPoint(ip);
        VirtualPortStatistics before = Rig.Hardware.Statistics.Host;
        try
        {
            KernelRig.SetLink(Rig.Host, KernelRig.HostTap, up: false);
            await scene.ConnectAsync(listener);
            client.SendTo(new byte[10], there);
            await Scene.UntilAsync(() => Rig.Hardware.Statistics.Host.DroppedOutside > before.DroppedOutside, () => "the frame was dropped");
        }
        finally
        {
            KernelRig.SetLink(Rig.Host, KernelRig.HostTap, up: true);
        }

        await KernelRig.PassesAsync(Rig.Client, Rig.Host, there.Address);
        await scene.ConnectAsync(listener);
        Assert.Equal(3ul, await scene.CountAsync(CounterId.Established));
    }

    private static Socket NewUdp(Offload.Cli.Demo.NetworkNamespace space, Ip ip)
    {
        Socket socket = space.Run(() => new Socket(KernelRig.ClientAddress(ip).AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = (int)Scene.Patience.TotalMilliseconds;
        return socket;
    }
}
