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

/// <summary>Many connections through one listener on a bad cable, with every combination of options: every byte arrives, and nothing is left.</summary>
public sealed class ManyTests(ITestOutputHelper output) : RigTest
{
    private const int AtOnce = 64;
    private const int FirstPort = 20_000;

    /// <summary>With and without timestamps, SACK and window scale.</summary>
    private const int Combinations = 8;

    private const int LongTransfer = 200_000;

    private static readonly byte[] Greeting = [.. "220 at your service\r\n"u8];

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

        // Where a round trip takes as long as the longest timeout, a kernel gives up what was closed with the first loss, unless it is told
        // otherwise; and then nobody tells the engine that the connection has ended.
        scene.Rig.Host.SetParameter("net/ipv4/tcp_orphan_retries", "12");
        scene.SetClientParameter("net/ipv4/tcp_orphan_retries", "12");
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
        for (int combination = 0; combination < Combinations; combination++)
        {
            // A kernel's parameters are its connections' from their first SYN on.
            scene.SetClientParameter("net/ipv4/tcp_timestamps", $"{combination & 1}");
            scene.SetClientParameter("net/ipv4/tcp_sack", $"{(combination >> 1) & 1}");
            scene.SetClientParameter("net/ipv4/tcp_window_scaling", $"{(combination >> 2) & 1}");
            int first = Count * combination / Combinations;
            await Task.WhenAll(Enumerable.Range(first, (Count * (combination + 1) / Combinations) - first).Select(async number =>
            {
                await places.WaitAsync();
                try
                {
                    await LiveAsync(scene, ip, listener.LocalEndPoint, number, combination).WaitAsync(Longest);
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
        }

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

        // What the engine closed has left by itself; what it only watched, with its end.
        await Scene.UntilAsync(
            async () => (await scene.Board.Connections.SnapshotAsync()).Rows.ToArray().All(row => row.Owner == Owner.Host), () => "the engine has no connection of its own");
        scene.Impairment = null;
        ConnectionRow[] left = [];
        await Scene.UntilAsync(
            async () => (left = (await scene.Board.Connections.SnapshotAsync()).Rows.ToArray()).Length == 0,
            () => $"the table is empty; left: {string.Join(", ", left.Take(4).Select(row => $"{row}; to the client: {Ends(scene.Trace.ToClient(row.Key))}; from it: {Ends(scene.Trace.FromClient(row.Key))}; at the host: {Ends(scene.Trace.AtHost(row.Key))}"))}");
        Assert.Equal(0, (await scene.Board.GetStatusAsync()).ParkedFrames);
    }

    /// <summary>A connection's client: it asks, checks the answer, and sees the end.</summary>
    private static async Task LiveAsync(Scene scene, Ip ip, IPEndPoint server, int number, int combination)
    {
        using Socket client = scene.Rig.Client.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        client.Bind(new IPEndPoint(KernelRig.ClientAddress(ip), FirstPort + number));
        await client.ConnectAsync(server);
        TcpInfo info = TcpInfo.Of(client);
        Assert.Equal(combination, (info.Timestamps ? 1 : 0) | (info.Sack ? 2 : 0) | (info.WindowScaling ? 4 : 0));
        if (SpeaksFirst(number))
        {
            byte[] greeting = new byte[Greeting.Length];
            await Transfer.ReadAsync(client, greeting);
            Assert.Equal(Greeting, greeting);
        }

        byte[] question = Bytes(number, QuestionLength(number));
        await SendAllAsync(client, question);
        byte[] answer = new byte[32 + AnswerLength(number)];
        await Transfer.ReadAsync(client, answer);
        Assert.Equal(SHA256.HashData(question), answer[..32]);
        Assert.Equal(Bytes(~number, AnswerLength(number)), answer[32..]);
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
        int number = ((IPEndPoint)socket.RemoteEndPoint!).Port - FirstPort;
        if (SpeaksFirst(number))
        {
            await SendAllAsync(socket, Greeting);
        }

        byte[] question = new byte[QuestionLength(number)];
        await Transfer.ReadAsync(socket, question);
        await SendAllAsync(socket, [.. SHA256.HashData(question), .. Bytes(~number, AnswerLength(number))]);
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

    private static bool SpeaksFirst(int number) => number % 3 == 0;

    // Every 49th moves more than a window that is not scaled can hold, both ways.
    private static int QuestionLength(int number) => IsLong(number) ? LongTransfer : 200 + (number % 7 * 1500);

    private static int AnswerLength(int number) => IsLong(number) ? LongTransfer : number % 5 * 2000;

    private static bool IsLong(int number) => number % 49 == 25;

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
