using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Registers;
using Xunit.Abstractions;

namespace Offload.Sockets.Tests;

/// <summary>Many connections through one listener on a bad cable: every byte arrives, and nothing is left.</summary>
public sealed class ManyTests(ITestOutputHelper output) : RigTest
{
    private const int AtOnce = 64;
    private const int FirstPort = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <summary>Connections of each version of IP: half of 1,000, or of 10,000 with <c>OFFLOAD_TEST_FULL=1</c>.</summary>
    private static int Count => Environment.GetEnvironmentVariable("OFFLOAD_TEST_FULL") == "1" ? 5000 : 500;

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task Every_byte_arrives_on_a_bad_cable_and_nothing_is_left(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        await LifeBench.HurryAsync(scene);
        await scene.SetTimerAsync("time_wait", TimeSpan.FromSeconds(1));

        // As many as are opened at a time may wait for their adoption, one after the other, on a machine that has much other work.
        await scene.SetTimerAsync("adoption_timeout", Longest);
        foreach ((string name, string value) in new[] { ("tcp_rto_min_us", "20000"), ("tcp_rto_max_ms", "1000") })
        {
            // Not all kernels have these; without them it takes longer.
            if (scene.Rig.Host.Run(() => File.Exists("/proc/sys/net/ipv4/" + name)))
            {
                scene.Rig.Host.SetParameter("net/ipv4/" + name, value);
            }
        }

        // Where a round trip takes as long as the longest timeout, the kernel gives up what was closed with the first loss, unless it is told otherwise.
        scene.Rig.Host.SetParameter("net/ipv4/tcp_orphan_retries", "12");
        ulong seed = TestSeed.Get();
        output.WriteLine($"OFFLOAD_TEST_SEED={seed}");
        BadCable cable = new(seed, new CableFaults(0.05, 0, 0.05, TimeSpan.FromMilliseconds(5), TimeSpan.Zero));
        await using OffloadListener listener = await scene.AcceptingAsync(
            ip, new OffloadListenerOptions { Backlog = 2 * AtOnce, CloseInHardware = new SocketReturnOptions { DrainTimeout = TimeSpan.FromSeconds(60) } });
        scene.Impairment = cable;
        long started = Stopwatch.GetTimestamp();
        using CancellationTokenSource end = new();
        Task<int> serving = ServeAsync(scene, listener, end.Token);
        using SemaphoreSlim places = new(AtOnce);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async number =>
        {
            await places.WaitAsync();
            try
            {
                await LiveAsync(scene, ip, listener.LocalEndPoint, number).WaitAsync(Longest);
            }
            catch (Exception exception)
            {
                // Of many that fail only one is shown.
                ConnectionKey key = ConnectionKey.FromEndPoints(listener.LocalEndPoint, new IPEndPoint(KernelRig.ClientAddress(ip), FirstPort + number));
                output.WriteLine($"connection {number}: {exception.GetType().Name} {exception.Message}; {listener.Statistics}; {(serving.IsFaulted ? serving.Exception.Message : "")}; "
                    + $"to the client: {Ends(scene.Trace.ToClient(key))}; from it: {Ends(scene.Trace.FromClient(key))}; at the host: {Ends(scene.Trace.AtHost(key))}");
                throw;
            }
            finally
            {
                places.Release();
            }
        }));
        output.WriteLine($"{Count} connections in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s; {cable.Done.Lost} segments lost, {cable.Done.Held} held back");
        Assert.True(cable.Done.Lost > Count / 4, $"the cable has lost only {cable.Done.Lost} segments");
        await Scene.UntilAsync(() => scene.HostSockets(listener).All(socket => socket.State == KernelSocket.TimeWait), () => "the host's sockets have ended");
        await end.CancelAsync();
        int returned = await serving;

        // A quarter goes back by a call, and a quarter by the listener's option.
        Assert.Equal(Count / 4, returned);
        await Scene.UntilAsync(() => listener.Statistics.Returned == Count / 4, () => $"a quarter went back when it was disposed: {listener.Statistics}");
        Assert.Equal(Count, listener.Statistics.Adopted);
        Assert.Equal(0, listener.Statistics.Aborted + listener.Statistics.LeftToKernel + listener.Statistics.Waiting);

        // What the engine closed has left by itself; what it only watched is forgotten after its idle time at the latest.
        await Scene.UntilAsync(
            async () => (await scene.Board.Connections.SnapshotAsync()).Rows.ToArray().All(row => row.Owner == Owner.Host), () => "the engine has no connection of its own");
        scene.Impairment = null;
        await Scene.UntilAsync(async () => (await scene.Board.Connections.SnapshotAsync()).Count == 0, () => "the table is empty");
        Assert.Equal(0, (await scene.Board.GetStatusAsync()).ParkedFrames);
    }

    /// <summary>A connection's client: it asks, says that it is done, and checks the answer.</summary>
    private static async Task LiveAsync(Scene scene, Ip ip, IPEndPoint server, int number)
    {
        using Socket client = scene.Rig.Client.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        client.Bind(new IPEndPoint(KernelRig.ClientAddress(ip), FirstPort + number));
        await client.ConnectAsync(server);
        byte[] question = Bytes(number, 200 + (number % 7 * 1500));
        byte[] header = [(byte)(question.Length >> 8), (byte)question.Length, (byte)number, (byte)(number >> 8)];
        await SendAllAsync(client, header);
        await SendAllAsync(client, question);
        byte[] answer = new byte[32 + (number % 5 * 2000)];
        await Transfer.ReadAsync(client, answer);
        Assert.Equal(SHA256.HashData(question), answer[..32]);
        Assert.Equal(Bytes(~number, answer.Length - 32), answer[32..]);
        if (number % 4 == 3)
        {
            // The client ends first.
            client.Shutdown(SocketShutdown.Send);
        }

        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    /// <summary>The last segments, oldest first.</summary>
    private static string Ends(IReadOnlyList<TracedFrame> frames) =>
        string.Join("; ", frames.TakeLast(8).Select(frame => $"{frame.Microseconds} {(frame.FromBoard ? "out" : "in")} {frame.Segment}"));

    /// <summary>Answers every connection; how many it has handed back to the board.</summary>
    private static async Task<int> ServeAsync(Scene scene, OffloadListener listener, CancellationToken end)
    {
        List<Task<bool>> all = [];
        try
        {
            while (true)
            {
                all.Add(AnswerAsync(scene, await listener.AcceptSocketAsync(end)));
            }
        }
        catch (OperationCanceledException)
        {
            return (await Task.WhenAll(all)).Count(returned => returned);
        }
    }

    private static async Task<bool> AnswerAsync(Scene scene, Socket server)
    {
        using Socket socket = server;
        byte[] header = new byte[4];
        await Transfer.ReadAsync(socket, header);
        byte[] question = new byte[(header[0] << 8) | header[1]];
        await Transfer.ReadAsync(socket, question);
        int number = header[2] | (header[3] << 8);
        await SendAllAsync(socket, [.. SHA256.HashData(question), .. Bytes(~number, number % 5 * 2000)]);
        if (number % 4 == 3)
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]));
        }

        switch (number % 4)
        {
            case 1:
                await socket.ReturnToHardwareAsync(scene.Board, new SocketReturnOptions { DrainTimeout = TimeSpan.FromSeconds(60) });
                return true;
            case 3:
                // Goes back when it is disposed.
                return false;
            default:
                // The kernel closes it.
                socket.Shutdown(SocketShutdown.Send);
                return false;
        }
    }

    private static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            at += await socket.SendAsync(bytes.AsMemory(at));
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
