using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Sockets;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>What one way to accept connections does, with its clients alone or in a flood.</summary>
/// <param name="PerSecond">Accepted connections a second; each is sent a byte, and closed.</param>
/// <param name="HostMicroseconds">Processor time of the host a connection.</param>
/// <param name="SimulatorMicroseconds">That of the simulator, which no board has.</param>
/// <param name="FirstByte">Median of the times from connect to the first byte, one client at a time, in microseconds.</param>
/// <param name="FloodPerSecond">SYNs of the flood that were taken a second.</param>
/// <param name="Failed">Clients whose connection failed.</param>
/// <param name="ClocksPerSyn">Clocks that the board's core ran for each SYN of the flood; not a number where there is no board.</param>
internal sealed record Acceptance(
    double PerSecond, double HostMicroseconds, double SimulatorMicroseconds, double FirstByte, double FloodPerSecond, long Failed, double ClocksPerSyn = double.NaN);

/// <summary>A server of sockets: the kernel's own accept, or the adoption of what the board opened.</summary>
internal static class SocketRig
{
    private const int Together = 64;
    private const double Seconds = 3;
    private const double WarmUp = 0.5;

    /// <summary>SYNs that a flood is to have a second.</summary>
    public const double Flood = 100_000;

    /// <summary>Through the virtual board, whose connections become sockets.</summary>
    public static async Task<Acceptance> ThroughBoardAsync(string bitstream, bool flooded)
    {
        using NetworkNamespace client = NetworkNamespace.Create("client"), host = NetworkNamespace.Create("host");
        using FloodedPort? port = flooded ? new FloodedPort(TapPort.Create(Net.ClientTap, client.Path, up: false)) : null;
        VirtualBoardHardware? hardware = null;
        await using OffloadBoard board = await Rig.OpenAsync(
            bitstream, host, opened: one => hardware = one, virtualBoard: port is null ? new VirtualBoardOptions { NetTap = Net.ClientTap, NetNamespace = client.Path } : new VirtualBoardOptions { NetPort = port });
        Configure(client);
        Net.RouteFlood(host, Net.Flooder);
        using var end = new CancellationTokenSource();
        await using OffloadListener listener = await board.ListenAsync(
            new IPEndPoint(IPAddress.Parse(Net.Text(Net.Host)), Net.Port), new OffloadListenerOptions { Backlog = 1024 });
        Task serving = Task.Run(() => ServeAsync(listener, end.Token));

        // The listener has looked for what an earlier one left when its first clients are received: in a flood, simulated registers make that last.
        Guests.Run(client, Together, WarmUp);
        if (port is not null)
        {
            port.Flood = new PacedFlood((await board.Listeners.ListAsync())[0].Mac.Value, Flood);
            Guests.Run(client, Together, WarmUp);
        }

        long syns = port?.Flood?.Sent ?? 0;
        ulong clocks = hardware!.Statistics.ClocksRun;
        double process = ThreadTimes.Process(), simulator = ThreadTimes.Named("offload ");
        Reception all = Guests.Run(client, Together, Seconds);
        process = ThreadTimes.Process() - process;
        simulator = ThreadTimes.Named("offload ") - simulator;
        syns = (port?.Flood?.Sent ?? 0) - syns;
        clocks = hardware.Statistics.ClocksRun - clocks;
        Reception alone = Guests.Run(client, 1, Seconds);
        if (port is not null)
        {
            port.Flood = null;
        }

        await end.CancelAsync();
        await serving;

        // Before the listener, which would reset what the flood left half open, one by one.
        await board.DisposeAsync();
        return new Acceptance(
            all.PerSecond, 1e6 * Math.Max(0, process - simulator - all.Processor) / all.Done, 1e6 * simulator / all.Done, alone.Median, syns / all.Seconds, all.Failed,
            (double)clocks / syns);
    }

    /// <summary>With the same kernel as the host, which may be told to do something first.</summary>
    public static Acceptance ThroughKernel(bool flooded, Action<NetworkNamespace>? prepare)
    {
        using NetworkNamespace client = NetworkNamespace.Create("client"), host = NetworkNamespace.Create("host");
        using TapPort clientTap = TapPort.Create(Net.ClientTap, client.Path, up: false), hostTap = TapPort.Create(Net.HostTap, host.Path, up: false);
        Net.Configure(host, Net.HostTap, Net.Host);
        Configure(client);
        Net.RouteFlood(host, Net.Flooder);
        prepare?.Invoke(host);
        using var cable = new Cable(clientTap, hostTap, PacedFlood.IsForOthers);
        using var server = new Server(host, greet: true);
        using Flooder? flooder = flooded ? new Flooder(hostTap) : null;
        Guests.Run(client, Together, WarmUp);
        double own = cable.HostTime + server.Time + (flooder?.HostTime ?? 0);
        long syns = flooder?.Sent ?? 0;
        Reception all = Guests.Run(client, Together, Seconds);
        own = cable.HostTime + server.Time + (flooder?.HostTime ?? 0) - own;
        syns = (flooder?.Sent ?? 0) - syns;
        Reception alone = Guests.Run(client, 1, Seconds);
        return new Acceptance(all.PerSecond, 1e6 * own / all.Done, 0, alone.Median, syns / all.Seconds, all.Failed);
    }

    private static void Configure(NetworkNamespace client)
    {
        Net.Configure(client, Net.ClientTap, Net.Client);
        Rig.Prepare(client);
    }

    private static async Task ServeAsync(OffloadListener listener, CancellationToken end)
    {
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync(end);
                try
                {
                    socket.Send([1]);
                }
                catch (SocketException)
                {
                    // The client has ended its run.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is to end.
        }
    }

    /// <summary>Writes the flood to the host's TAP device: what its kernel does with a SYN, it does within the write.</summary>
    private sealed class Flooder : IDisposable
    {
        private readonly Thread _thread;
        private readonly PacedFlood _flood;
        private volatile bool _stopping;
        private volatile int _threadId;

        public Flooder(TapPort host)
        {
            _flood = new PacedFlood(host.KernelInterface!.MacAddress.Value, Flood);
            _thread = new Thread(() =>
            {
                _threadId = Kernel.ThreadId();
                while (!_stopping)
                {
                    if (_flood.Next() is { } syn)
                    {
                        host.Write(syn);
                    }
                    else
                    {
                        Thread.Yield();
                    }
                }
            })
            { IsBackground = true, Name = "flood" };
            _thread.Start();
        }

        public long Sent => _flood.Sent;

        /// <summary>What the host's kernel did for it, in seconds.</summary>
        public double HostTime => ThreadTimes.InKernel(_threadId);

        public void Dispose()
        {
            _stopping = true;
            _thread.Join();
        }
    }
}
