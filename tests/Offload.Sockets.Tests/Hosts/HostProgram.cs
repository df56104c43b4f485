using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Registers;

namespace Offload.Sockets.Tests.Hosts;

/// <summary>A host in a process of its own, to be killed: opens the board of <see cref="Silicon"/>, and echoes on an end point. What xunit needs of this
/// assembly it takes from elsewhere, so its entry point is free.</summary>
internal static class HostProgram
{
    /// <summary>How long connections wait for their adoption: longer than a new host takes to start on a busy machine.</summary>
    private static readonly TimeSpan AdoptionTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs until its input ends.</summary>
    internal static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [string socketPath, string interfaceName, string spacePath, string mac, string endPoint, string orphans, string hostLost, string hostTimeout])
        {
            await Console.Error.WriteLineAsync("This is a test's host; the tests start it.");
            return 2;
        }

        OffloadBoardOptions options = new() { Serve = false, HostTimeout = TimeSpan.FromMilliseconds(int.Parse(hostTimeout, CultureInfo.InvariantCulture)) };
        options.Providers.Add(new SiliconProvider(socketPath, new HostPort(interfaceName, spacePath, MacAddress.Parse(mac))));
        await using OffloadBoard board = await OffloadBoard.OpenAsync(SiliconProvider.Board.Id, options);
        await board.Timers.SetAsync("adoption_timeout", AdoptionTimeout);
        int left = (await board.Connections.GetOrphansAsync()).Count;
        await using OffloadListener listener = await board.ListenAsync(IPEndPoint.Parse(endPoint), new OffloadListenerOptions
        {
            Release = ReleaseMode.Watch,
            Orphans = Enum.Parse<OrphanHandling>(orphans),
            HostLost = Enum.Parse<HostLost>(hostLost),
        });
        int epoch = (await board.GetStatusAsync()).Epoch;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{epoch} {left}"));
        using CancellationTokenSource end = new();
        Task serving = ServeAsync(listener, end.Token);
        await Console.In.ReadToEndAsync();
        await end.CancelAsync();
        await serving;
        return 0;
    }

    private static async Task ServeAsync(OffloadListener listener, CancellationToken end)
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await listener.AcceptSocketAsync(end));
            }
        }
        catch (OperationCanceledException)
        {
            // It is to end.
        }
    }

    private static async Task EchoAsync(Socket accepted)
    {
        using Socket socket = accepted;
        byte[] buffer = new byte[4096];
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
        {
            await socket.SendAsync(buffer.AsMemory(0, read));
        }
    }
}
