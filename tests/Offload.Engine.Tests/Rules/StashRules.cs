using System.Numerics;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>
/// The table's stash, by a placement key under which all connections from one port share their rows, and no two have one hash: eight lie in the index,
/// eight more in the stash.
/// </summary>
public sealed class StashRules
{
    private const ulong Mac = 0x020000000123;
    private const int Ways = 8, Places = 8;

    /// <summary>Clocks in which all places are visited: one in 249.</summary>
    private const ulong Soon = 249 * Places * 2;

    private static readonly UInt128 Local = TcpFrame.V4(0xC0A8017B);
    private static readonly UInt128 Remote = TcpFrame.V4(0x0A000000);

    [Fact]
    public void What_lies_in_the_stash_moves_to_the_index_long_before_a_sweep()
    {
        using var core = new CoreTarget(new Settings
        {
            Listeners = [new EndPoint { Mac = Mac, Address = Local, Port = 80, Backlog = 65535 }],
            PlacementKey = SharedRows(),
            SweepPeriod = 10_000_000,
        });
        core.SetTime(1_000_000);
        for (int client = 0; client < Ways + Places; client++)
        {
            Assert.True(Dial(core, client, 0), $"client {client} has no room");
        }

        Assert.False(Dial(core, Ways + Places, 0), "there is room beyond the stash");
        Assert.False(Dial(core, Ways + Places + 1, 0), "there is room beyond the stash");
        for (int client = 0; client < Ways; client++)
        {
            core.Send(Port.Net, Segment(client, 0, TcpFlags.Rst, 101).ToBytes(), false);
        }

        Assert.Empty(core.Collect().Net);
        for (ulong end = core.Core.Clock + Soon; core.Core.Clock < end;)
        {
            Assert.Equal((uint)Places, core.Core.Read("control.entries_in_use"));
        }

        // Those that were in the stash are in the index; so other rows have the whole of it.
        for (int client = 0; client < Ways + Places; client++)
        {
            Assert.True(Dial(core, client, 1), $"client {client} of the other rows has no room");
        }

        // None has been lost on the way.
        for (int client = Ways; client < Ways + Places; client++)
        {
            Assert.Equal((uint)State.SynReceived, (uint)core.Command(Order.Read, Of(client, 0)).Answer!["state"]);
        }
    }

    /// <summary>A key by which clients differ above the rows' bits, and ports in the rows.</summary>
    private static uint[] SharedRows()
    {
        var key = new uint[11];
        Set(FirstBit(Of(0, 0), Of(1, 0), Of(31, 0)) + 24);
        Set(FirstBit(Of(0, 0), Of(0, 1), Of(0, 1)) + 3);
        for (int port = 0; port < 2; port++)
        {
            ulong[] hashes = [.. Enumerable.Range(0, 32).Select(client => Placement.Hash(Of(client, port), key))];
            Assert.Single(hashes.Select(Rows).Distinct());
            Assert.Equal(hashes.Length, hashes.Distinct().Count());
            Assert.NotEqual(Rows(hashes[0]), Rows(Placement.Hash(Of(0, 1 - port), key)));
        }

        return key;

        void Set(int bit) => key[bit / 32] |= 1u << (bit % 32);

        static ulong Rows(ulong hash) => hash & ((1ul << (2 * (BitOperations.Log2((uint)Repository.BoardParameter("CONNECTIONS")) - 2))) - 1);
    }

    /// <summary>The lowest bit of the table's key in which either connection differs from the first.</summary>
    private static int FirstBit(Flow flow, params Flow[] others)
    {
        uint[] words = Core.KeyImage(flow).ToWords();
        return others.SelectMany(other => Core.KeyImage(other).ToWords().Select((word, i) => (Differs: word ^ words[i], i)))
            .Where(word => word.Differs != 0).Min(word => (32 * word.i) + BitOperations.TrailingZeroCount(word.Differs));
    }

    private static bool Dial(CoreTarget core, int client, int port)
    {
        core.Send(Port.Net, Segment(client, port, TcpFlags.Syn, 100).ToBytes(), false);
        List<byte[]> answers = [.. core.Collect().Net];
        Assert.True(answers.Count <= 1);
        return answers.Count == 1 && FrameChecker.Check(answers[0]).Flags == (TcpFlags.Syn | TcpFlags.Ack);
    }

    private static Flow Of(int client, int port) => new(Local, Remote + (uint)client, 80, (ushort)(5000 + port), false, 0);

    private static TcpFrame Segment(int client, int port, TcpFlags flags, uint seq) => new()
    {
        DestinationMac = Mac,
        SourceMac = 0x020000000999,
        Source = Remote + (uint)client,
        SourcePort = (ushort)(5000 + port),
        Destination = Local,
        DestinationPort = 80,
        Flags = flags,
        Seq = seq,
    };
}
