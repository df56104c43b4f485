using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Threading.Channels;
using Offload.Boards;
using Offload.Engine.Tests.Harness;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Cp2112;
using Offload.VirtualBoard.Parts;
using Offload.VirtualBoard.Pcie;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Usb;

namespace Offload.Rig;

/// <summary>Puts the virtual board behind a PCI function and a network cable of a guest, and runs the suite there.</summary>
internal static class GuestRun
{
    /// <summary>How the name of a trace ends that the guest leaves for us to replay.</summary>
    internal const string TraceEnding = "-trace.txt";

    /// <summary>Runs it; the guest's reports come to lie in a folder.</summary>
    /// <param name="report">Folder for the reports.</param>
    /// <param name="filter">Part of the names of the tests that run; null: all.</param>
    /// <param name="link">The only link by which it runs; null: by all, one after the other.</param>
    /// <returns>The exit status: 0, 1 where a test failed, 77 where no guest is to be had.</returns>
    internal static async Task<int> RunAsync(string report, string? filter, string? link)
    {
        string share = Directory.CreateTempSubdirectory("offload-rig-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(share, "faults"));
            Directory.CreateDirectory(Path.Combine(share, "report"));
            foreach (string former in Directory.Exists(report) ? Directory.GetFiles(report, "*.trx") : [])
            {
                File.Delete(former); // so that nobody counts it as this run's
            }

            MemoryFramePort net = new("net");
            VirtualBoardProvider provider = new(new VirtualBoardOptions { NetPort = net });
            VirtualBoardHardware board = (VirtualBoardHardware)await provider.OpenAsync((await provider.DiscoverAsync())[0]);
            await using (board)
            {
                await board.Programmer.LoadAsync(BitstreamFile.Open(Core));
                await using PcieServer pcie = PcieServer.Start(board.Link, Path.Combine(share, "pcie.socket"), RigLog.Current);
                await using StreamPortBridge cable = StreamPortBridge.Start(net, Path.Combine(share, "net.socket"));
                VirtualEcp5Provider versa = new(VirtualEcp5Options.For("versa-5g", Core, new VirtualBoardOptions { Id = "versa", Trust = BitstreamTrust.OwnFilesOnly }));
                await using VirtualEcp5Hardware model = (VirtualEcp5Hardware)await versa.OpenAsync((await versa.DiscoverAsync())[0]);
                byte[] stream = await TinyStreamAsync();
                await File.WriteAllBytesAsync(
                    Path.Combine(share, "versa-5g.obit"), BitstreamWriter.Pack("versa-5g", 0x81112043, "1.2.3", RegisterMap.Canonical, BitstreamPayload.Ecp5, stream));
                stream.CopyTo(model.Flash.Cells);
                model.Part.SetProgramN(false);
                model.Part.SetProgramN(true); // it starts from its flash

                // A part takes its time to start; a transfer of the host's does not wait for it.
                Channel<bool> programN = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
                Task starting = FollowAsync(programN.Reader, model.Part);
                Cp2112Model pins = new("RIG0001");
                pins.Drive(8, 8); // PROGRAMN is pulled up
                pins.Add(0x48, new Lm75Model { Temperature = 36.5 });
                pins.Add(0x6F, new Ltc4151Model { Voltage = 12, ShuntMillivolts = 1 });
                using VirtualJtagLines jtag = new(new VirtualJtagChain(new OtherJtagPart(8, 0x81112043)));
                pins.Driven = levels =>
                {
                    jtag.SetLevels((levels & 1) != 0, (levels & 2) != 0, (levels & 4) != 0);
                    programN.Writer.TryWrite((levels & 8) != 0);
                    pins.Drive((byte)(((levels & 8) << 1) | (jtag.ReadTdo() ? 32 : 0)), 16 | 32); // a wire from line 3 to line 4, and TDO at line 5
                };
                pins.Sampled = () => pins.Drive((byte)((model.Part.InitN ? 64 : 0) | (model.Part.Done ? 128 : 0)), 64 | 128);
                await using UsbRedirServer usb = UsbRedirServer.Listen(Path.Combine(share, "usb.socket"), RigLog.Current);
                usb.Plug(pins);
                await using RegisterLinkEnd end = new(LinkTarget.Of(board), FtdiWiring.SyncFifo);
                await using UsbRedirServer socket = UsbRedirServer.Listen(Path.Combine(share, "board.socket"), RigLog.Current);
                UsbSocket ftdi = new(socket, end);
                ftdi.Plug();
                await using RegisterLinkEnd modelEnd = new(LinkTarget.Of(model), FtdiWiring.Uart);
                await using UsbRedirServer modelSocket = UsbRedirServer.Listen(Path.Combine(share, "versa.socket"), RigLog.Current);
                modelSocket.Plug(new FtdiChip(new FtdiChipOptions { SerialNumber = "RIG0003", ChannelA = new FtdiMpsse(model.Chain), ChannelB = modelEnd }));
                using CancellationTokenSource over = new();
                Task faults = Faults.ServeAsync(Path.Combine(share, "faults"), (what, number) => CarryOut(pcie, ftdi, pins, what, number), over.Token);
                int status = await GuestAsync(share, filter, link);
                await over.CancelAsync();
                await faults;
                programN.Writer.Complete();
                await starting;
                Copy(Path.Combine(share, "report"), report);
                string console = Path.Combine(share, "console");
                if (File.Exists(console))
                {
                    File.Copy(console, Path.Combine(report, "guest-console.txt"), overwrite: true);
                }

                RigLog.Current.Save(Path.Combine(report, "board"));
                return await ReplayAsync(report) ? status : 1;
            }
        }
        finally
        {
            Directory.Delete(share, recursive: true);
        }
    }

    private static string Core => Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");

    /// <summary>A stream that the model of the Versa's part takes whole: of a tiny design, for the Verilated core runs in its place.</summary>
    private static async Task<byte[]> TinyStreamAsync()
    {
        string vector = Path.Combine(Repository.Root, "tests", "Offload.Programming.Tests", "vectors", "lfe5um5g-45f-compressed.bit.gz");
        await using GZipStream packed = new(File.OpenRead(vector), CompressionMode.Decompress);
        using MemoryStream stream = new();
        await packed.CopyToAsync(stream);
        return stream.ToArray();
    }

    private static async Task FollowAsync(ChannelReader<bool> programN, Ecp5Part part)
    {
        bool before = true;
        await foreach (bool level in programN.ReadAllAsync())
        {
            if (level != before)
            {
                await Task.Run(() => part.SetProgramN(level));
                before = level;
            }
        }
    }

    private static string CarryOut(PcieServer pcie, UsbSocket ftdi, Cp2112Model pins, string what, int number)
    {
        switch (what)
        {
            case "pcie-vanish" or "sysfs-vanish":
                pcie.Vanish(number);
                return "vanished";
            case "pcie-return" or "sysfs-return":
                pcie.Return();
                return "returned";
            case "usb-vanish":
                ftdi.Unplug();
                return "unplugged";
            case "usb-return":
                ftdi.Plug();
                return "plugged in";
            case "storm":
                return pcie.Storm(number).ToString(CultureInfo.InvariantCulture);
            case "nak":
                pins.Nak = number != 0;
                return "done";
            default:
                return "unknown";
        }
    }

    private static async Task<int> GuestAsync(string share, string? filter, string? link)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "firmware-tools", "guest", "run.sh")) { WorkingDirectory = Repository.Root };
        foreach (string argument in new[]
        {
            "--share", share, "--pcie", Path.Combine(share, "pcie.socket"), "--net", Path.Combine(share, "net.socket"),
            "--usb", Path.Combine(share, "usb.socket"), "--usb", Path.Combine(share, "board.socket"),
            "--usb", Path.Combine(share, "versa.socket"), "--time-limit", "2100", "--",
            Path.Combine(Repository.Root, "firmware-tools", "guest", "rig.sh"), typeof(GuestRun).Assembly.Location, filter ?? "", link ?? "",
        })
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task<bool> ReplayAsync(string report)
    {
        bool same = true;
        foreach (string path in Directory.EnumerateFiles(report, "*" + TraceEnding))
        {
            List<string> differences = await TraceReplay.RunAsync(await File.ReadAllLinesAsync(path));
            Console.WriteLine($"{Path.GetFileName(path)}: {(differences.Count == 0 ? "means the same on the virtual board" : string.Join("; ", differences))}");
            same &= differences.Count == 0;
        }

        return same;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target, overwrite: true);
        }
    }

    /// <summary>Where the board's FTDI chip is plugged in, and pulled out.</summary>
    private sealed class UsbSocket(UsbRedirServer server, RegisterLinkEnd end)
    {
        private FtdiChip? _chip;

        internal void Plug() => server.Plug(_chip = new FtdiChip(new FtdiChipOptions
        {
            SerialNumber = "RIG0002",
            Manufacturer = "Offload",
            Product = "Offload versa-5g fifo-sync",
            ChannelA = end,
        }));

        internal void Unplug() => _chip?.Unplug();
    }
}
