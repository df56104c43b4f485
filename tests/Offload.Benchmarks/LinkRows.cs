using System.Diagnostics;
using System.Text.Json.Nodes;
using Offload.Engine.Tests.Harness;
using Offload.Links;
using Offload.Links.Usb;
using Offload.Registers;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.Benchmarks;

/// <summary>
/// What of the bulk pipe a full table read over the synchronous FIFO gets. In process: the SDK's link and FTDI stream against the model of an
/// FT2232H whose bus is paced, and registers that answer at once; and the same in a guest, through libusb and the kernel's host controller. docs/link.md has
/// what the gateware does at its pins.
/// </summary>
internal static class LinkRows
{
    private const string Efficiency = "link.usb.efficiency";
    private const double BytesPerSecond = 40_000_000;
    private const int Entries = 16384;
    private const int EntriesEach = 64;
    private const long TableBytes = (long)Entries * EntryLayout.Words * sizeof(uint);
    private const int Turns = 25;
    private const int TablesEach = 8; // 0.3 s of the bus, which may make up for 5 ms at a turn's beginning
    private const int GuestTurns = 5;
    private const int NoGuest = 77;
    private const string TableSerial = "TABLE";
    private const string PipeSerial = "PIPE";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly string[] GuestNames = ["link.usb.guest.efficiency", "link.usb.guest.pipe"];

    public static IEnumerable<Measurement> All() => [new Measurement([Efficiency, "link.usb.pipe"], Measure), new Measurement(GuestNames, MeasureGuest)];

    private static IEnumerable<Row> Measure(Bench bench)
    {
        bench.Say("link: a full table over USB");
        VirtualUsbBus bus = new();
        RegisterLinkEnd end = new(new Table(), FtdiWiring.SyncFifo);
        bus.Plug(0, new FtdiChip(Chip(TableSerial, end) with { BytesPerSecond = BytesPerSecond }));
        bus.Plug(1, new FtdiChip(Chip(PipeSerial, new Source()) with { BytesPerSecond = BytesPerSecond }));
        (double table, double pipe) = MeasureAsync(bus, Turns, TablesEach).GetAwaiter().GetResult();
        end.DisposeAsync().AsTask().GetAwaiter().GetResult();
        yield return new Row(Efficiency, table / pipe, $"of what the bulk pipe moves, a table of {Entries} entries over the FIFO link; in process, the chip's bus paced") { Goal = 0.85 };
        yield return new Row("link.usb.pipe", pipe / 1e6, $"MB/s that the same pipe moves by itself; its bus is paced to {BytesPerSecond / 1e6:0} MB/s");
    }

    /// <summary>Starts the guest; in it, this is called again, and finds the chips at the kernel's bus.</summary>
    private static IEnumerable<Row> MeasureGuest(Bench bench)
    {
        if (Environment.GetEnvironmentVariable("OFFLOAD_GUEST") == "1")
        {
            (double table, double pipe) = MeasureAsync(new LibUsbBus(), GuestTurns, tablesEach: 1).GetAwaiter().GetResult();
            return
            [
                new Row(GuestNames[0], table / pipe, $"of what the bulk pipe moves, a table of {Entries} entries over the FIFO link; through libusb and an emulated xHCI") { Goal = 0.85 },
                new Row(GuestNames[1], pipe / 1e6, "MB/s that the same pipe moves by itself, its bus not paced"),
            ];
        }

        bench.Say("link: a full table over USB, in a guest");
        return StartGuestAsync().GetAwaiter().GetResult();
    }

    private static async Task<IEnumerable<Row>> StartGuestAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offload-bench-");
        try
        {
            string[] sockets = [Path.Combine(folder.FullName, "table"), Path.Combine(folder.FullName, "pipe")];
            RegisterLinkEnd end = new(new Table(), FtdiWiring.SyncFifo);
            UsbRedirServer table = UsbRedirServer.Listen(sockets[0]);
            UsbRedirServer pipe = UsbRedirServer.Listen(sockets[1]);
            await using (end.ConfigureAwait(false))
            await using (table.ConfigureAwait(false))
            await using (pipe.ConfigureAwait(false))
            {
                table.Plug(new FtdiChip(Chip(TableSerial, end)));
                pipe.Plug(new FtdiChip(Chip(PipeSerial, new Source())));
                using Process guest = Process.Start(new ProcessStartInfo(
                    Path.Combine(Repository.Root, "firmware-tools", "guest", "run.sh"),
                    ["--usb", sockets[0], "--usb", sockets[1], "--no-iommu", "--time-limit", "600", "--", "env", "DOTNET_TieredCompilation=0", "dotnet", typeof(LinkRows).Assembly.Location, "--only", "link.usb.guest", "--json", "--no-build"])
                { RedirectStandardOutput = true, RedirectStandardError = true })!;
                Task<string> error = guest.StandardError.ReadToEndAsync();
                string output = await guest.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
                await guest.WaitForExitAsync().ConfigureAwait(false);
                if (guest.ExitCode == NoGuest)
                {
                    string why = "no guest is to be had here: " + (await error.ConfigureAwait(false)).Trim().ReplaceLineEndings(" ");
                    return GuestNames.Select(name => Row.Skipped(name, "", why));
                }

                Bench.Require(guest.ExitCode == 0, output + await error.ConfigureAwait(false));
                return [.. output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!).Select(row => new Row((string)row["name"]!, (double?)row["value"], (string)row["unit"]!) { Goal = (double?)row["goal"] })];
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Bytes a second: the table's entries, and what the pipe moves, by turns, for a machine is not equally fast all the time. The median turn's: one
    /// in which the machine stood still says nothing of the link.</summary>
    private static async Task<(double Table, double Pipe)> MeasureAsync(UsbBus bus, int turns, int tablesEach)
    {
        UsbTransport tableEnd = Open(bus, TableSerial), pipeEnd = Open(bus, PipeSerial);
        await using (tableEnd.ConfigureAwait(false))
        await using (pipeEnd.ConfigureAwait(false))
        {
            FtdiStream pipe = await FtdiStream.OpenAsync(pipeEnd, 0, FtdiMode.SyncFifo).ConfigureAwait(false);
            FtdiStream stream = await FtdiStream.OpenAsync(tableEnd, 0, FtdiMode.SyncFifo).ConfigureAwait(false);
            StreamRegisterLink link = await StreamRegisterLink.OpenAsync(stream, new() { AnswerTimeout = TimeSpan.FromSeconds(30) }).ConfigureAwait(false);
            await using (pipe.ConfigureAwait(false))
            await using (link.ConfigureAwait(false))
            {
                List<LinkProgram> programs = [.. Enumerable.Range(0, Entries / EntriesEach).Select(i => Program(i * EntriesEach))];
                uint[] answers = new uint[programs.Sum(program => program.Answers)];
                byte[] buffer = new byte[65536];
                await pipe.WriteAsync(new byte[1]).ConfigureAwait(false);

                // Not counted: everything is compiled first, and what is done often once more.
                for (Stopwatch warm = Stopwatch.StartNew(); warm.Elapsed < WarmUp;)
                {
                    _ = await PipeAsync(pipe, buffer, TableBytes * tablesEach).ConfigureAwait(false);
                    _ = await link.RunAsync(programs, answers).ConfigureAwait(false);
                }

                List<double> tables = [], pipes = [];
                for (int turn = 0; turn < turns; turn++)
                {
                    (double bytes, double seconds) = await PipeAsync(pipe, buffer, TableBytes * tablesEach).ConfigureAwait(false);
                    pipes.Add(bytes / seconds);
                    Stopwatch time = Stopwatch.StartNew();
                    for (int table = 0; table < tablesEach; table++)
                    {
                        _ = await link.RunAsync(programs, answers).ConfigureAwait(false);
                    }

                    tables.Add((double)TableBytes * tablesEach / time.Elapsed.TotalSeconds);
                }

                for (int i = 0; i < Entries; i++)
                {
                    Bench.Require(answers[(i * (1 + EntryLayout.Words)) + 4] == Table.Word(i, 3), "the link gave wrong words");
                }

                return (Median(tables), Median(pipes));
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>So many bytes at least, without those that wait when it begins.</summary>
    private static async Task<(double Bytes, double Seconds)> PipeAsync(FtdiStream pipe, byte[] buffer, long bytes)
    {
        await pipe.ReadExactlyAsync(buffer).ConfigureAwait(false);
        Stopwatch time = Stopwatch.StartNew();
        long read = 0;
        while (read < bytes)
        {
            read += await pipe.ReadAsync(buffer).ConfigureAwait(false);
        }

        return (read, time.Elapsed.TotalSeconds);
    }

    private static LinkProgram Program(int first) => new LinkProgram()
        .Repeat(EntriesEach)
        .Write(RegisterMap.TableRead.Go.Address, (uint)first)
        .Wait(RegisterMap.TableRead.Status.Address, RegisterMap.TableRead.Status.Busy.Mask, 0)
        .Read(RegisterMap.TableRead.Entry.Address, EntryLayout.Words);

    private static FtdiChipOptions Chip(string serial, IFtdiPeer peer) => new() { SerialNumber = serial, Product = "Offload benchmark", ChannelA = peer };

    private static UsbTransport Open(UsbBus bus, string serial)
    {
        UsbTransport transport = bus.Open(bus.List().Single(device => device.SerialNumber == serial));
        transport.Claim(0);
        return transport;
    }

    /// <summary>A table whose entries are there at once.</summary>
    private sealed class Table : LinkTarget, ILinkRegisters
    {
        private int _index;

        public bool Interrupt => false;

        internal static uint Word(int index, int word) => 0x9E3779B9u * (uint)((index * EntryLayout.Words) + word + 1);

        public AxiResponse Read(uint address, Span<uint> words)
        {
            if (address == RegisterMap.TableRead.Status.Address)
            {
                words.Clear();
                return AxiResponse.Okay;
            }

            int first = (int)(address - RegisterMap.TableRead.Entry.Address) / sizeof(uint);
            for (int i = 0; i < words.Length; i++)
            {
                words[i] = Word(_index, first + i);
            }

            return AxiResponse.Okay;
        }

        public AxiResponse Write(uint address, uint word)
        {
            _index = (int)word;
            return AxiResponse.Okay;
        }

        public override ValueTask<bool> PerformAsync(Action<ILinkRegisters> work)
        {
            work(this);
            return ValueTask.FromResult(true);
        }
    }

    /// <summary>Sends without end once it is asked to.</summary>
    private sealed class Source : IFtdiPeer
    {
        private FtdiChannel? _channel;

        public void Connect(FtdiChannel channel) => _channel = channel;

        public bool Understands(FtdiChannel channel) => true;

        public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            byte[] block = new byte[4096];
            while (!cancellationToken.IsCancellationRequested)
            {
                await _channel!.GiveAsync(block, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
