using System.Net.Sockets;
using Offload.Cli.Demo;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Isn;
using Offload.Kernel.Tests.Bench;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Kernels connect: both sides agree on everything.</summary>
public sealed class ConnectTests : RigTest
{
    private const int TcpLevel = 6;
    private const int MaximumSegment = 2;

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    [Trait("Rule", "O1")]
    [Trait("Rule", "O4")]
    [Trait("Rule", "O5")]
    [Trait("Rule", "O8")]
    [Trait("Rule", "I1")]
    public async Task A_kernel_connects_and_both_sides_agree(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        TcpInfo kernel = TcpInfo.Of(client);
        Assert.Equal(KernelState.Established, kernel.State);
        Assert.True(kernel is { Timestamps: true, Sack: true, WindowScaling: true, Ecn: false });
        Assert.True(row is { Timestamps: true, SackPermitted: true });
        AssertAgree(scene, listener, row, kernel);
        Assert.Equal(IsnMode.Rfc6528, (await scene.Board.Isn.GetAsync()).EffectiveMode);

        ConnectionEvent established = await scene.EventAsync(row.Key, e => e.Established);
        Assert.Equal(row.Iss, established.Connection.Iss);
        Assert.Single(scene.EventsOf(row.Key));
        Assert.Equal(1ul, await scene.CountAsync(CounterId.Established));

        // The wire: one SYN,ACK of the engine's, its window not scaled, and nothing else; nothing went to the host.
        SentSegment synAck = Assert.Single(scene.Trace.FromEngine(row.Key));
        Assert.Equal(row.Iss, synAck.Seq);
        Assert.Equal(row.Irs + 1, synAck.Ack);
        Assert.Equal(ListenerOptions.DefaultWindow, synAck.Window);
        Assert.NotNull(synAck.TsVal);
        Assert.Empty(scene.Trace.AtHost(row.Key));

        Assert.True(BoardIsn.IsComputable(row));
        // ss, as the demo reads it, finds no difference; and finds one where there is one.
        Assert.Empty(await CompareAsync(scene, listener, row));
        Assert.NotEmpty(await CompareAsync(scene, listener, row with { Iss = row.Iss + 1 }));
        Assert.NotEmpty(await CompareAsync(scene, listener, row with { Mss = (ushort)(row.Mss + 1) }));
    }

    [SkippableTheory]
    [InlineData(Ip.V4, false, true, true)]
    [InlineData(Ip.V4, true, false, true)]
    [InlineData(Ip.V4, true, true, false)]
    [InlineData(Ip.V4, false, false, false)]
    [InlineData(Ip.V6, false, true, true)]
    [InlineData(Ip.V6, true, false, true)]
    [InlineData(Ip.V6, true, true, false)]
    [InlineData(Ip.V6, false, false, false)]
    [Trait("Rule", "O1")]
    public async Task Options_that_the_client_does_not_offer_are_not_answered(Ip ip, bool timestamps, bool sack, bool scaling)
    {
        await using Scene scene = await Rig.BeginAsync();
        scene.SetClientParameter("net/ipv4/tcp_timestamps", timestamps ? "1" : "0");
        scene.SetClientParameter("net/ipv4/tcp_sack", sack ? "1" : "0");
        scene.SetClientParameter("net/ipv4/tcp_window_scaling", scaling ? "1" : "0");
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        AssertOptions(scene, row, TcpInfo.Of(client), timestamps, sack, scaling);
        AssertAgree(scene, listener, row, TcpInfo.Of(client));
    }

    [SkippableTheory]
    [InlineData(Ip.V4, false, true, true)]
    [InlineData(Ip.V4, true, false, true)]
    [InlineData(Ip.V4, true, true, false)]
    [InlineData(Ip.V6, false, false, false)]
    [Trait("Rule", "O1")]
    public async Task Options_that_the_listener_does_not_want_are_not_agreed(Ip ip, bool timestamps, bool sack, bool scaling)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(
            ip, options => options with { Timestamps = timestamps, Sack = sack, WindowScaling = scaling });
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        AssertOptions(scene, row, TcpInfo.Of(client), timestamps, sack, scaling);
        AssertAgree(scene, listener, row, TcpInfo.Of(client));
    }

    [SkippableTheory]
    [InlineData(Ip.V4, 1000, 900, 3)]
    [InlineData(Ip.V4, 600, 1460, 14)]
    [InlineData(Ip.V6, 1300, 1250, 0)]
    [Trait("Rule", "O1")]
    [Trait("Rule", "O5")]
    public async Task Segment_sizes_and_scales_are_what_each_side_said(Ip ip, int clientMss, int ourMss, int ourScale)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip, options => options with { Mss = ourMss, WindowScale = ourScale });
        Socket client = scene.NewClient(ip);
        client.SetRawSocketOption(TcpLevel, MaximumSegment, BitConverter.GetBytes(clientMss));
        await Scene.ConnectAsync(client, listener.EndPoint);
        ConnectionRow row = await scene.RowAsync(Scene.KeyOf(client, listener.EndPoint), r => r.State == TcpState.Established);

        Assert.Equal(clientMss, row.Mss);
        Assert.Equal((byte)ourScale, row.OurScale);
        AssertAgree(scene, listener, row, TcpInfo.Of(client));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "O6")]
    public async Task Ecn_is_asked_for_and_not_answered(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // As a client, too, it asks (Linux's ip-sysctl).
        scene.SetClientParameter("net/ipv4/tcp_ecn", "1");
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Contains(scene.Trace.FromClient(row.Key), frame => frame.Segment is { IsSyn: true } syn && syn.Flags.HasFlag(TcpFlags.Ece | TcpFlags.Cwr));
        Assert.False(TcpInfo.Of(client).Ecn);
        Assert.Single(scene.Trace.FromEngine(row.Key));
        AssertAgree(scene, listener, row, TcpInfo.Of(client));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "I1")]
    [Trait("Rule", "I2")]
    [Trait("Rule", "O4")]
    public async Task Every_connection_has_numbers_of_its_own(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        IsnConfiguration isn = await scene.Board.Isn.GetAsync();
        List<ConnectionRow> rows = [];
        for (int i = 0; i < 20; i++)
        {
            rows.Add((await scene.ConnectAsync(listener)).Row);
        }

        Assert.All(rows, row => Assert.True(BoardIsn.IsComputable(row)));
        Assert.All(rows, row => Assert.Equal(scene.Board.Isn.Compute(isn, row), new IsnValue(row.Iss, row.TsOffset)));
        Assert.Equal(rows.Count, rows.Select(row => row.Iss).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(row => row.TsOffset).Distinct().Count());

        // Another key: the same tuple's numbers are unrelated, and the old configuration no longer computes.
        await scene.Board.Isn.RotateKeyAsync();
        IsnConfiguration rotated = await scene.Board.Isn.GetAsync();
        ConnectionRow last = (await scene.ConnectAsync(listener)).Row;
        Assert.True(BoardIsn.IsComputable(last));
        Assert.Equal(scene.Board.Isn.Compute(rotated, last), new IsnValue(last.Iss, last.TsOffset));
        Assert.NotEqual(scene.Board.Isn.Compute(rotated, rows[0]).TimestampOffset, rows[0].TsOffset);
        Assert.Throws<OffloadException>(() => scene.Board.Isn.Compute(isn, last));
    }

    [SkippableTheory]
    [InlineData(Ip.V4, IsnMode.Fixed)]
    [InlineData(Ip.V6, IsnMode.Fixed)]
    [InlineData(Ip.V4, IsnMode.Counter)]
    [InlineData(Ip.V6, IsnMode.Counter)]
    [Trait("Rule", "I1")]
    public async Task The_isn_is_as_its_mode_says(Ip ip, IsnMode mode)
    {
        // The wrap is the hardest number to agree on: ISS + 1 = 0.
        const uint Value = uint.MaxValue;
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetIsnModeAsync(mode, mode == IsnMode.Fixed ? Value : null);
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);

        Assert.Equal(mode == IsnMode.Fixed ? Value : unchecked((uint)(row.CreatedMicroseconds >> 2)), row.Iss);
        AssertAgree(scene, listener, row, TcpInfo.Of(client));
    }

    private static async Task<IReadOnlyList<string>> CompareAsync(Scene scene, Listener listener, ConnectionRow row)
    {
        IsnConfiguration isn = await scene.Board.Isn.GetAsync();
        return TableCheck.Compare(
            [row], KernelConnection.Parse(scene.Rig.Client.RunTool("ss", ["-tnieOH"])), [listener], r => BoardIsn.IsComputable(r) ? scene.Board.Isn.Compute(isn, r).Iss : null);
    }

    private static void AssertOptions(Scene scene, ConnectionRow row, TcpInfo kernel, bool timestamps, bool sack, bool scaling)
    {
        Assert.Equal((timestamps, sack, scaling), (row.Timestamps, row.SackPermitted, row.OurScale is not null));
        Assert.Equal((timestamps, sack, scaling), (kernel.Timestamps, kernel.Sack, kernel.WindowScaling));
        SentSegment synAck = Assert.Single(scene.Trace.FromEngine(row.Key));
        Assert.Equal((timestamps, sack, scaling), (synAck.TsVal is not null, synAck.SackPermitted, synAck.Scale is not null));
    }

    /// <summary>The engine's row and the kernel's TCP_INFO tell of the same connection.</summary>
    private static void AssertAgree(Scene scene, Listener listener, ConnectionRow row, TcpInfo kernel)
    {
        Assert.Equal(kernel.Timestamps, row.Timestamps);
        Assert.Equal(kernel.Sack, row.SackPermitted);
        Assert.Equal(kernel.WindowScaling, row.OurScale is not null);
        Assert.Equal(kernel.WindowScaling, row.PeerScale is not null);
        Assert.Equal(kernel.PeerScale, row.OurScale ?? 0);
        Assert.Equal(kernel.OwnScale, row.PeerScale ?? 0);
        Assert.Equal(kernel.AdvertisedMss + kernel.OptionsLength, row.Mss);
        Assert.Equal(Math.Min(kernel.SendMss + kernel.OptionsLength, listener.Mss), Math.Min(listener.Mss, row.Mss));
        Assert.Equal(row.Iss + 1, row.SndNxt);
        Assert.Equal(row.Iss + 1, row.SndUna);
        Assert.Equal(row.Irs + 1, row.RcvNxt);
        Assert.Equal(row.Irs, scene.Trace.FromClient(row.Key)[0].Segment.Sequence);
        Assert.Equal(scene.Rig.Hardware.NetPort!.MacAddress, row.RemoteMac);
        Assert.Equal(listener.Slot, row.Listener);
    }
}
