using Offload.Engine.Tests.Harness;
using Offload.Links.Usb;
using Offload.Programming;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>
/// The device side of the tests of USB: two virtual boards, each behind a chip of its own, and a third device by which a test, in this
/// process or in a guest, pulls boards out, plugs them in and makes transfers fail.
/// </summary>
internal sealed class UsbRig : IAsyncDisposable
{
    internal const string UartSerial = "OFF00001";
    internal const string FifoSerial = "OFF00002";

    private readonly Action<int, UsbDeviceModel> _plug;
    private readonly List<VirtualBoardHardware> _boards = [];
    private readonly List<RegisterLinkEnd> _ends = [];
    private readonly FtdiChip[] _chips = new FtdiChip[2];

    private UsbRig(Action<int, UsbDeviceModel> plug) => _plug = plug;

    /// <summary>Where a board's frames are.</summary>
    internal MemoryFramePort[] Net { get; } = [new("net"), new("net")];

    /// <summary>The chips that are plugged in now.</summary>
    internal IReadOnlyList<FtdiChip> Chips => _chips;

    /// <summary>The boards behind them.</summary>
    internal IReadOnlyList<VirtualBoardHardware> Boards => _boards;

    /// <summary>Starts boards with their bitstream, and plugs everything in: the chips at ports 0 and 1, the control at port 2.</summary>
    internal static async Task<UsbRig> StartAsync(Action<int, UsbDeviceModel> plug, bool load = true)
    {
        UsbRig rig = new(plug);
        for (int i = 0; i < rig._chips.Length; i++)
        {
            VirtualBoardHardware board = await Bench.OpenAsync(new VirtualBoardOptions { NetPort = rig.Net[i], HostPort = new MemoryFramePort("host"), Trust = BitstreamTrust.OwnFilesOnly });
            rig._boards.Add(board);
            rig._ends.Add(new RegisterLinkEnd(LinkTarget.Of(board), i == 0 ? FtdiWiring.Uart : FtdiWiring.SyncFifo));
            if (load)
            {
                await rig.LoadAsync(i);
            }

            rig.Plug(i);
        }

        plug(2, new RigControl(rig));
        return rig;
    }

    /// <summary>Loads the core that is built by firmware-tools/build-virtual-board.sh.</summary>
    internal async Task LoadAsync(int board)
    {
        string bitstream = Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");
        Assert.True(File.Exists(bitstream), $"{bitstream} is missing: run firmware-tools/build-virtual-board.sh");
        await _boards[board].Programmer.LoadAsync(BitstreamFile.Open(bitstream));
    }

    /// <summary>Plugs a board in, again.</summary>
    internal void Plug(int board)
    {
        FtdiChipOptions options = board == 0
            ? new() { SerialNumber = UartSerial, ChannelB = _ends[0] }
            : new() { SerialNumber = FifoSerial, Manufacturer = "Offload", Product = "Offload versa-5g fifo-sync", ChannelA = _ends[1] };
        _plug(board, _chips[board] = new FtdiChip(options));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FtdiChip chip in _chips)
        {
            chip.Unplug();
        }

        foreach (RegisterLinkEnd end in _ends)
        {
            await end.DisposeAsync();
        }

        foreach (VirtualBoardHardware board in _boards)
        {
            await board.DisposeAsync();
        }
    }

    /// <summary>Carries out what a test asks for by vendor requests, whose value is the board.</summary>
    private sealed class RigControl(UsbRig rig) : UsbDeviceModel(new UsbDescriptors
    {
        VendorId = 0x1209,
        ProductId = 0x0001,
        Manufacturer = "Offload",
        Product = "Rig control",
        SerialNumber = "rig",
        Interfaces = [new UsbInterface(0xFF, 0, 0, [])],
    })
    {
        protected override byte[]? Answer(UsbSetup setup, ReadOnlySpan<byte> data)
        {
            switch (setup.Request)
            {
                case 1:
                    rig.Plug(setup.Value);
                    return [];
                case 2:
                    rig._chips[setup.Value].Unplug();
                    return [];
                case 3:
                    rig._chips[setup.Value].Fault = Faults((UsbFault)(setup.Index & 0xFF), setup.Index >> 8, data[0], data[1]);
                    return [];
                default:
                    return null;
            }
        }

        protected override ValueTask<int> ReadCoreAsync(byte endpoint, Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        protected override ValueTask WriteCoreAsync(byte endpoint, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => throw new NotSupportedException();

        // Of the transfers of one endpoint, so many after so many more.
        private static Func<byte, UsbFault> Faults(UsbFault fault, int endpoint, int after, int count)
        {
            int seen = 0;
            return address => address == endpoint && seen++ is int now && now >= after && now < after + count ? fault : UsbFault.None;
        }
    }
}

/// <summary>The host's side of the rig: its bus, and the control.</summary>
internal sealed class UsbBench(UsbBus bus, IAsyncDisposable? rig) : IAsyncDisposable
{
    /// <summary>Where the boards are.</summary>
    internal UsbBus Bus => bus;

    /// <summary>Everything in this process.</summary>
    internal static async Task<(UsbBench Bench, UsbRig Rig)> InProcessAsync(bool load = true)
    {
        VirtualUsbBus bus = new();
        UsbRig rig = await UsbRig.StartAsync(bus.Plug, load);
        return (new UsbBench(bus, rig), rig);
    }

    /// <summary>Finds the boards. They answer, however busy the machine is, unless a test configures something else.</summary>
    internal UsbBoardProvider Provider(Action<UsbBoardOptions>? configure = null)
    {
        UsbBoardOptions options = new() { Bus = bus };
        options.Link = options.Link with { AnswerTimeout = TimeSpan.FromSeconds(30), FirstAnswerTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(options);
        return new UsbBoardProvider(options);
    }

    internal Task PlugAsync(int board) => AskAsync(1, board, 0, []);

    internal Task UnplugAsync(int board) => AskAsync(2, board, 0, []);

    /// <summary>Makes transfers of one endpoint fail: so many, after so many that do not.</summary>
    internal Task FailAsync(int board, byte endpoint, UsbFault fault, byte after = 0, byte count = 1) =>
        AskAsync(3, board, (endpoint << 8) | (int)fault, [after, count]);

    /// <summary>Whether the third device, which pulls boards out and plugs them in, is there.</summary>
    internal bool IsControlled => bus.List().Any(IsControl);

    private static bool IsControl(UsbDeviceInfo device) => device is { VendorId: 0x1209, SerialNumber: "rig" };

    private async Task AskAsync(byte request, int board, int index, byte[] data)
    {
        UsbDeviceInfo control = bus.List().Single(IsControl);
        await using UsbTransport transport = bus.Open(control);
        _ = await transport.ControlAsync(0x40, request, (ushort)board, (ushort)index, data);
    }

    public ValueTask DisposeAsync() => rig?.DisposeAsync() ?? ValueTask.CompletedTask;
}
