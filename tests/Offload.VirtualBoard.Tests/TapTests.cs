using System.Net;
using System.Net.Sockets;
using Offload.VirtualBoard.Ports;

namespace Offload.VirtualBoard.Tests;

/// <summary>Ports whose cables end in kernels.</summary>
public sealed class TapTests
{
    [SkippableFact]
    public async Task Two_kernels_reach_each_other_through_the_board()
    {
        NetworkNamespaces.SkipWithoutRights();
        using NetworkNamespaces spaces = new();
        await using VirtualBoardHardware board = await OpenAsync(spaces);
        Assert.Equal("vt-host", board.HostPort!.InterfaceName);
        Assert.Equal("/run/netns/" + spaces.Host, board.HostPort.NetworkNamespacePath);
        Assert.False(board.HostPort.MacAddress.IsEmpty);
        Assert.NotEqual(board.HostPort.MacAddress, board.NetPort!.MacAddress);

        using Socket client = NetworkNamespaces.Udp(spaces.Net);
        using Socket server = NetworkNamespaces.Udp(spaces.Host);
        IPEndPoint there = new(IPAddress.Parse("10.9.0.2"), 7000);
        server.Bind(there);
        byte[] buffer = new byte[2000];

        // A kernel may take a moment to see that a cable is there, and drops what it is given until then.
        byte[] first = [1, 2, 3];
        await Eventually.TrueAsync(
            () =>
            {
                client.SendTo(first, there);
                return server.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead);
            },
            "a datagram passes");
        foreach (int length in new[] { 1, 100, 1472 })
        {
            byte[] sent = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            client.SendTo(sent, there);
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int received;
            do
            {
                received = server.ReceiveFrom(buffer, ref from);
            }
            while (buffer.AsSpan(0, received).SequenceEqual(first));

            Assert.Equal(sent, buffer[..received]);
            server.SendTo(sent, from);
            Assert.Equal(sent, buffer[..client.Receive(buffer)]);
        }
    }

    [SkippableFact]
    public async Task An_interface_that_is_down_drops_frames_and_comes_back()
    {
        NetworkNamespaces.SkipWithoutRights();
        using NetworkNamespaces spaces = new();
        MemoryFramePort net = new("net");
        await using VirtualBoardHardware board = await Bench.OpenAsync(
            new VirtualBoardOptions { NetPort = net, HostTap = "vt-host", HostNamespace = spaces.Host, Trust = Programming.BitstreamTrust.OwnFilesOnly });
        await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));

        NetworkNamespaces.Ip(spaces.Host, "link", "set", "vt-host", "down");
        net.Send(Broadcast());
        await Eventually.TrueAsync(() => board.Statistics.Host.DroppedOutside == 1, "dropped while down");
        NetworkNamespaces.Ip(spaces.Host, "link", "set", "vt-host", "up");
        ulong left = board.Statistics.Host.Left;
        net.Send(Broadcast());
        await Eventually.TrueAsync(() => board.Statistics.Host.Left == left + 1, "taken while up");
        Assert.Equal(1ul, board.Statistics.Host.DroppedOutside);
    }

    [SkippableFact]
    public async Task A_deleted_interface_means_that_the_board_is_gone()
    {
        NetworkNamespaces.SkipWithoutRights();
        using NetworkNamespaces spaces = new();
        await using VirtualBoardHardware board = await OpenAsync(spaces);
        Task waiting = board.Link.WaitForInterruptAsync().AsTask();
        NetworkNamespaces.Ip(spaces.Host, "link", "delete", "vt-host");

        BoardGoneException gone = await Assert.ThrowsAsync<BoardGoneException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("vt-host", gone.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BoardGoneException>(() => board.Link.ReadAsync(0, new uint[1]).AsTask());
        await Assert.ThrowsAsync<BoardGoneException>(() => board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack())).AsTask());
        Assert.Null(board.HostPort);
    }

    [SkippableFact]
    public async Task Closing_the_board_removes_its_devices()
    {
        NetworkNamespaces.SkipWithoutRights();
        using NetworkNamespaces spaces = new();
        for (int i = 0; i < 3; i++)
        {
            await (await OpenAsync(spaces)).DisposeAsync();
        }

        await (await OpenAsync(spaces)).DisposeAsync();
    }

    [SkippableFact]
    public async Task What_cannot_be_made_is_told()
    {
        NetworkNamespaces.SkipWithoutRights();
        using NetworkNamespaces spaces = new();
        using TapPort first = TapPort.Create("vt-busy", spaces.Net);
        Assert.Equal(OffloadError.BoardBusy, Failure(() => TapPort.Create("vt-busy", spaces.Net)));
        Assert.Equal(OffloadError.InvalidArgument, Failure(() => TapPort.Create("vt-none", "offload-vt-none")));
        Assert.Equal(OffloadError.InvalidArgument, Failure(() => TapPort.Create("a-name-of-sixteen")));
        Assert.Equal(OffloadError.InvalidArgument, Failure(() => TapPort.Create("a/b")));

        // The first port's device must not stay behind when the second cannot be made.
        VirtualBoardOptions options = new() { NetTap = "vt-net", NetNamespace = spaces.Net, HostTap = "vt-busy", HostNamespace = spaces.Net };
        await Assert.ThrowsAsync<OffloadException>(() => Bench.OpenAsync(options));
        TapPort.Create("vt-net", spaces.Net).Dispose();
    }

    private static OffloadError Failure(Action action) => Assert.Throws<OffloadException>(action).Code;

    private static byte[] Broadcast()
    {
        byte[] frame = new byte[60];
        frame.AsSpan(0, 6).Fill(0xFF);
        frame[6] = 2;
        frame[12] = 0x88;
        frame[13] = 0xB5;
        return frame;
    }

    private static async Task<VirtualBoardHardware> OpenAsync(NetworkNamespaces spaces)
    {
        VirtualBoardHardware board = await Bench.OpenAsync(new VirtualBoardOptions
        {
            NetTap = "vt-net",
            NetNamespace = spaces.Net,
            HostTap = "vt-host",
            HostNamespace = spaces.Host,
            Trust = Programming.BitstreamTrust.OwnFilesOnly,
        });
        NetworkNamespaces.Ip(spaces.Net, "address", "add", "10.9.0.1/24", "dev", "vt-net");
        NetworkNamespaces.Ip(spaces.Host, "address", "add", "10.9.0.2/24", "dev", "vt-host");
        await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        return board;
    }
}
