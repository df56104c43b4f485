using System.Diagnostics;
using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Links;
using Offload.Links.Pcie;
using Offload.Links.Usb;
using Offload.Listeners;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Ports;

namespace Offload.Rig;

/// <summary>The configured board with a core as after a reset, and the test itself as the peer at its net port.</summary>
internal sealed class RigBoard : BoardUnderTest
{
    private const ulong LocalMac = 0x020000000002;
    private const ulong RemoteMac = 0x020000000001;
    private const uint Local = 0xC0A8017B;
    private const uint Remote = 0xC0A80174;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly Wire _wire;
    private readonly OffloadBoard _holder;
    private readonly OffloadBoard _tested;

    private RigBoard(string directory, Wire wire, OffloadBoard holder, OffloadBoard tested)
    {
        _directory = directory;
        _wire = wire;
        _holder = holder;
        _tested = tested;
    }

    public override OffloadBoard Board => _tested;

    /// <summary>Opens the board with a running core.</summary>
    /// <param name="throughSocket">Whether the test works through the holder's socket.</param>
    internal static async ValueTask<RigBoard> OpenAsync(bool throughSocket = false)
    {
        RigLog.Current.Clear();
        (BoardProvider provider, Wire wire) = await PrepareAsync();
        string directory = Directory.CreateTempSubdirectory("offload-rig-").FullName;
        // An emulated processor is slow, and its machine busy.
        OffloadBoardOptions options = new() { RuntimeDirectory = directory, CommandTimeout = Patience, ReadyTimeout = Patience, LoggerFactory = RigLog.Current };
        options.Providers.Add(new TracingProvider(provider));
        OffloadBoard? holder = null;
        try
        {
            holder = await OffloadBoard.OpenAsync(await IdAsync(provider), options);
            if (!(await holder.GetPartAsync()).IsLoaded)
            {
                await holder.LoadBitstreamAsync(Bitstream);
            }

            OffloadBoard tested = throughSocket ? await OffloadBoard.OpenAsync(holder.Description.Id, options) : holder;
            Assert.NotEqual(throughSocket, tested.IsHolder);
            return new RigBoard(directory, wire, holder, tested);
        }
        catch
        {
            if (holder is not null)
            {
                await holder.DisposeAsync();
            }

            wire.Dispose();
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Opens the board's hardware alone, with a running core that nobody has begun a session with.</summary>
    internal static async ValueTask<BoardHardware> OpenHardwareAsync()
    {
        RigLog.Current.Clear();
        (BoardProvider provider, Wire wire) = await PrepareAsync();
        wire.Dispose();
        BoardDescription description = await DescriptionAsync(provider);
        BoardHardware hardware = await new TracingProvider(provider).OpenAsync(description);
        if (!hardware.Programmer.IsLoaded)
        {
            await hardware.Programmer.LoadAsync(Programming.BitstreamFile.Open(Bitstream));
        }

        return hardware;
    }

    /// <summary>What finds the configured board.</summary>
    internal static BoardProvider ProviderOf(VirtualBoardOptions virtualBoard) => RigConfiguration.Current.Board switch
    {
        RigConfiguration.Pcie => new PcieBoardProvider(new PcieBoardOptions { Access = PcieAccess.Vfio }),
        RigConfiguration.Sysfs => new PcieBoardProvider(new PcieBoardOptions { Access = PcieAccess.Sysfs }),
        RigConfiguration.Usb => new UsbBoardProvider(new UsbBoardOptions { Link = new() { AnswerTimeout = Patience, FirstAnswerTimeout = Patience } }),
        _ => new VirtualBoardProvider(virtualBoard),
    };

    /// <summary>The board's description; one that has just been plugged in may take a while.</summary>
    internal static async ValueTask<BoardDescription> DescriptionAsync(BoardProvider provider)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            IReadOnlyList<BoardDescription> found = [.. (await provider.DiscoverAsync()).Where(one => RigConfiguration.Current.Id is not { } id || one.Id == id)];
            if (found.Count > 0)
            {
                return Assert.Single(found);
            }

            Assert.True(time.Elapsed < Patience, "the configured board is not there");
            await Task.Delay(50);
        }
    }

    public override ListenerOptions ListenerOn(int port) =>
        new() { EndPoint = new IPEndPoint(IPAddress.Parse("192.168.1.123"), port), Mac = new MacAddress(LocalMac) };

    public override async ValueTask<ConnectionKey> EstablishAsync(Listener listener, int remotePort)
    {
        TcpFrame syn = Frame((ushort)remotePort, (ushort)listener.EndPoint.Port, TcpFlags.Syn, 1000);
        using CancellationTokenSource late = new(Patience);
        _wire.Send(syn.ToBytes());
        SentSegment answer = await ReceiveAsync(remotePort, TcpFlags.Syn | TcpFlags.Ack, late.Token);
        _wire.Send((syn with { Flags = TcpFlags.Ack, Seq = 1001, Ack = answer.Seq + 1 }).ToBytes());
        ConnectionKey key = ConnectionKey.FromEndPoints(listener.EndPoint, new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort));
        while ((await _holder.Connections.GetAsync(key, late.Token))?.State != TcpState.Established)
        {
            await Task.Delay(1, late.Token);
        }

        return key;
    }

    /// <summary>How long SYN to SYN,ACK takes, as the peer sees it.</summary>
    internal async ValueTask<TimeSpan> AnswerTimeAsync(Listener listener, int remotePort)
    {
        byte[] syn = Frame((ushort)remotePort, (ushort)listener.EndPoint.Port, TcpFlags.Syn, 1000).ToBytes();
        using CancellationTokenSource late = new(Patience);
        long start = Stopwatch.GetTimestamp();
        _wire.Send(syn);
        _ = await ReceiveAsync(remotePort, TcpFlags.Syn | TcpFlags.Ack, late.Token);
        return Stopwatch.GetElapsedTime(start);
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
        SentSegment syn = await ReceiveAsync(options.RemoteEndPoint.Port, TcpFlags.Syn, late.Token);
        TcpFlags flags = accept ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Rst | TcpFlags.Ack;
        _wire.Send((Frame((ushort)options.RemoteEndPoint.Port, (ushort)options.LocalPort!.Value, flags, 5000) with { Ack = syn.Seq + 1 }).ToBytes());
        if (accept)
        {
            // Its ACK, so that the next frame is the next thing that the engine says.
            _ = await ReceiveAsync(options.RemoteEndPoint.Port, TcpFlags.Ack, late.Token);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _holder.DisposeAsync();
        _wire.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The next segment to a peer with these flags. What else comes is sent again by the engine, where this machine is slower than its timers.</summary>
    private async ValueTask<SentSegment> ReceiveAsync(int remotePort, TcpFlags flags, CancellationToken cancellationToken)
    {
        while (true)
        {
            SentSegment sent = FrameChecker.Check(await _wire.ReceiveAsync(cancellationToken));
            if (sent.DestinationPort == remotePort && sent.Flags == flags)
            {
                return sent;
            }
        }
    }

    private static string Bitstream
    {
        get
        {
            string path = Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");
            Assert.True(File.Exists(path), $"{path} is missing: run firmware-tools/build-virtual-board.sh");
            return path;
        }
    }

    private static TcpFrame Frame(ushort remotePort, ushort localPort, TcpFlags flags, uint sequence) => new()
    {
        DestinationMac = LocalMac,
        SourceMac = RemoteMac,
        Source = TcpFrame.V4(Remote),
        Destination = TcpFrame.V4(Local),
        SourcePort = remotePort,
        DestinationPort = localPort,
        Flags = flags,
        Seq = sequence,
    };

    private static async ValueTask<string> IdAsync(BoardProvider provider) => (await DescriptionAsync(provider)).Id;

    /// <summary>A board in process is new each time; one that stays is put back to what it was after its reset.</summary>
    private static async ValueTask<(BoardProvider Provider, Wire Wire)> PrepareAsync()
    {
        if (RigConfiguration.Current.Board == RigConfiguration.Virtual)
        {
            MemoryFramePort net = new("net");
            return (ProviderOf(new VirtualBoardOptions { NetPort = net }), new MemoryWire(net));
        }

        BoardProvider provider = ProviderOf(new VirtualBoardOptions());
        BoardHardware hardware = await provider.OpenAsync(await DescriptionAsync(provider));
        await using (hardware)
        {
            await ResetAsync(hardware.Link);
        }

        return (provider, new PacketWire(RigConfiguration.Current.NetInterface
            ?? throw new InvalidDataException("net_interface is missing in the rig's configuration: which interface leads to the board's net port?")));
    }

    private static async Task ResetAsync(RegisterLink link)
    {
        uint[] word = [RegisterMap.Control.Reset.SoftReset.Mask];
        await link.WriteAsync(RegisterMap.Control.Reset.Address, word);
        Stopwatch time = Stopwatch.StartNew();
        do
        {
            Assert.True(time.Elapsed < Patience, "the core does not become ready after a reset");
            await link.ReadAsync(RegisterMap.Control.Status.Address, word);
        }
        while (RegisterMap.Control.Status.Ready.Get(word[0]) == 0);
    }
}
