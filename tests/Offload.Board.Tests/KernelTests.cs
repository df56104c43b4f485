using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Board.Tests.Simulation;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;
using Offload.VirtualBoard.Ports;

namespace Offload.Board.Tests;

/// <summary>Two kernels whose cables end in the PHYs of a simulated board. Needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN.</summary>
public sealed class KernelTests
{
    private static readonly IPAddress ClientAddress = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress HostAddress = IPAddress.Parse("192.0.2.2");

    [SkippableFact]
    public Task Kernels_reach_each_other_and_the_engine_through_the_pins() => ConnectAsync("versa-5g");

    [SkippableFact]
    [Trait("Category", "Full")]
    public Task They_do_so_through_the_other_boards_pins() => ConnectAsync("colorlight-i9");

    private static async Task ConnectAsync(string name)
    {
        Skip.IfNot(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");
        using PosixSignalRegistration signals = PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { });
        using NetworkNamespace client = Create("client");
        using NetworkNamespace host = Create("host");
        await using SimulatedBoard simulated = new(name, "uart");
        await using Cable net = new(simulated, Port.Net, client, "net0", ClientAddress);
        await using Cable behind = new(simulated, Port.Host, host, "host0", HostAddress);
        await simulated.PassAsync(TimeSpan.FromMilliseconds(1));
        OffloadBoardOptions options = new() { Serve = false, CommandTimeout = Patience.Answer, ReadyTimeout = Patience.Answer, HostTimeout = TimeSpan.Zero };
        options.Providers.Add(new SimulatedProvider(name, simulated) { HostPort = behind.Interface });
        await using OffloadBoard board = await OffloadBoard.OpenAsync(name, options);

        // What is not the engine's passes, ARP first: a connection between the two kernels, with data both ways.
        using Socket server = host.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        server.Bind(new IPEndPoint(HostAddress, 9000));
        server.Listen();
        using (Socket through = client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)))
        {
            await through.ConnectAsync(HostAddress, 9000).WaitAsync(Patience.Answer);
            using Socket accepted = await server.AcceptAsync().WaitAsync(Patience.Answer);
            byte[] data = new byte[5000];
            new Random(1).NextBytes(data);
            _ = await through.SendAsync(data);
            Assert.Equal(data, await ReceiveAsync(accepted, data.Length));
            _ = await accepted.SendAsync(data);
            Assert.Equal(data, await ReceiveAsync(through, data.Length));
        }

        // The engine's listener completes the handshake itself, and the kernel at the other end takes it for any other's.
        IPEndPoint local = new(HostAddress, 8080);
        Listener listener = await board.Listeners.AddAsync(new ListenerOptions { EndPoint = local, Mac = behind.Interface.MacAddress });
        await using ConnectionSubscription events = await board.Connections.SubscribeAsync();
        using Socket peer = client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await peer.ConnectAsync(local).WaitAsync(Patience.Answer);
        Assert.True((await events.ReadAsync().AsTask().WaitAsync(Patience.Answer)).Established);
        ConnectionRow row = Assert.NotNull(await board.Connections.GetAsync(ConnectionKey.FromEndPoints(local, (IPEndPoint)peer.LocalEndPoint!)));
        Assert.Equal((TcpState.Established, Owner.Engine, listener.Slot), (row.State, row.Owner, row.Listener));
        Assert.Equal(0ul, simulated.BadFrames(Port.Net) + simulated.BadFrames(Port.Host) + simulated.LinkBreaches);
    }

    private static NetworkNamespace Create(string name)
    {
        try
        {
            return NetworkNamespace.Create(name);
        }
        catch (DemoException exception) when (exception.IsPermission)
        {
            throw new SkipException(exception.Message);
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        byte[] data = new byte[length];
        for (int at = 0; at < length;)
        {
            int count = await socket.ReceiveAsync(data.AsMemory(at)).AsTask().WaitAsync(Patience.Answer);
            Assert.NotEqual(0, count);
            at += count;
        }

        return data;
    }

    /// <summary>A TAP device of a namespace, and a port of the board: what leaves one enters the other.</summary>
    private sealed class Cable : IAsyncDisposable
    {
        private readonly TapPort _tap;
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _both;

        internal Cable(SimulatedBoard board, Port port, NetworkNamespace space, string name, IPAddress address)
        {
            try
            {
                _tap = TapPort.Create(name, space.Path, up: false);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.PermissionDenied)
            {
                throw new SkipException(exception.Message);
            }

            space.SetParameter($"net/ipv6/conf/{name}/disable_ipv6", "1");
            space.Ip("link set dev lo up", $"link set dev {name} up", $"address add {address}/24 dev {name}");
            Interface = _tap.KernelInterface!;
            _both = Task.WhenAll(ToBoardAsync(board, port), FromBoardAsync(board, port));
        }

        internal HostPort Interface { get; }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await _both;
            _ending.Dispose();
            _tap.Dispose();
        }

        private async Task ToBoardAsync(SimulatedBoard board, Port port)
        {
            byte[] buffer = new byte[2048];
            while (!_ending.IsCancellationRequested)
            {
                int length = _tap.Read(buffer);
                if (length > 0)
                {
                    board.Send(port, buffer.AsSpan(0, length));
                }
                else
                {
                    await Task.Delay(1);
                }
            }
        }

        private async Task FromBoardAsync(SimulatedBoard board, Port port)
        {
            try
            {
                while (true)
                {
                    _ = _tap.Write(await board.Frames(port).ReadAsync(_ending.Token));
                }
            }
            catch (OperationCanceledException)
            {
                // The cable is pulled out.
            }
        }
    }
}
