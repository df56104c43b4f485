using System.Globalization;
using System.Text.RegularExpressions;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Benchmarks;

/// <summary>Clocks from a SYN to its SYN,ACK with nothing else under way: at the core's streams, and at the GMII.</summary>
internal static partial class LatencyRows
{
    private const int Samples = 100;

    /// <summary>Clocks beside the hash's own depth that the core may take.</summary>
    private const int BesideHash = 24;

    private const int GmiiGoal = 24;

    /// <summary>What it was when it was last lowered: it is not to grow again.</summary>
    private const int GmiiFloor = 24;

    /// <summary>A clock for which gmii_line.v keeps each byte that goes out.</summary>
    private const int Kept = 1;

    public static IEnumerable<Measurement> All()
    {
        foreach (int width in new[] { 64, 512 })
        {
            yield return new Measurement($"latency.core{width}.clocks", bench => AtCore(bench, width));
        }

        yield return new Measurement("latency.gmii.clocks", bench => AtGmii(bench, "latency.gmii.clocks", 1, GmiiGoal, GmiiFloor));
        yield return new Measurement("latency.gmii_small.clocks", bench => AtGmii(bench, "latency.gmii_small.clocks", 67, null, null));
    }

    private static Row AtCore(Bench bench, int width)
    {
        bench.Say($"core{width}: latency");
        NativeCore native = bench.Core(CoreVariant.Width(width));
        List<ulong> clocks = [.. FrameKind.All.SelectMany(kind => Measure(native, kind, syn => syn, frame => frame))];
        int most = HashDepth() + BesideHash;
        return new Row($"latency.core{width}.clocks", clocks.Max(), "clocks, SYN's last beat in to SYN,ACK's first out, slowest of " + clocks.Count)
        {
            Better = Better.Lower,
            Goal = most,
            Floor = most,
            Note = Spread(clocks, 0),
        };
    }

    private static Row AtGmii(Bench bench, string name, int frameClocks, double? goal, double? floor)
    {
        bench.Say($"{name}: latency at the GMII, FRAME_CLOCKS {frameClocks}");
        NativeCore native = bench.Core(CoreVariant.Gmii(frameClocks));
        List<ulong> clocks = [.. FrameKind.All.SelectMany(kind => Measure(native, kind, Line.Add, Line.Remove))];
        return new Row(name, clocks.Max() - Kept, $"clocks, SYN's last FCS byte in to SYN,ACK's first preamble byte out, slowest of {clocks.Count}")
        {
            Better = Better.Lower,
            Goal = goal,
            Floor = floor,
            Note = (frameClocks == 1 ? "" : $"The core built for frames at gigabit's pace (FRAME_CLOCKS {frameClocks}), in half of the area. ") + Spread(clocks, Kept),
        };
    }

    private static string Spread(List<ulong> clocks, ulong kept) =>
        string.Join(", ", FrameKind.All.Select((kind, i) =>
        {
            List<ulong> own = clocks.GetRange(i * Samples, Samples);
            ulong low = own.Min() - kept, high = own.Max() - kept;
            return $"{kind.Bytes} bytes: {low}{(high == low ? "" : $" to {high}")}";
        }));

    /// <summary>Single SYNs of random tuples.</summary>
    private static List<ulong> Measure(NativeCore native, FrameKind kind, Func<byte[], byte[]> toLine, Func<byte[], byte[]> fromLine)
    {
        var client = new Client(3, kind);
        using Core core = client.Open(native);
        var clocks = new List<ulong>(Samples);
        for (int i = 0; i < Samples; i++)
        {
            TcpFrame syn = client.Syn();
            core.Send(Port.Net, toLine(syn.ToBytes()));
            core.Run(Core.Patience);
            FrameTimes entered = core.LastReceived(Port.Net);
            byte[]? answer = core.Receive(Port.Net, out FrameTimes left);
            Bench.Require(answer is not null, "a SYN was not answered");
            SentSegment sent = FrameChecker.Check(fromLine(answer!));
            Bench.Require(sent.Flags == (TcpFlags.Syn | TcpFlags.Ack) && sent.Ack == syn.Seq + 1 && sent.Destination == syn.Source, "a SYN was answered wrongly");
            clocks.Add(left.First - entered.Last);
        }

        return clocks;
    }

    /// <summary>Depth of the hash that makes initial sequence numbers, as hdl/rtl/hash/hash_unit.v has it (siphash_2_4.v: 4 clocks a block, and 9).</summary>
    private static int HashDepth()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "hdl", "rtl", "hash", "hash_unit.v"));
        Match blocks = Blocks().Match(text);
        Bench.Require(blocks.Success, "hdl/rtl/hash/hash_unit.v does not say how many blocks it hashes");
        return (4 * int.Parse(blocks.Groups[1].Value, CultureInfo.InvariantCulture)) + 9;
    }

    [GeneratedRegex(@"localparam\s+BLOCKS\s*=\s*(\d+)")]
    private static partial Regex Blocks();
}
