using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Offload.Kernel.Tests.Bench;
using Xunit.Abstractions;

namespace Offload.Sockets.Tests;

/// <summary>What the engine agreed is what the two kernels do: in each combination, with enough data that a wrongly scaled window shows.</summary>
public sealed class OptionTests(ITestOutputHelper output) : RigTest
{
    private const int Megabytes = 1;

    /// <summary>Every combination of what a client may offer.</summary>
    public static TheoryData<Ip, bool, bool, bool> Combinations()
    {
        TheoryData<Ip, bool, bool, bool> all = [];
        foreach (Ip ip in Enum.GetValues<Ip>())
        {
            for (int bits = 0; bits < 8; bits++)
            {
                all.Add(ip, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
            }
        }

        return all;
    }

    [SkippableTheory]
    [MemberData(nameof(Combinations))]
    public async Task Both_kernels_have_what_was_agreed(Ip ip, bool timestamps, bool sack, bool scaling)
    {
        await using Scene scene = await Rig.BeginAsync();
        scene.SetClientParameter("net/ipv4/tcp_timestamps", timestamps ? "1" : "0");
        scene.SetClientParameter("net/ipv4/tcp_sack", sack ? "1" : "0");
        scene.SetClientParameter("net/ipv4/tcp_window_scaling", scaling ? "1" : "0");
        await using OffloadListener listener = await scene.AcceptingAsync(ip);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        TcpInfo ours = TcpInfo.Of(server);
        TcpInfo theirs = TcpInfo.Of(client);
        foreach (TcpInfo info in new[] { ours, theirs })
        {
            Assert.Equal(timestamps, info.Timestamps);
            Assert.Equal(sack, info.Sack);
        }

        // An adopted socket always says that scaling was agreed; with shifts of 0 that is the same as without.
        Assert.Equal(scaling, theirs.WindowScaling);
        Assert.Equal(scaling ? theirs.OwnScale : 0, ours.PeerScale);
        Assert.Equal(scaling ? theirs.PeerScale : 0, ours.OwnScale);

        long started = Stopwatch.GetTimestamp();
        await Transfer.MegabytesAsync(client, server, Megabytes);
        TimeSpan up = Stopwatch.GetElapsedTime(started);
        await SameWindowAsync(client, server);
        started = Stopwatch.GetTimestamp();
        await Transfer.MegabytesAsync(server, client, Megabytes);
        output.WriteLine($"{Megabytes} MB: {up.TotalMilliseconds:F0} ms to the server, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms to the client");
        await SameWindowAsync(server, client);
        Assert.Equal(theirs.SendMss, scene.Trace.AtHost(Scene.KeyOf(client, listener.LocalEndPoint)).Where(frame => !frame.FromBoard).Max(frame => frame.Segment.DataLength));
    }

    /// <summary>The window that the sender believes in is the one that the receiver has told, to the byte. (A kernel's own window may be wider than the
    /// field can say.)</summary>
    private static async Task SameWindowAsync(Socket sender, Socket receiver)
    {
        uint most = (uint)ushort.MaxValue << TcpInfo.Of(receiver).OwnScale;
        (uint Sent, uint Received) windows = default;
        await Scene.UntilAsync(
            () => TcpInfo.SendQueue(sender) == 0 && (windows = (Window(sender, 228), Math.Min(Window(receiver, 232), most))) is var (sent, received) && sent == received && sent > 8192,
            () => $"sender and receiver agree on a window of more than 8 KB; they have {windows.Sent} and {windows.Received}");
    }

    /// <summary>tcpi_snd_wnd and tcpi_rcv_wnd of struct tcp_info (linux/tcp.h).</summary>
    internal static uint Window(Socket socket, int offset)
    {
        byte[] info = new byte[256];
        int length = socket.GetRawSocketOption(6, 11, info);
        Skip.If(length < offset + 4, "this kernel does not tell its windows");
        return BinaryPrimitives.ReadUInt32LittleEndian(info.AsSpan(offset));
    }
}
