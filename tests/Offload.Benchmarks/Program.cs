// Speed of the Verilated core, as the virtual board runs it.
//
//   firmware-tools/build-virtual-board.sh && dotnet run -c Release --project tests/Offload.Benchmarks
//
// Prints for frames of 60, 74 and 94 bytes: SYN/s of this machine (one thread, frames in batches through the C ABI), clocks a SYN
// (what a board would take), and clocks from a SYN's last beat to its SYN,ACK's first. The table is emptied between batches, outside
// the measured time; what a handshake's ACK costs is measured apart.

using System.Diagnostics;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

const int Batch = 1024;
int rounds = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 60;
Console.WriteLine($"Verilated core, {Environment.ProcessorCount} processors, {rounds} batches of {Batch} SYNs from random tuples");
Console.WriteLine();
Console.WriteLine("| frames                      |   SYN/s | million clocks/s | clocks a SYN | clocks a handshake | SYN in to SYN,ACK out: min | median | max |");
Console.WriteLine("|-----------------------------|--------:|-----------------:|-------------:|-------------------:|---------------------------:|-------:|----:|");
Measure("IPv4, 60 bytes (MSS)", false, new TcpOptions().Mss(1460).ToArray());
Measure("IPv4, 74 bytes (as Linux)", false, TcpOptions.Linux(12345));
Measure("IPv6, 94 bytes (as Linux)", true, TcpOptions.Linux(12345));
return;

void Measure(string name, bool ipv6, byte[] options)
{
    UInt128 local = ipv6 ? new UInt128(0x20010DB800000000, 1) : TcpFrame.V4(0xC0000201);
    using var core = new Core();
    core.Configure(new Settings
    {
        Listeners = [new EndPoint { Mac = 0x020000000001, Address = local, Port = 80 }],
        PlacementKey = [.. Enumerable.Range(0, 11).Select(_ => (uint)Random.Shared.NextInt64(1L << 32))],
        SweepPeriod = 10_000,
    });
    core.SetTime(1_000_000);
    var random = new Random(1);
    var clock = new Stopwatch();
    var latencies = new List<ulong>();
    ulong synClocks = 0;
    ulong ackClocks = 0;
    for (int round = 0; round < rounds; round++)
    {
        byte[][] syns = [.. Enumerable.Range(0, Batch).Select(_ => Syn(random, local, ipv6, options).ToBytes())];
        ulong before = core.Clock;
        clock.Start();
        foreach (byte[] syn in syns)
        {
            core.Send(Port.Net, syn);
        }

        core.Run(Core.Patience);
        clock.Stop();
        synClocks += core.Clock - before;
        List<byte[]> answers = core.ReceiveAll(Port.Net);
        if (answers.Count != Batch)
        {
            throw new InvalidOperationException($"{Batch} SYNs, {answers.Count} SYN,ACKs: the figures would mean nothing.");
        }

        byte[][] acks = [.. answers.Select(Acknowledge)];
        before = core.Clock;
        foreach (byte[] ack in acks)
        {
            core.Send(Port.Net, ack);
        }

        core.Run(Core.Patience);
        ackClocks += core.Clock - before;
        core.Command(Order.Flush, default, new Arguments { All = true });
        core.Settle();
        core.TakeEvents();
        core.Send(Port.Net, Syn(random, local, ipv6, options).ToBytes());
        core.Run(Core.Patience);
        FrameTimes entered = core.LastReceived(Port.Net);
        core.Receive(Port.Net, out FrameTimes left);
        latencies.Add(left.First - entered.Last);
    }

    if (core.Counters()["established"] != (ulong)(rounds * Batch))
    {
        throw new InvalidOperationException("Not every handshake was completed: the figures would mean nothing.");
    }

    latencies.Sort();
    double seconds = clock.Elapsed.TotalSeconds;
    double frames = (double)rounds * Batch;
    Console.WriteLine(
        $"| {name,-27} | {frames / seconds,7:F0} | {synClocks / seconds / 1e6,16:F2} | {synClocks / frames,12:F2} | {(synClocks + ackClocks) / frames,18:F2} | {latencies[0],26} | {latencies[latencies.Count / 2],6} | {latencies[^1],3} |");
}

static TcpFrame Syn(Random random, UInt128 local, bool ipv6, byte[] options) => new()
{
    DestinationMac = 0x020000000001,
    SourceMac = 0x0200000000C0,
    Source = ipv6 ? new UInt128(0x20010DB8000000AA, (ulong)random.NextInt64()) : TcpFrame.V4(0x0A000000 | (uint)random.Next(1 << 24)),
    Destination = local,
    SourcePort = (ushort)random.Next(1024, 65536),
    DestinationPort = 80,
    Flags = TcpFlags.Syn,
    Seq = (uint)random.NextInt64(1L << 32),
    Options = options,
};

static byte[] Acknowledge(byte[] answer)
{
    SentSegment sent = FrameChecker.Check(answer);
    return new TcpFrame
    {
        DestinationMac = sent.SourceMac,
        SourceMac = sent.DestinationMac,
        Source = sent.Destination,
        Destination = sent.Source,
        SourcePort = (ushort)sent.DestinationPort,
        DestinationPort = (ushort)sent.SourcePort,
        Flags = TcpFlags.Ack,
        Seq = sent.Ack,
        Ack = sent.Seq + 1,
        Options = sent.TsVal is uint value ? TcpOptions.Stamp(12346, value) : default,
    }.ToBytes();
}
