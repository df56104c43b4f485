using System.Net.Sockets;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Rules;

/// <summary>Somebody sends segments in the name of a client whose kernel has a live connection, or is about to have one.</summary>
public sealed class ProbeTests : RigTest
{
    /// <summary>500 ms in the engine's ticks of 1.024 ms.</summary>
    private const int HalfSecond = 489;

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P3")]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P6")]
    public async Task Probes_during_the_handshake_do_not_keep_the_client_out(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        // Both of what the limit of S5 is for come within it, however long the machine takes from one to the other.
        await scene.SetTimerAsync("tcp_invalid_ratelimit", TimeSpan.FromSeconds(15));
        Listener listener = await scene.ListenAsync(ip);
        uint? syn = null;
        bool came = false;
        // The client's SYN arrives once: again, it would draw its answer again, under the same limit.
        scene.Impairment = new LossOf((direction, segment) => direction == RelayDirection.ToClient
            ? segment.IsSynAck
            : segment.IsSyn && segment.Sequence == (syn ??= segment.Sequence) && Interlocked.Exchange(ref came, true));
        Socket client = scene.NewClient(ip);
        ConnectionKey key = Scene.KeyOf(client, listener.EndPoint);
        Task connecting = Scene.ConnectAsync(client, listener.EndPoint);
        ConnectionRow row = await scene.RowAsync(key, r => r.State == TcpState.SynReceived);
        PacketSender sender = scene.NewSender();
        byte[] stamp = TcpOptions.Stamp(row.TsRecent, 0);

        // P3: another SEG.ACK draws RST with SEQ = SEG.ACK, and changes nothing.
        sender.Send((scene.SegmentOf(key, TcpFlags.Ack, row.RcvNxt, row.SndNxt + 5) with { Options = stamp }).ToBytes());
        await scene.CountedAsync(CounterId.HandshakeResetsSent, 1);
        await Scene.UntilAsync(() => scene.Trace.ToClient(key).Any(frame => frame.Segment.IsReset), () => "the RST left");
        SentSegment reset = Assert.Single(scene.Trace.FromEngine(key), sent => sent.Flags.HasFlag(TcpFlags.Rst));
        Assert.Equal((TcpFlags.Rst, row.SndNxt + 5), (reset.Flags, reset.Seq));

        // P2: the right SEG.ACK in the window, but not at IRS+1, opens nothing (stricter than RFC 9293).
        sender.Send((scene.SegmentOf(key, TcpFlags.Ack, row.RcvNxt + 1, row.SndNxt) with { Options = stamp }).ToBytes());
        await scene.CountedAsync(CounterId.HandshakeSequenceDropped, 1);

        // P6: RST in the window, but not at RCV.NXT, draws a challenge ACK. P4: a SYN with another number does too, but for the limit.
        sender.Send(scene.SegmentOf(key, TcpFlags.Rst, row.RcvNxt + 1).ToBytes());
        sender.Send(scene.SegmentOf(key, TcpFlags.Syn, row.Irs + 1).ToBytes());
        // P6: outside it is dropped.
        sender.Send(scene.SegmentOf(key, TcpFlags.Rst, row.RcvNxt - 1).ToBytes());
        await scene.CountedAsync(CounterId.SequenceUnacceptable, 1);
        Assert.Equal((1ul, 1ul), (await scene.CountAsync(CounterId.UnsolicitedAcksSent), await scene.CountAsync(CounterId.UnsolicitedAcksLimited)));

        Assert.False(connecting.IsCompleted);
        ConnectionRow still = await scene.RowAsync(key, r => r.State == TcpState.SynReceived);
        Assert.Equal(row with { LastAckTick = still.LastAckTick, Index = still.Index }, still);
        await scene.SetTimerAsync("tcp_invalid_ratelimit", TimeSpan.FromMilliseconds(100));
        scene.Impairment = null;
        await connecting;
        Assert.Equal(row.Iss, (await scene.RowAsync(key, r => r.State == TcpState.Established)).Iss);
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "S3")]
    [Trait("Rule", "S5")]
    public async Task Syns_in_a_connection_draw_one_challenge_ack_each_half_second(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        PacketSender sender = scene.NewSender();
        // In the window, outside, and the very SYN of the connection.
        uint[] numbers = [row.RcvNxt, row.RcvNxt + 100, row.RcvNxt + 0x4000_0000, row.Irs, row.Irs - 1];
        foreach (uint number in numbers)
        {
            sender.Send(scene.SegmentOf(row.Key, TcpFlags.Syn, number).ToBytes());
        }

        ulong sent = 0, limited = 0;
        await Scene.UntilAsync(
            async () =>
            {
                sent = await scene.CountAsync(CounterId.UnsolicitedAcksSent);
                limited = await scene.CountAsync(CounterId.UnsolicitedAcksLimited);
                return sent + limited >= (ulong)numbers.Length;
            },
            () => $"{sent} answered and {limited} held back are {numbers.Length}");
        // One, where the machine was not so busy that they took longer than half a second to get there.
        ulong[] came = [.. scene.Trace.FromClient(row.Key).Where(frame => frame.Segment.IsSyn).Skip(1).Select(frame => frame.Microseconds)];
        Assert.Equal(numbers.Length, came.Length);
        Assert.Equal(((ulong)AnswersTo(came), (ulong)numbers.Length), (sent, sent + limited));

        // No hurry: the limit is over by then.
        await Task.Delay(600);
        sender.Send(scene.SegmentOf(row.Key, TcpFlags.Syn, row.RcvNxt).ToBytes());
        await scene.CountedAsync(CounterId.UnsolicitedAcksSent, sent + 1);
        await Scene.UntilAsync(() => scene.Trace.ToClient(row.Key).Count == (int)sent + 2, () => "all challenge ACKs left");
        List<SentSegment> answers = [.. scene.Trace.FromEngine(row.Key).Skip(1)];
        Assert.All(answers, ack => AssertChallenge(row, ack));
        Assert.All(answers.Zip(answers.Skip(1)), pair => Assert.True(pair.Second.TsVal - pair.First.TsVal >= HalfSecond));

        await AssertLivesAsync(scene, client, row);
    }

    /// <summary>What a prober may try on a live connection.</summary>
    public enum Probe
    {
        /// <summary>A sequence number far outside the window.</summary>
        SequenceOutside,

        /// <summary>A sequence number just before RCV.NXT.</summary>
        SequenceBefore,

        /// <summary>RST in the window, not at RCV.NXT.</summary>
        ResetInside,

        /// <summary>RST outside the window.</summary>
        ResetOutside,

        /// <summary>ACK of what was never sent.</summary>
        AcknowledgmentAhead,

        /// <summary>No timestamps, where they were agreed.</summary>
        NoTimestamps,

        /// <summary>Timestamps out of the past.</summary>
        OldTimestamps,

        /// <summary>FIN in the window, not at RCV.NXT.</summary>
        FinAhead,

        /// <summary>No ACK flag.</summary>
        NoAcknowledgment,
    }

    [SkippableTheory]
    [MemberData(nameof(Probes))]
    [Trait("Rule", "S1")]
    [Trait("Rule", "S2")]
    [Trait("Rule", "S4")]
    [Trait("Rule", "O4")]
    [Trait("Rule", "O7")]
    public async Task A_probed_connection_lives(Ip ip, Probe probe)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        TcpFrame good = scene.SegmentOf(row.Key, TcpFlags.Ack, row.RcvNxt, row.SndNxt) with { Options = TcpOptions.Stamp(row.TsRecent, 0) };
        (TcpFrame frame, CounterId counter, bool answered) = probe switch
        {
            Probe.SequenceOutside => (good with { Seq = row.RcvNxt + 0x4000_0000 }, CounterId.SequenceUnacceptable, true),
            Probe.SequenceBefore => (good with { Seq = row.RcvNxt - 1 }, CounterId.SequenceUnacceptable, true),
            Probe.ResetInside => (good with { Flags = TcpFlags.Rst, Seq = row.RcvNxt + 1 }, CounterId.UnsolicitedAcksSent, true),
            Probe.ResetOutside => (good with { Flags = TcpFlags.Rst, Seq = row.RcvNxt - 1 }, CounterId.SequenceUnacceptable, false),
            Probe.AcknowledgmentAhead => (good with { Ack = row.SndNxt + 1 }, CounterId.AckUnacceptable, true),
            Probe.NoTimestamps => (good with { Options = default }, CounterId.TimestampMissing, false),
            Probe.OldTimestamps => (good with { Options = TcpOptions.Stamp(row.TsRecent - 100_000, 0) }, CounterId.TimestampRejected, true),
            Probe.FinAhead => (good with { Flags = TcpFlags.Fin | TcpFlags.Ack, Seq = row.RcvNxt + 1 }, CounterId.UnsolicitedAcksSent, true),
            Probe.NoAcknowledgment => (good with { Flags = TcpFlags.Fin, Ack = 0 }, CounterId.AckMissing, false),
            _ => throw new ArgumentOutOfRangeException(nameof(probe)),
        };
        scene.NewSender().Send(frame.ToBytes());

        await scene.CountedAsync(counter, 1);
        Assert.Equal(answered ? 1ul : 0ul, await scene.CountAsync(CounterId.UnsolicitedAcksSent));
        if (answered)
        {
            await Scene.UntilAsync(() => scene.Trace.ToClient(row.Key).Count == 2, () => "the ACK left");
            AssertChallenge(row, scene.Trace.FromEngine(row.Key)[^1]);
        }

        // A FIN that comes too early has a good ACK all the same, and its window counts (RFC 9293 3.10.7.4: SND.WL1).
        await AssertLivesAsync(scene, client, probe == Probe.FinAhead ? row with { SndWl1 = frame.Seq, PeerWindow = frame.Window } : row);
    }

    /// <summary>Both versions of IP, and every probe.</summary>
    public static TheoryData<Ip, Probe> Probes()
    {
        TheoryData<Ip, Probe> data = [];
        foreach (Probe probe in Enum.GetValues<Probe>())
        {
            data.Add(Ip.V4, probe);
            data.Add(Ip.V6, probe);
        }

        return data;
    }

    // Whoever guesses RCV.NXT ends the engine's side. The client does not know: what it sends then is the host kernel's to answer.
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    [Trait("Rule", "S2")]
    [Trait("Rule", "C2")]
    public async Task A_client_whose_entry_is_gone_is_reset_by_the_hosts_kernel(Ip ip)
    {
        await using Scene scene = await Rig.BeginAsync();
        Listener listener = await scene.ListenAsync(ip);
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        scene.NewSender().Send(scene.SegmentOf(row.Key, TcpFlags.Rst, row.RcvNxt).ToBytes());
        Assert.Equal(CloseReason.ResetByPeer, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Equal(KernelState.Established, TcpInfo.Of(client).State);

        client.Send(new byte[10]);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.Contains(scene.Trace.AtHost(row.Key), frame => frame is { FromBoard: false, Segment.IsReset: true });
    }

    /// <summary>How many of the segments that came at these times are answered, if one is each half second.</summary>
    private static int AnswersTo(IEnumerable<ulong> microseconds)
    {
        int answers = 0;
        ulong? last = null;
        foreach (ulong tick in microseconds.Select(time => time / 1024))
        {
            if (last is null || tick - last >= HalfSecond)
            {
                last = tick;
                answers++;
            }
        }

        return answers;
    }

    private static void AssertChallenge(ConnectionRow row, SentSegment ack)
    {
        Assert.Equal((TcpFlags.Ack, row.SndNxt, row.RcvNxt), (ack.Flags, ack.Seq, ack.Ack));
        Assert.Equal(row.OurWindow, ack.Window);
        Assert.NotNull(ack.TsVal);
    }

    /// <summary>The connection is as it was, for both sides, and ends in good order.</summary>
    private static async Task AssertLivesAsync(Scene scene, Socket client, ConnectionRow row)
    {
        ConnectionRow now = await scene.RowAsync(row.Key, r => r.State == TcpState.Established);
        Assert.Equal(row with { LastAckTick = now.LastAckTick }, now);
        Assert.Equal(KernelState.Established, TcpInfo.Of(client).State);
        client.Shutdown(SocketShutdown.Send);
        await scene.EventAsync(row.Key, e => e.PeerClosed);
        await scene.Board.Connections.CloseAsync(row.Key, row.CreatedMicroseconds);
        Assert.Equal(CloseReason.Normal, (await scene.EventAsync(row.Key, e => e.Closed)).Reason);
        Assert.Equal(0, client.Receive(new byte[1]));
    }
}
