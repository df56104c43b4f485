using System.Security.Cryptography;
using Offload.Programming.Ecp5;
using Offload.Programming.Jtag;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>Loading an ECP5 through JTAG, and everything that can go wrong with it.</summary>
public sealed class CoreLoadTests
{
    [Theory]
    [InlineData(JtagTests.Way.Direct)]
    [InlineData(JtagTests.Way.Lines)]
    [InlineData(JtagTests.Way.Dap64)]
    [InlineData(JtagTests.Way.Dap512)]
    public async Task A_stream_is_loaded_by_every_kind_of_port(JtagTests.Way way)
    {
        Rig rig = new();
        Ecp5Programmer programmer = await rig.OpenAsync(port: chain => JtagTests.OpenAsync(way, chain));
        Assert.False(programmer.IsLoaded);
        List<LoadProgress> progress = [];
        byte[] stream = Rig.Image(0x11);
        await programmer.LoadAsync(Rig.Container(stream), new ImmediateProgress(progress.Add));
        Assert.True(programmer.IsLoaded && rig.Part is { IsRunning: true, Done: true, InitN: true });
        Assert.Equal(0x11u, rig.Part.UserCode);
        Assert.Equal(StreamTests.Feed(stream, Streams.Lfe5u25).Contents, rig.Part.Contents);
        Assert.Equal("1.2.3", programmer.Loaded!.Version);
        Assert.Equal([LoadStage.Verifying, LoadStage.Transferring, LoadStage.Starting, LoadStage.Done], progress.Select(p => p.Stage).Distinct());
        Assert.Equal(new LoadProgress(LoadStage.Done, stream.Length, stream.Length), progress[^1]);
        Assert.True((await programmer.ReadStatusAsync()) is { Done: true, IsEnabled: false, HasFailed: false, StreamError: 0 });
    }

    [Fact]
    public async Task A_plain_stream_is_loaded_over_a_running_design()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        Assert.True(programmer.IsLoaded);
        Assert.Null(programmer.Loaded);
        await programmer.LoadAsync(Rig.Container(Streams.WithUserCode(Streams.Read("lfe5u-25f"), 3)));
        Assert.Equal((true, 3u), (rig.Part.IsRunning, rig.Part.UserCode));
    }

    public static TheoryData<string, BitstreamRejection> Refusals => new()
    {
        { "board", BitstreamRejection.WrongBoard },
        { "idcode", BitstreamRejection.WrongIdCode },
        { "map", BitstreamRejection.WrongMap },
        { "kind", BitstreamRejection.WrongPayload },
        { "stream for another part", BitstreamRejection.WrongIdCode },
        { "damaged stream", BitstreamRejection.Malformed },
        { "truncated stream", BitstreamRejection.Malformed },
        { "no stream", BitstreamRejection.Malformed },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_refused_never_reaches_the_board(string refusal, BitstreamRejection expected)
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        byte[] good = Rig.Image(3);
        BitstreamFile file = refusal switch
        {
            "board" => Rig.Container(good, board: "versa-5g"),
            "idcode" => Rig.Container(good, idCode: 0x41112043),
            "map" => Rig.Container(good, map: "another\n"),
            "kind" => Rig.Container(good, kind: BitstreamPayload.VerilatedLinuxX64),
            "stream for another part" => Rig.Container(Streams.Read("lfe5um5g-45f-compressed")),
            "damaged stream" => Rig.Container(StreamTests.Damaged("last frame")),
            "truncated stream" => Rig.Container(good[..^50]),
            _ => Rig.Container([1, 2, 3]),
        };
        long clocks = rig.Chain.Clocks;
        foreach (LoadTarget target in Enum.GetValues<LoadTarget>())
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.LoadAsync(file, target))).Reason);
            Assert.Equal(expected, (await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.PlanAsync(file, target))).Reason);
        }

        Assert.Equal(clocks, rig.Chain.Clocks);
        Assert.Equal((true, 1u), (rig.Part.IsRunning, rig.Part.UserCode));
    }

    [Fact]
    public async Task With_a_key_only_what_it_signed_loads_from_either_path()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync(new BitstreamTrust([TrustedKey.FromKey(key)]));
        foreach (LoadTarget target in Enum.GetValues<LoadTarget>())
        {
            foreach ((ECDsa? signer, BitstreamRejection reason) in new (ECDsa?, BitstreamRejection)[] { (null, BitstreamRejection.NotTrusted), (other, BitstreamRejection.WrongKey) })
            {
                BitstreamFile file = Rig.Container(Rig.Image(3), key: signer);
                Assert.Equal(reason, (await Assert.ThrowsAsync<BitstreamRejectedException>(async () => await programmer.LoadAsync(file, target))).Reason);
            }
        }

        Assert.Equal(1u, rig.Part.UserCode);
        await programmer.LoadAsync(Rig.Container(Rig.Image(3), key: key), LoadTarget.Flash);
        Assert.Equal((3u, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
        await programmer.LoadAsync(Rig.Container(Rig.Image(4), key: key), LoadTarget.Core);
        Assert.Equal((4u, (int?)null), (rig.Part.UserCode, rig.Part.BootAddress));
    }

    [Fact]
    public async Task A_board_of_another_part_is_not_touched()
    {
        Rig rig = new(idCode: 0x41113043);
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(async () => await rig.OpenAsync());
        Assert.Equal(OffloadError.LinkFault, error.Code);
        Assert.Contains("no device with IDCODE 0x41111043; it has 0x41113043", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_towards_TDO_does_no_harm()
    {
        Rig rig = new(behind: new OtherJtagPart(5, 0x0BA00477));
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        await programmer.LoadAsync(Rig.Container(Rig.Image(7)));
        Assert.Equal(7u, rig.Part.UserCode);
        await programmer.LoadAsync(Rig.Container(Rig.Image(8)), LoadTarget.Flash);
        Assert.Equal((8u, (int?)0), (rig.Part.UserCode, rig.Part.BootAddress));
    }

    [Fact]
    public async Task A_device_towards_TDI_is_refused_before_anything_is_done()
    {
        Rig rig = new(before: new OtherJtagPart(5, 0x0BA00477));
        rig.Install(Rig.Image(1), Rig.Image(2));
        Assert.Equal(OffloadError.Unsupported, (await Assert.ThrowsAsync<OffloadException>(async () => await rig.OpenAsync())).Code);
        Assert.True(rig.Part.IsRunning);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_TDO_that_sticks_is_told_before_and_during_a_load(bool level)
    {
        Rig rig = new();
        Ecp5Programmer programmer = await rig.OpenAsync();
        BitstreamFile file = Rig.Container(Rig.Image(1));
        rig.Chain.TdoStuck = level;
        Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(async () => await programmer.LoadAsync(file))).Code);
        rig.Chain.TdoStuck = null;
        ImmediateProgress stick = new(p => rig.Chain.TdoStuck = p.Stage == LoadStage.Transferring && p.BytesDone > 50_000 ? level : rig.Chain.TdoStuck);
        BoardNeedsRecoveryException error = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await programmer.LoadAsync(file, stick));
        Assert.Equal(OffloadError.BoardNeedsRecovery, error.Code);
        Assert.False(programmer.IsLoaded);
        rig.Chain.TdoStuck = null;
        await programmer.LoadAsync(file);
        Assert.True(rig.Part.IsRunning);
    }

    [Fact]
    public async Task A_spike_on_TDI_is_found_by_the_part_and_reported_with_its_status()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        rig.Chain.SpikeAt = rig.Chain.Clocks + 500_000;
        BoardNeedsRecoveryException error = await Assert.ThrowsAsync<BoardNeedsRecoveryException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(5))));
        Assert.Contains("CRC error", error.Message, StringComparison.Ordinal);
        Assert.True(!programmer.IsLoaded && !rig.Part.IsRunning && !rig.Part.InitN);
        await programmer.LoadAsync(Rig.Container(Rig.Image(6)));
        Assert.Equal((6u, true), (rig.Part.UserCode, rig.Part.InitN));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(25_000)]
    [InlineData(30_000)]
    [InlineData(400_000)]
    [InlineData(815_000)]
    public async Task A_cable_that_is_pulled_ends_the_load_and_the_next_one_recovers(int clocks)
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        rig.Chain.UnplugAfter = clocks;
        BoardGoneException error = await Assert.ThrowsAsync<BoardGoneException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(5))));
        Assert.Equal(!rig.Part.IsRunning || rig.Part.UserCode == 5, error.Message.Contains("was being loaded", StringComparison.Ordinal));
        rig.Chain.UnplugAfter = null;
        await programmer.LoadAsync(Rig.Container(Rig.Image(6)));
        Assert.Equal((true, 6u), (rig.Part.IsRunning, rig.Part.UserCode));
    }

    [Fact]
    public async Task A_cancellation_is_heard_only_before_the_first_change()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        Ecp5Programmer programmer = await rig.OpenAsync();
        using CancellationTokenSource early = new();
        ImmediateProgress cancelEarly = new(p => early.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await programmer.LoadAsync(Rig.Container(Rig.Image(5)), cancelEarly, early.Token));
        Assert.Equal((true, 1u, true), (rig.Part.IsRunning, rig.Part.UserCode, programmer.IsLoaded));
        using CancellationTokenSource late = new();
        ImmediateProgress cancelLate = new(p => { if (p.BytesDone > 1000) { late.Cancel(); } });
        await programmer.LoadAsync(Rig.Container(Rig.Image(5)), cancelLate, late.Token);
        Assert.Equal((true, 5u), (rig.Part.IsRunning, rig.Part.UserCode));
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), Rig.Image(2));
        byte[] cells = rig.Flash.Cells.ToArray();
        Ecp5Programmer programmer = await rig.OpenAsync();
        foreach (LoadTarget target in Enum.GetValues<LoadTarget>())
        {
            IReadOnlyList<string> plan = await programmer.PlanAsync(Rig.Container(Rig.Image(5)), target);
            Assert.Contains(plan, step => step.Contains("network through the board is interrupted", StringComparison.Ordinal));
            Assert.Equal(target == LoadTarget.Core ? 4 : target == LoadTarget.Flash ? 8 : 6, plan.Count);
        }

        Assert.True(rig.Part.IsRunning && cells.AsSpan().SequenceEqual(rig.Flash.Cells));
    }

    [Fact]
    public void The_pins_tell_what_the_part_does()
    {
        Rig rig = new();
        Assert.Equal((false, false), (rig.Part.Done, rig.Part.InitN));
        rig.Install(Rig.Image(1), Rig.Image(2));
        Assert.Equal((true, true), (rig.Part.Done, rig.Part.InitN));
        rig.Part.SetProgramN(false);
        Assert.Equal((false, false, false), (rig.Part.Done, rig.Part.InitN, rig.Part.IsRunning));
        rig.Part.SetProgramN(true);
        Assert.Equal((true, true, 1u), (rig.Part.Done, rig.Part.InitN, rig.Part.UserCode));
    }

    [Fact]
    public async Task Instructions_take_effect_only_in_Run_Test_Idle()
    {
        Rig rig = new();
        rig.Install(Rig.Image(1), null);
        VirtualJtagPort port = new(rig.Chain);
        await port.ResetAsync();
        await port.ShiftIrAsync(new byte[] { 0xC6 }, 8, end: TapState.PauseIr);
        await port.ShiftDrAsync(new byte[] { 0x00 }, 8, end: TapState.PauseDr);
        Assert.True(rig.Part.IsRunning);
        await port.ShiftIrAsync(new byte[] { 0xC6 }, 8);
        await port.ShiftDrAsync(new byte[] { 0x00 }, 8);
        await port.IdleAsync(3);
        Assert.False(rig.Part.IsRunning);
    }
}
