using System.Diagnostics;
using Offload.Links;
using Offload.Links.Usb;
using Offload.Registers;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.Benchmarks;

/// <summary>
/// What of the bulk pipe a full table read over the synchronous FIFO gets. In process: the SDK's link and FTDI stream against the model of an
/// FT2232H whose bus is paced, and registers that answer at once. docs/link.md has what the gateware does at its pins.
/// </summary>
internal static class LinkRows
{
    private const string Efficiency = "link.usb.efficiency";
    private const double BytesPerSecond = 40_000_000;
    private const int Entries = 16384;
    private const int EntriesEach = 64;
    private const int Rounds = 16;

    public static IEnumerable<Measurement> All() => [new Measurement([Efficiency, "link.usb.pipe"], Measure)];

    private static IEnumerable<Row> Measure(Bench bench)
    {
        bench.Say("link: a full table over USB");
        (double table, double pipe) = MeasureAsync().GetAwaiter().GetResult();
        yield return new Row(Efficiency, table / pipe, $"of what the bulk pipe moves, a table of {Entries} entries over the FIFO link; in process, the chip's bus paced") { Goal = 0.85 };
        yield return new Row("link.usb.pipe", pipe / 1e6, $"MB/s that the same pipe moves by itself; its bus is paced to {BytesPerSecond / 1e6:0} MB/s");
    }

    private static async Task<(double Table, double Pipe)> MeasureAsync()
    {
        long bytes = (long)Entries * EntryLayout.Words * sizeof(uint) * Rounds;
        double pipe = await PipeAsync(bytes).ConfigureAwait(false);
        RegisterLinkEnd end = new(new Table(), FtdiWiring.SyncFifo);
        await using (end.ConfigureAwait(false))
        {
            UsbTransport transport = Open(end);
            await using (transport.ConfigureAwait(false))
            {
                FtdiStream stream = await FtdiStream.OpenAsync(transport, 0, FtdiMode.SyncFifo).ConfigureAwait(false);
                StreamRegisterLink link = await StreamRegisterLink.OpenAsync(stream).ConfigureAwait(false);
                await using (link.ConfigureAwait(false))
                {
                    List<LinkProgram> programs = [.. Enumerable.Range(0, Entries / EntriesEach).Select(i => Program(i * EntriesEach))];
                    uint[] answers = new uint[programs.Sum(program => program.Answers)];
                    _ = await link.RunAsync(programs, answers).ConfigureAwait(false); // not counted: everything is compiled first
                    Stopwatch time = Stopwatch.StartNew();
                    for (int round = 0; round < Rounds; round++)
                    {
                        _ = await link.RunAsync(programs, answers).ConfigureAwait(false);
                    }

                    double seconds = time.Elapsed.TotalSeconds;
                    for (int i = 0; i < Entries; i++)
                    {
                        Bench.Require(answers[(i * (1 + EntryLayout.Words)) + 4] == Table.Word(i, 3), "the link gave wrong words");
                    }

                    return (bytes / seconds, pipe);
                }
            }
        }
    }

    private static LinkProgram Program(int first) => new LinkProgram()
        .Repeat(EntriesEach)
        .Write(RegisterMap.TableRead.Go.Address, (uint)first)
        .Wait(RegisterMap.TableRead.Status.Address, RegisterMap.TableRead.Status.Busy.Mask, 0)
        .Read(RegisterMap.TableRead.Entry.Address, EntryLayout.Words);

    private static async Task<double> PipeAsync(long bytes)
    {
        UsbTransport transport = Open(new Source());
        await using (transport.ConfigureAwait(false))
        {
            FtdiStream stream = await FtdiStream.OpenAsync(transport, 0, FtdiMode.SyncFifo).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                byte[] buffer = new byte[65536];
                await stream.WriteAsync(new byte[1]).ConfigureAwait(false);
                await stream.ReadExactlyAsync(buffer).ConfigureAwait(false);
                Stopwatch time = Stopwatch.StartNew();
                long left = bytes;
                while (left > 0)
                {
                    left -= await stream.ReadAsync(buffer).ConfigureAwait(false);
                }

                return (bytes - left) / time.Elapsed.TotalSeconds;
            }
        }
    }

    private static UsbTransport Open(IFtdiPeer peer)
    {
        VirtualUsbBus bus = new();
        bus.Plug(0, new FtdiChip(new FtdiChipOptions { ChannelA = peer, BytesPerSecond = BytesPerSecond }));
        UsbTransport transport = bus.Open(bus.List()[0]);
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
