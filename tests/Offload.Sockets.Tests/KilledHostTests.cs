using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;
using Offload.Sockets.Tests.Hosts;

namespace Offload.Sockets.Tests;

/// <summary>Host processes that are killed, while the board and its network live on.</summary>
public sealed class KilledHostTests : RigTest
{
    private static readonly IPEndPoint EndPoint = new(KernelRig.HostAddress(Ip.V4), 19_000);

    [SkippableTheory]
    [InlineData(OrphanHandling.Adopt)]
    [InlineData(OrphanHandling.Reset)]
    public async Task What_it_left_between_event_and_release_is_taken_or_reset_by_the_next(OrphanHandling handling)
    {
        await Rig.BeginWithoutHostAsync();
        await using Silicon silicon = new(Rig.Hardware.Link);
        using HostProcess first = await HostProcess.StartAsync(silicon, Rig.Hardware.HostPort!, EndPoint);
        Assert.Equal(0, first.Orphans);

        // It has read the event and made the kernel's socket; RELEASE never gets to the core.
        Task stopped = silicon.StopAt(CommandCode.Release);
        using Socket client = NewClient();
        await Scene.ConnectAsync(client, EndPoint);
        await client.SendAsync("anybody"u8.ToArray());
        await stopped.WaitAsync(Scene.Patience);
        await first.KillAsync();
        silicon.PassAll();

        using HostProcess second = await HostProcess.StartAsync(silicon, Rig.Hardware.HostPort!, EndPoint, handling);
        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.Equal(1, second.Orphans);
        if (handling == OrphanHandling.Adopt)
        {
            Assert.Equal("anybody", await Transfer.ReadTextAsync(client, 7));
            await client.SendAsync("still here"u8.ToArray());
            Assert.Equal("still here", await Transfer.ReadTextAsync(client, 10));
        }
        else
        {
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }

        await EchoesAsync();
    }

    [SkippableTheory]
    [InlineData(HostLost.Pass)]
    [InlineData(HostLost.Reset)]
    [InlineData(HostLost.Drop)]
    public async Task When_it_stays_dead_a_syn_meets_what_the_listener_says(HostLost hostLost)
    {
        await Rig.BeginWithoutHostAsync();
        await using Silicon silicon = new(Rig.Hardware.Link);
        using HostProcess first = await HostProcess.StartAsync(silicon, Rig.Hardware.HostPort!, EndPoint, hostLost: hostLost, hostTimeout: 2000);
        await first.KillAsync();
        await Scene.UntilAsync(async () => !await IsHostAliveAsync(), () => "the core misses the host's heartbeat");
        using Socket client = NewClient();
        ConnectionKey key = Scene.KeyOf(client, EndPoint);
        Task connecting = client.ConnectAsync(EndPoint);
        if (hostLost == HostLost.Drop)
        {
            await Scene.UntilAsync(() => Rig.Trace.FromClient(key).Count(frame => frame.Segment.IsSyn) >= 2, () => "the client's SYN came again");
            Assert.Empty(Rig.Trace.ToClient(key));
            Assert.Empty(Rig.Trace.AtHost(key));
            client.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => connecting.WaitAsync(Scene.Patience));
        }
        else
        {
            SocketException refused = await Assert.ThrowsAsync<SocketException>(() => connecting.WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);

            // The kernel of a dead host knows nobody on the port; a board that resets does not ask it.
            Assert.Equal(hostLost == HostLost.Pass, Rig.Trace.AtHost(key).Count > 0);
        }

        using HostProcess second = await HostProcess.StartAsync(silicon, Rig.Hardware.HostPort!, EndPoint);
        Assert.True(await IsHostAliveAsync());
        Assert.Equal(first.Epoch + 1, second.Epoch);
        await EchoesAsync();
    }

    private Socket NewClient()
    {
        Socket socket = Rig.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(KernelRig.ClientAddress(Ip.V4), 0));
        return socket;
    }

    private async Task EchoesAsync()
    {
        using Socket client = NewClient();
        await Scene.ConnectAsync(client, EndPoint);
        await client.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", await Transfer.ReadTextAsync(client, 5));
    }

    private async Task<bool> IsHostAliveAsync()
    {
        uint[] status = new uint[1];
        await Rig.Hardware.Link.ReadAsync(RegisterMap.Control.Status.Address, status);
        return RegisterMap.Control.Status.HostAlive.Get(status[0]) != 0;
    }
}
