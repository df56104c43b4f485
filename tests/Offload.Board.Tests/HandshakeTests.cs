using System.Net;
using Offload.Board.Tests.Simulation;
using Offload.Boards;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Listeners;
using Offload.Registers;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Offload.Board.Tests;

/// <summary>The main thing, through the pins: the SDK sets a listener up over the board's link, and a peer at the PHY connects to it.</summary>
public sealed class HandshakeTests
{
    private const ulong LocalMac = 0x020000000002;
    private const ulong RemoteMac = 0x020000000001;

    [Fact]
    public Task A_peer_at_the_PHY_connects_to_a_listener_that_was_set_up_over_the_link() => ConnectAsync("versa-5g", "uart", 1024);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("versa-5g", "fifo-sync", 1024)]
    [InlineData("versa-5g", "fifo-async", 1024)]
    [InlineData("colorlight-i9", "uart", 1024)]
    public Task The_same_over_every_link_and_on_the_other_board(string name, string link, int connections) => ConnectAsync(name, link, connections);

    private static async Task ConnectAsync(string name, string link, int connections)
    {
        await using SimulatedBoard simulated = new(name, link);
        OffloadBoardOptions options = new() { Serve = false, CommandTimeout = Patience.Answer, ReadyTimeout = Patience.Answer, HostTimeout = TimeSpan.Zero };
        options.Providers.Add(new SimulatedProvider(name, simulated));
        await using (OffloadBoard board = await OffloadBoard.OpenAsync(name, options))
        {
            Assert.Equal(connections, (await board.GetIdentityAsync()).Connections);
            IPEndPoint local = new(IPAddress.Parse("192.168.1.123"), 8080);
            IPEndPoint remote = new(IPAddress.Parse("192.168.1.116"), 50000);
            Listener listener = await board.Listeners.AddAsync(new ListenerOptions { EndPoint = local, Mac = new MacAddress(LocalMac) });
            await using ConnectionSubscription events = await board.Connections.SubscribeAsync();

            TcpFrame syn = new()
            {
                DestinationMac = LocalMac,
                SourceMac = RemoteMac,
                Source = TcpFrame.V4(0xC0A80174),
                Destination = TcpFrame.V4(0xC0A8017B),
                SourcePort = (ushort)remote.Port,
                DestinationPort = (ushort)local.Port,
                Flags = TcpFlags.Syn,
                Seq = 1000,
            };
            simulated.Send(Port.Net, syn.ToBytes());
            SentSegment answer = FrameChecker.Check(await simulated.ReceiveAsync(Port.Net));
            Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 1001u), (answer.Flags, answer.Ack));

            simulated.Send(Port.Net, (syn with { Flags = TcpFlags.Ack, Seq = 1001, Ack = answer.Seq + 1 }).ToBytes());
            Assert.True((await events.ReadAsync().AsTask().WaitAsync(Patience.Answer)).Established);
            ConnectionRow row = Assert.NotNull(await board.Connections.GetAsync(ConnectionKey.FromEndPoints(local, remote)));
            Assert.Equal((TcpState.Established, Owner.Engine, listener.Slot), (row.State, row.Owner, row.Listener));
            Assert.Equal(answer.Seq, row.Iss);
        }

        Assert.Equal(0ul, simulated.BadFrames(Port.Net) + simulated.BadFrames(Port.Host) + simulated.LinkBreaches);
    }
}
