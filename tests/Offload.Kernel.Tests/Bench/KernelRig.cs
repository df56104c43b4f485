using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Engine.Tests.Harness;
using Offload.Kernel.Tests.Relay;
using Offload.Programming;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Ports;

[assembly: SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Offload.Kernel.Tests.Bench;

/// <summary>Version of IP, for tests that run with both.</summary>
public enum Ip
{
    /// <summary>IPv4.</summary>
    V4 = 4,

    /// <summary>IPv6.</summary>
    V6 = 6,
}

/// <summary>
/// Tests that each have a rig of their own: nothing that one leaves behind in a kernel or in the engine (TIME-WAIT, what a kernel remembers of an
/// address, counters) can meet another.
/// </summary>
public abstract class RigTest : IAsyncLifetime
{
    /// <summary>This test's rig. It is there from <see cref="KernelRig.BeginAsync"/> on.</summary>
    private protected KernelRig Rig { get; } = new();

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Rig.DisposeAsync();
}

/// <summary>
/// A client namespace, a relay, a virtual board, a host namespace. The namespaces have no names and no mounts: they end with this process in
/// whatever way it ends, and their devices with them, so nothing can be left behind or meet another run.
/// </summary>
internal sealed class KernelRig : IAsyncDisposable
{
    internal const string NetTap = "net0";
    internal const string HostTap = "host0";

    // Addresses of the documentation ranges (RFC 5737, RFC 3849).
    private static readonly IPAddress ClientV4 = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress HostV4 = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress ClientV6 = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress HostV6 = IPAddress.Parse("2001:db8::2");

    private static int Made;

    private NetworkNamespace? _client;
    private NetworkNamespace? _host;
    private CablePort? _relay;
    private OffloadBoard? _board;

    internal NetworkNamespace Client => _client!;

    internal NetworkNamespace Host => _host!;

    internal OffloadBoard Board => _board!;

    internal CablePort Relay => _relay!;

    internal VirtualBoardHardware Hardware { get; private set; } = null!;

    internal Trace Trace { get; } = new();

    private static string Bitstream => Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");

    internal static IPAddress ClientAddress(Ip ip) => ip == Ip.V4 ? ClientV4 : ClientV6;

    internal static IPAddress HostAddress(Ip ip) => ip == Ip.V4 ? HostV4 : HostV6;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_board is not null)
        {
            await _board.DisposeAsync();
        }
        else if (Hardware is not null)
        {
            await Hardware.DisposeAsync();
        }
        else
        {
            _relay?.Dispose();
        }

        _client?.Dispose();
        _host?.Dispose();
    }

    /// <summary>Sets the rig up, and begins a test on it. Where this process may not, the test is passed over.</summary>
    internal async Task<Scene> BeginAsync()
    {
        await AllowedAsync(OpenAsync);
        return await Scene.BeginAsync(this);
    }

    /// <summary>Sets the rig up with a board that runs, and that no host has opened: it is a cable. Where this process may not, the test is passed over.</summary>
    internal Task BeginWithoutHostAsync() => AllowedAsync(async () =>
    {
        (VirtualBoardProvider provider, string id) = SetUp();
        Hardware = (VirtualBoardHardware)await provider.OpenAsync((await provider.DiscoverAsync()).Single(board => board.Id == id));
        await Hardware.Programmer.LoadAsync(BitstreamFile.Open(Bitstream));
        await PlugInAsync();
    });

    private static async Task AllowedAsync(Func<Task> open)
    {
        string? missing = File.Exists("/dev/net/tun") ? null : "there is no /dev/net/tun";
        try
        {
            if (missing is null)
            {
                await open();
            }
        }
        catch (DemoException exception) when (exception.IsPermission)
        {
            missing = exception.Message;
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.PermissionDenied)
        {
            missing = exception.Message;
        }

        Skip.If(missing is not null, $"{missing} (these tests need root, or CAP_NET_ADMIN and CAP_SYS_ADMIN)");
    }

    /// <summary>Sets an interface down or up. IPv6 addresses stay (keep_addr_on_down).</summary>
    internal static void SetLink(NetworkNamespace space, string tap, bool up) => space.Ip($"link set dev {tap} {(up ? "up" : "down")}");

    private static void Configure(NetworkNamespace space, string tap, IPAddress ipv4, IPAddress ipv6)
    {
        // Nothing but what the tests do is to be on the cable: no router solicitations, no address checks.
        foreach ((string name, string value) in new[]
        {
            ("accept_ra", "0"), ("autoconf", "0"), ("accept_dad", "0"), ("dad_transmits", "0"), ("router_solicitations", "0"), ("keep_addr_on_down", "1"),
        })
        {
            space.SetParameter($"net/ipv6/conf/{tap}/{name}", value);
        }

        space.Ip(
            "link set dev lo up",
            $"link set dev {tap} addrgenmode none",
            $"link set dev {tap} up",
            $"address add {ipv4}/24 dev {tap}",
            $"address add {ipv6}/64 dev {tap} nodad");
    }

    private async Task OpenAsync()
    {
        (VirtualBoardProvider provider, string id) = SetUp();
        Keeper keeper = new(provider);
        OffloadBoardOptions options = new() { Serve = false };
        options.Providers.Add(keeper);
        _board = await OffloadBoard.OpenAsync(id, options);
        Hardware = (VirtualBoardHardware)keeper.Opened!;
        await _board.LoadBitstreamAsync(Bitstream);
        await PlugInAsync();
    }

    /// <summary>Makes the namespaces, and what opens the board between them.</summary>
    private (VirtualBoardProvider Provider, string Id) SetUp()
    {
        if (!File.Exists(Bitstream))
        {
            throw new FileNotFoundException($"{Bitstream} is missing; run firmware-tools/build-virtual-board.sh");
        }

        // The runtime's thread for signals stays for good in the namespace of whoever needs it first, as running a tool does: not in a rig's.
        using PosixSignalRegistration signals = PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { });
        _client = NetworkNamespace.Create("client");
        _host = NetworkNamespace.Create("host");
        _relay = new CablePort(TapPort.Create(NetTap, _client.Path, up: false));
        string id = string.Create(CultureInfo.InvariantCulture, $"kernel-{Environment.ProcessId}-{Interlocked.Increment(ref Made)}");
        VirtualBoardProvider provider = new(new VirtualBoardOptions
        {
            Id = id,
            NetPort = _relay,
            HostTap = HostTap,
            HostNamespace = _host.Path,
            BringUp = false,
            Observer = Trace,
        });
        return (provider, id);
    }

    private async Task PlugInAsync()
    {
        Configure(Client, NetTap, ClientV4, ClientV6);
        Configure(Host, HostTap, HostV4, HostV6);
        foreach (Ip ip in Enum.GetValues<Ip>())
        {
            await PassesAsync(Client, Host, HostAddress(ip));
            await PassesAsync(Host, Client, ClientAddress(ip));
        }
    }

    /// <summary>Waits until datagrams pass: a kernel may take a moment to see that a cable is there, and learns the neighbour's address with the first.</summary>
    internal static async Task PassesAsync(NetworkNamespace from, NetworkNamespace to, IPAddress target)
    {
        using Socket sender = from.Run(() => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        using Socket receiver = to.Run(() => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        IPEndPoint there = new(target, ((IPEndPoint)receiver.LocalEndPoint!).Port);
        await Scene.UntilAsync(
            () =>
            {
                try
                {
                    sender.SendTo(new byte[1], there);
                }
                catch (SocketException)
                {
                    // There is no route yet.
                }

                return receiver.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead);
            },
            () => $"a datagram passes to {there}");
    }

    /// <summary>Keeps what a provider opens, for the virtual board's own statistics.</summary>
    private sealed class Keeper(BoardProvider provider) : BoardProvider
    {
        internal BoardHardware? Opened { get; private set; }

        public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) =>
            provider.DiscoverAsync(cancellationToken);

        public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
            Opened = await provider.OpenAsync(board, cancellationToken);
    }
}
