using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Listeners;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.VirtualBoard.Ports;

namespace Offload.VirtualBoard.Tests.Contract;

/// <summary>The SDK's contract over the Verilated core, by its holder.</summary>
public sealed class VirtualHolderContractTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await VirtualBoardUnderTest.OpenAsync(throughSocket: false);
}

/// <summary>The SDK's contract over the Verilated core, through the holder's socket.</summary>
public sealed class VirtualClientContractTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await VirtualBoardUnderTest.OpenAsync(throughSocket: true);
}

/// <summary>A virtual board whose peer is the test itself, at its net port.</summary>
internal sealed class VirtualBoardUnderTest : BoardUnderTest
{
    private const ulong LocalMac = 0x020000000002;
    private const ulong RemoteMac = 0x020000000001;
    private const uint Local = 0xC0A8017B;
    private const uint Remote = 0xC0A80174;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private readonly MemoryFramePort _net;
    private readonly OffloadBoard _holder;
    private readonly OffloadBoard _tested;

    private VirtualBoardUnderTest(string directory, MemoryFramePort net, OffloadBoard holder, OffloadBoard tested)
    {
        _directory = directory;
        _net = net;
        _holder = holder;
        _tested = tested;
    }

    public override OffloadBoard Board => _tested;

    public static async ValueTask<VirtualBoardUnderTest> OpenAsync(bool throughSocket)
    {
        string bitstream = Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");
        Assert.True(File.Exists(bitstream), $"{bitstream} is missing: run firmware-tools/build-virtual-board.sh");
        string directory = Directory.CreateTempSubdirectory("offload-test-").FullName;
        MemoryFramePort net = new("net");
        OffloadBoardOptions options = new() { RuntimeDirectory = directory };
        options.Providers.Add(new VirtualBoardProvider(new VirtualBoardOptions { NetPort = net }));
        OffloadBoard holder = await OffloadBoard.OpenAsync(VirtualBoardProvider.Kind, options);
        await holder.LoadBitstreamAsync(bitstream);
        OffloadBoard tested = throughSocket ? await OffloadBoard.OpenAsync(VirtualBoardProvider.Kind, options) : holder;
        Assert.NotEqual(throughSocket, tested.IsHolder);
        return new VirtualBoardUnderTest(directory, net, holder, tested);
    }

    public override ListenerOptions ListenerOn(int port) =>
        new() { EndPoint = new IPEndPoint(IPAddress.Parse("192.168.1.123"), port), Mac = new MacAddress(LocalMac) };

    public override async ValueTask<ConnectionKey> EstablishAsync(Listener listener, int remotePort)
    {
        TcpFrame syn = new()
        {
            DestinationMac = LocalMac,
            SourceMac = RemoteMac,
            Source = TcpFrame.V4(Remote),
            Destination = TcpFrame.V4(Local),
            SourcePort = (ushort)remotePort,
            DestinationPort = (ushort)listener.EndPoint.Port,
            Flags = TcpFlags.Syn,
            Seq = 1000,
        };
        using CancellationTokenSource late = new(Patience);
        _net.Send(syn.ToBytes());
        SentSegment answer = FrameChecker.Check(await _net.ReceiveAsync(late.Token));
        _net.Send((syn with { Flags = TcpFlags.Ack, Seq = 1001, Ack = answer.Seq + 1 }).ToBytes());
        ConnectionKey key = ConnectionKey.FromEndPoints(listener.EndPoint, new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort));
        while ((await _holder.Connections.GetAsync(key, late.Token))?.State != TcpState.Established)
        {
            await Task.Delay(1, late.Token);
        }

        return key;
    }

    public override ConnectionOpenOptions OpenTo(int remotePort) => new()
    {
        RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort),
        LocalAddress = IPAddress.Parse("192.168.1.123"),
        LocalPort = 40000,
        LocalMac = new MacAddress(LocalMac),
        NextHopMac = new MacAddress(RemoteMac),
    };

    public override async ValueTask AnswerOpenAsync(ConnectionOpenOptions options, bool accept)
    {
        using CancellationTokenSource late = new(Patience);
        SentSegment syn = FrameChecker.Check(await _net.ReceiveAsync(late.Token));
        Assert.Equal(TcpFlags.Syn, syn.Flags);
        TcpFrame answer = new()
        {
            DestinationMac = LocalMac,
            SourceMac = RemoteMac,
            Source = TcpFrame.V4(Remote),
            Destination = TcpFrame.V4(Local),
            SourcePort = (ushort)options.RemoteEndPoint.Port,
            DestinationPort = (ushort)options.LocalPort!.Value,
            Flags = accept ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Rst | TcpFlags.Ack,
            Seq = 5000,
            Ack = syn.Seq + 1,
        };
        _net.Send(answer.ToBytes());
        if (accept)
        {
            // Its ACK, so that the next frame is the next thing that the engine says.
            Assert.Equal(TcpFlags.Ack, FrameChecker.Check(await _net.ReceiveAsync(late.Token)).Flags);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _holder.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
