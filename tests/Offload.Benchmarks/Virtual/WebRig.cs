using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Offload.AspNetCore;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Counters;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>What one way to serve requests does.</summary>
/// <param name="Clients">How the clients were received.</param>
/// <param name="SimulatorMicroseconds">Processor time of the simulator a request, which no board has.</param>
internal sealed record WebService(WebReception Clients, double SimulatorMicroseconds);

/// <summary>An ASP.NET Core application in the host's namespace: with one line for the board, or with Kestrel's own sockets.</summary>
internal static class WebRig
{
    /// <summary>Clients at a time.</summary>
    public const int Together = 64;

    /// <summary>Requests before the time that counts.</summary>
    private const int First = 1000;

    private static readonly IPEndPoint EndPoint = new(IPAddress.Parse(Net.Text(Net.Host)), Net.Port);

    /// <summary>Through the virtual board.</summary>
    public static async Task<WebService> ThroughBoardAsync(string bitstream, long requests, bool keepAlive)
    {
        using NetworkNamespace client = NetworkNamespace.Create("client"), host = NetworkNamespace.Create("host");
        await using OffloadBoard board = await Rig.OpenAsync(bitstream, host, new VirtualBoardOptions { NetTap = Net.ClientTap, NetNamespace = client.Path });
        Net.Configure(client, Net.ClientTap, Net.Client);
        Rig.Prepare(client);
        await using WebApplication app = await ServeAsync(builder =>
        {
            builder.Services.AddSingleton(board);
            builder.WebHost.UseOffload(options => options.Listen(EndPoint));
        });
        ulong before = (await board.Counters.SnapshotAsync())[CounterId.Established];
        double simulator = ThreadTimes.Named("offload ");
        WebReception clients = WebClients.Run(client, Together, requests, First, keepAlive);
        simulator = ThreadTimes.Named("offload ") - simulator;
        ulong established = (await board.Counters.SnapshotAsync())[CounterId.Established] - before;
        Bench.Require(
            clients.Failed > 0 || established == (ulong)clients.Connections, $"the clients had {clients.Connections} connections, and the engine says {established}");
        return new WebService(clients, 1e6 * simulator / clients.Requests);
    }

    /// <summary>With the same kernel as the host, and Kestrel's own sockets.</summary>
    public static async Task<WebService> ThroughKernelAsync(long requests, bool keepAlive)
    {
        using NetworkNamespace client = NetworkNamespace.Create("client"), host = NetworkNamespace.Create("host");
        using TapPort clientTap = TapPort.Create(Net.ClientTap, client.Path, up: false), hostTap = TapPort.Create(Net.HostTap, host.Path, up: false);
        Net.Configure(client, Net.ClientTap, Net.Client);
        Net.Configure(host, Net.HostTap, Net.Host);
        Rig.Prepare(client);
        using var cable = new Cable(clientTap, hostTap);
        await using WebApplication app = await ServeAsync(builder =>
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(EndPoint));
            builder.Services.Configure<SocketTransportOptions>(
                sockets => sockets.CreateBoundListenSocket = endPoint => host.Run(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint)));
        });
        return new WebService(WebClients.Run(client, Together, requests, First, keepAlive), 0);
    }

    /// <summary>Starts the application: it answers a request with the number that its path is.</summary>
    private static async Task<WebApplication> ServeAsync(Action<WebApplicationBuilder> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        configure(builder);
        WebApplication app = builder.Build();
        app.Run(static context =>
        {
            byte[] number = Encoding.ASCII.GetBytes(context.Request.Path.Value![1..]);
            context.Response.ContentLength = number.Length;
            return context.Response.Body.WriteAsync(number).AsTask();
        });
        await app.StartAsync();
        return app;
    }
}
