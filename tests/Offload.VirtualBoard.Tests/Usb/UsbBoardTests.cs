using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Links.Usb;
using Offload.Listeners;
using Offload.Registers;
using Offload.VirtualBoard.Parts;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>Boards at USB as the SDK finds and opens them, and what it says where it cannot.</summary>
public sealed class UsbBoardTests
{
    [Fact]
    public async Task A_board_without_a_bitstream_says_so_until_it_has_one()
    {
        (UsbBench bench, UsbRig rig) = await UsbBench.InProcessAsync(load: false);
        await using (bench)
        {
            UsbBoardProvider provider = bench.Provider(options => options.Link = new());
            BoardDescription description = (await provider.DiscoverAsync()).Single(board => board.Id.EndsWith(UsbRig.FifoSerial, StringComparison.Ordinal));
            await using BoardHardware hardware = await provider.OpenAsync(description);
            Assert.False(hardware.Programmer.IsLoaded);
            OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await hardware.Link.ReadAsync(0, new uint[1]));
            Assert.Equal(OffloadError.NoBitstream, none.Code);

            await rig.LoadAsync(1);
            await Eventually.TrueAsync(() => ((UsbRegisterLink)hardware.Link).ConnectAsync().AsTask(), "the board answers");
            Assert.True(hardware.Programmer.IsLoaded);
            uint[] magic = new uint[1];
            await hardware.Link.ReadAsync(RegisterMap.Identity.Magic.Address, magic);
            Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, magic[0]);

            // Another bitstream: the link's gateware begins anew, which must not go unnoticed.
            await rig.LoadAsync(1);
            OffloadException reset = await Assert.ThrowsAsync<OffloadException>(async () => await hardware.Link.ReadAsync(0, new uint[1]));
            Assert.Equal(OffloadError.LinkFault, reset.Code);
            await hardware.Link.ReadAsync(RegisterMap.Identity.Magic.Address, magic);

            OffloadException load = await Assert.ThrowsAsync<OffloadException>(async () => await hardware.Programmer.LoadAsync(null!));
            Assert.Equal(OffloadError.Unsupported, load.Code);
        }
    }

    [Fact]
    public async Task Other_devices_with_such_a_chip_are_no_boards()
    {
        VirtualUsbBus bus = new();
        bus.Plug(0, new FtdiChip(new FtdiChipOptions { Product = "Dual RS232-HS" }));
        bus.Plug(1, new FtdiChip(new FtdiChipOptions { Product = "Offload colorlight-i9 fifo-async", Kind = FtdiChipKind.Ft232H, SerialNumber = "" }));
        UsbBoardProvider provider = new(new UsbBoardOptions { Bus = bus });
        BoardDescription only = Assert.Single(await provider.DiscoverAsync());
        Assert.Equal(("colorlight-i9:@virtual-1", "colorlight-i9", "USB virtual-1"), (only.Id, only.Kind, only.Location));
    }

    [Fact]
    public async Task Two_boards_with_one_serial_number_are_not_confused()
    {
        VirtualUsbBus bus = new();
        bus.Plug(0, new FtdiChip(new FtdiChipOptions()));
        bus.Plug(1, new FtdiChip(new FtdiChipOptions()));
        UsbBoardProvider provider = new(new UsbBoardOptions { Bus = bus });
        OffloadException both = await Assert.ThrowsAsync<OffloadException>(async () => await provider.OpenAsync((await provider.DiscoverAsync())[0]));
        Assert.Equal(OffloadError.BoardAmbiguous, both.Code);
        Assert.Contains("USB virtual-0, USB virtual-1", both.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_board_reports_its_events_over_USB()
    {
        (UsbBench bench, UsbRig rig) = await UsbBench.InProcessAsync();
        await using (bench)
        {
            using TemporaryFolder folder = new();
            await using OffloadBoard board = await OpenAsync(bench, folder, UsbRig.UartSerial);
            await using ConnectionSubscription events = await board.Connections.SubscribeAsync();
            using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
            SentSegment answer = await SynAsync(rig.Net[0], 20000, late.Token);
            rig.Net[0].Send((Syn(20000) with { Flags = TcpFlags.Ack, Seq = 1001, Ack = answer.Seq + 1 }).ToBytes());
            ConnectionEvent established = await events.ReadAsync(late.Token);
            Assert.True(established.Established);
            Assert.Equal(20000, established.Connection.Key.RemotePort);
        }
    }

    // Few entries are looked for one by one, many are read with the whole table.
    [Fact]
    public Task A_snapshot_over_USB_has_every_connection_once() => SnapshotAsync(3);

    [Fact]
    [Trait("Category", "Full")]
    public Task A_snapshot_of_many_over_USB_has_every_connection_once() => SnapshotAsync(100);

    private static async Task SnapshotAsync(int connections)
    {
        (UsbBench bench, UsbRig rig) = await UsbBench.InProcessAsync();
        await using (bench)
        {
            using TemporaryFolder folder = new();
            await using OffloadBoard board = await OpenAsync(bench, folder, UsbRig.FifoSerial);
            using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
            for (int i = 0; i < connections; i++)
            {
                _ = await SynAsync(rig.Net[1], (ushort)(20000 + i), late.Token);
            }

            ConnectionSnapshot snapshot = new();
            await board.Connections.SnapshotAsync(snapshot, late.Token);
            Assert.Equal(connections, snapshot.Count);
            HashSet<ushort> ports = [];
            for (int i = 0; i < snapshot.Count; i++)
            {
                Assert.Equal(TcpState.SynReceived, snapshot[i].State);
                Assert.True(ports.Add(snapshot[i].Key.RemotePort));
            }

            Assert.Equal((20000, 20000 + connections - 1), (ports.Min(), ports.Max()));
        }
    }

    private static async Task<OffloadBoard> OpenAsync(UsbBench bench, TemporaryFolder folder, string serial)
    {
        OffloadBoardOptions options = new() { RuntimeDirectory = folder["run"] };
        options.Providers.Add(bench.Provider());
        OffloadBoard board = await OffloadBoard.OpenAsync("versa-5g:" + serial, options);
        await board.Listeners.AddAsync(new ListenerOptions { EndPoint = new IPEndPoint(IPAddress.Parse("192.168.1.123"), 8000), Mac = new MacAddress(0x020000000002) });
        return board;
    }

    private static async Task<SentSegment> SynAsync(MemoryFramePort net, ushort port, CancellationToken cancellationToken)
    {
        net.Send(Syn(port).ToBytes());
        return FrameChecker.Check(await net.ReceiveAsync(cancellationToken));
    }

    private static TcpFrame Syn(ushort port) => new()
    {
        DestinationMac = 0x020000000002,
        SourceMac = 0x020000000001,
        Source = TcpFrame.V4(0xC0A80174),
        Destination = TcpFrame.V4(0xC0A8017B),
        SourcePort = port,
        DestinationPort = 8000,
        Flags = TcpFlags.Syn,
        Seq = 1000,
    };

    [Fact]
    public void The_kernels_list_is_read_and_a_device_without_rights_names_the_rule()
    {
        using TemporaryFolder folder = new();
        foreach ((string name, string value) in new[]
        {
            ("idVendor", "0403"), ("idProduct", "6010"), ("busnum", "1"), ("devnum", "7"), ("manufacturer", "Lattice"),
            ("product", "Lattice ECP5_5G VERSA Board"), ("serial", "FT2J5R56"),
        })
        {
            Directory.CreateDirectory(folder["devices/1-2"]);
            File.WriteAllText(folder["devices/1-2/" + name], value + "\n");
        }

        Directory.CreateDirectory(folder["devices/1-2:1.0"]);
        Directory.CreateDirectory(folder["nodes/001"]);
        LibUsbBus bus = new(folder["devices"], folder["nodes"]);
        UsbDeviceInfo device = Assert.Single(bus.List());
        Assert.Equal(
            new UsbDeviceInfo(0x0403, 0x6010, "Lattice", "Lattice ECP5_5G VERSA Board", "FT2J5R56", "USB 1-2", folder["nodes"] + "/001/007"), device);
        Assert.Throws<BoardGoneException>(() => bus.Open(device));
        Assert.Contains("70-offload.rules", LibUsbBus.OpenFailure(device, 13).Message, StringComparison.Ordinal);
        Assert.Equal(OffloadError.PermissionDenied, LibUsbBus.OpenFailure(device, 13).Code);
        Assert.True(File.Exists(Path.Combine(Engine.Tests.Harness.Repository.Root, LibUsbBus.Rules)));
        Assert.Empty(new LibUsbBus(folder["none"], folder["nodes"]).List());
    }

    [SkippableFact]
    public void What_is_no_USB_device_is_refused_by_libusb()
    {
        Skip.IfNot(System.Runtime.InteropServices.NativeLibrary.TryLoad("libusb-1.0.so.0", out _), "libusb 1.0 is not installed: apt-get install libusb-1.0-0");
        OffloadException refused = Assert.Throws<OffloadException>(() => new LibUsbBus().Open(new UsbDeviceInfo(0, 0, "", "Nothing", "1", "USB 0", "/dev/null")));
        Assert.Equal(OffloadError.LinkFault, refused.Code);
        Assert.Contains("LIBUSB_ERROR", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JTAG_goes_through_channel_A_while_the_link_has_channel_B()
    {
        VirtualJtagChain chain = new(new OtherJtagPart(4, null), new OtherJtagPart(8, 0x81112043), new OtherJtagPart(5, 0x0BA00477));
        FtdiMpsse mpsse = new(chain);
        VirtualUsbBus bus = new();
        bus.Plug(0, new FtdiChip(new FtdiChipOptions { ChannelA = mpsse }));
        await using UsbTransport transport = bus.Open(bus.List().Single());
        transport.Claim(1);
        await using MpsseJtagPort port = await MpsseJtagPort.OpenAsync(transport, frequency: 7_000_000);
        Assert.Equal(6_000_000, mpsse.Frequency);
        var found = await Programming.Jtag.JtagChain.ScanAsync(port, new Dictionary<uint, int> { [0x0BA00477] = 5 });
        Assert.Equal([null, 0x81112043u, 0x0BA00477u], found.Devices.Select(device => device.IdCode));

        await port.ResetAsync();
        Random random = new(1);
        foreach (int count in new[] { 1, 7, 8, 9, 63, 64, 65, 129, 1000, 5003, 200_001 })
        {
            byte[] data = new byte[(count + 7) / 8];
            random.NextBytes(data);
            byte[] direct = new byte[data.Length];
            await port.ShiftDrAsync(data, count, direct);
            VirtualJtagPort reference = new(new VirtualJtagChain(new OtherJtagPart(4, null), new OtherJtagPart(8, 0x81112043), new OtherJtagPart(5, 0x0BA00477)));
            await reference.ResetAsync();
            byte[] expected = new byte[data.Length];
            await reference.ShiftDrAsync(data, count, expected);
            Assert.Equal(expected, direct);
        }

        // What is only sent arrives, too.
        long before = chain.Clocks;
        await port.ShiftDrAsync(new byte[50_000], 400_000);
        await port.FlushAsync();
        Assert.InRange(chain.Clocks - before, 400_000, 400_010);
        OffloadException busy = await Assert.ThrowsAsync<OffloadException>(async () => await MpsseJtagPort.OpenAsync(transport));
        Assert.Equal(OffloadError.BoardBusy, busy.Code);
    }

    [Fact]
    public async Task JTAG_that_does_not_answer_and_a_chip_that_is_pulled_are_told_apart()
    {
        VirtualUsbBus bus = new();
        FtdiChip chip = new(new FtdiChipOptions { ChannelA = new FtdiMpsse(new VirtualJtagChain(new OtherJtagPart(8, 0x81112043))) });
        bus.Plug(0, chip);
        await using UsbTransport transport = bus.Open(bus.List().Single());
        await using MpsseJtagPort port = await MpsseJtagPort.OpenAsync(transport);
        await port.ResetAsync();
        Task shifting = Task.Run(async () =>
        {
            while (true)
            {
                await port.ShiftDrAsync(new byte[1000], 8000, new byte[1000]);
            }
        });
        await Task.Delay(20);
        chip.Unplug();
        await Assert.ThrowsAsync<BoardGoneException>(() => shifting.WaitAsync(TimeSpan.FromSeconds(60)));
    }
}
