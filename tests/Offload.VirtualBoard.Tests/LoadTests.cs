using System.Security.Cryptography;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard.Tests;

/// <summary>What a board loads, what it refuses, and that it stays as it was then.</summary>
public sealed class LoadTests
{
    private const uint Sentinel = 0x0FF0;

    public static TheoryData<string, BitstreamRejection> Refused => new()
    {
        { "board", BitstreamRejection.WrongBoard },
        { "idcode", BitstreamRejection.WrongIdCode },
        { "map", BitstreamRejection.WrongMap },
        { "key", BitstreamRejection.WrongKey },
        { "permissions", BitstreamRejection.NotTrusted },
        { "no library", BitstreamRejection.WrongPayload },
        { "other library", BitstreamRejection.WrongPayload },
        { "interface", BitstreamRejection.WrongPayload },
        { "no core", BitstreamRejection.WrongPayload },
        { "core of another map", BitstreamRejection.Malformed },
    };

    [Fact]
    public async Task Nothing_answers_before_a_bitstream_is_loaded()
    {
        await using Bench bench = await Bench.OpenAsync(load: false);
        Assert.False(bench.Board.Programmer.IsLoaded);
        Assert.Null(bench.Board.Programmer.Loaded);
        foreach (Func<Task> access in new Func<Task>[]
        {
            () => bench.ReadAsync(0),
            () => bench.WriteAsync(Sentinel, 1).AsTask(),
            () => bench.Board.Link.WaitForInterruptAsync().AsTask(),
        })
        {
            OffloadException exception = await Assert.ThrowsAsync<OffloadException>(access);
            Assert.Equal(OffloadError.NoBitstream, exception.Code);
            Assert.StartsWith("no bitstream loaded", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_good_bitstream_runs_and_its_load_is_reported()
    {
        await using Bench bench = await Bench.OpenAsync(load: false);
        Recorder progress = new();
        await bench.Board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()), progress);

        Assert.True(bench.Board.Programmer.IsLoaded);
        Assert.Equal("0.1.0", bench.Board.Programmer.Loaded!.Version);
        Assert.Equal(0x4F46464Cu, await bench.ReadAsync(RegisterMap.Identity.Magic.Address));
        Assert.Equal(progress.Seen.OrderBy(p => p.Stage).ThenBy(p => p.BytesDone), progress.Seen);
        Assert.Equal(Enum.GetValues<LoadStage>(), progress.Seen.Select(p => p.Stage).Distinct());
        Assert.Equal(FakeCore.Good.Length, progress.Seen[^1].BytesDone);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_refused_bitstream_leaves_a_loaded_board_as_it_was(string what, BitstreamRejection reason)
    {
        await using Bench bench = await Bench.OpenAsync();
        await bench.WriteAsync(Sentinel, 0xC0FFEE);
        await RefusedAsync(bench, what, reason);
        Assert.Equal(0xC0FFEEu, await bench.ReadAsync(Sentinel));
        bench.Net.Send(new byte[60]);
        Assert.Equal(60, (await bench.Host.ReceiveAsync()).Length);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_refused_bitstream_leaves_an_empty_board_empty(string what, BitstreamRejection reason)
    {
        await using Bench bench = await Bench.OpenAsync(load: false);
        await RefusedAsync(bench, what, reason);
        Assert.False(bench.Board.Programmer.IsLoaded);
        Assert.Equal(OffloadError.NoBitstream, (await Assert.ThrowsAsync<OffloadException>(() => bench.ReadAsync(0))).Code);
    }

    [Fact]
    public async Task A_trusted_signature_makes_up_for_permissions()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using Bench bench = await Bench.OpenAsync(load: false, new BitstreamTrust([TrustedKey.FromKey(key)]));
        await bench.Board.Programmer.LoadAsync(BitstreamFile.Parse(Bitstreams.Pack(key: key), "memory"));
        Assert.True(bench.Board.Programmer.IsLoaded);
    }

    [Fact]
    public async Task Only_an_accepted_bitstream_runs_any_of_its_code()
    {
        using TemporaryFolder folder = new();
        string marker = folder["ran"];
        byte[] library = FakeCore.Make($"MARKER=\"{marker}\"");
        await using Bench bench = await Bench.OpenAsync();

        byte[] container = Bitstreams.Pack(library);
        BitstreamFile.Parse(container, "inspected");
        foreach (BitstreamFile refused in new[]
        {
            BitstreamFile.Parse(container, "no file"),
            Bitstreams.Open(container, UnixFileMode.UserRead | UnixFileMode.OtherWrite),
            Bitstreams.Open(Bitstreams.Pack(library, board: "other")),
            Bitstreams.Open(Bitstreams.Pack(library, map: "other")),
        })
        {
            await Assert.ThrowsAsync<BitstreamRejectedException>(() => bench.Board.Programmer.LoadAsync(refused).AsTask());
            Assert.False(File.Exists(marker));
        }

        await bench.Board.Programmer.LoadAsync(Bitstreams.Open(container));
        Assert.True(File.Exists(marker), "the check above could not have failed");
    }

    [Fact]
    public async Task A_load_puts_a_new_core_in_the_place_of_the_old_one_every_time()
    {
        await using Bench bench = await Bench.OpenAsync();
        for (int i = 0; i < 10; i++)
        {
            await bench.WriteAsync(Sentinel, 1);
            await bench.Board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack(FakeCore.Make("ABI=1", $"ROUND={i % 2}"))));
            Assert.Equal(0u, await bench.ReadAsync(Sentinel));
        }
    }

    [Fact]
    public void Two_libraries_of_one_size_are_told_apart_by_the_loader()
    {
        // The loader takes equal names for the same library, and descriptor numbers come again.
        using SimulationLibrary good = SimulationLibrary.FromMemory(FakeCore.Good, "good", null, default);
        OffloadException exception = Assert.Throws<OffloadException>(
            () => SimulationLibrary.FromMemory(FakeCore.Make("ABI=9"), "bad", null, default));
        Assert.Contains("interface 9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_load_leaves_the_board_as_it_was()
    {
        await using Bench bench = await Bench.OpenAsync();
        await bench.WriteAsync(Sentinel, 7);
        foreach (LoadStage at in new[] { LoadStage.Verifying, LoadStage.Transferring, LoadStage.Starting })
        {
            using CancellationTokenSource cancellation = new();
            Recorder progress = new(p =>
            {
                if (p.Stage == at)
                {
                    cancellation.Cancel();
                }
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => bench.Board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()), progress, cancellation.Token).AsTask());
            Assert.Equal(7u, await bench.ReadAsync(Sentinel));
        }
    }

    private static async Task RefusedAsync(Bench bench, string what, BitstreamRejection reason)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        BitstreamFile file = what switch
        {
            "board" => Bitstreams.Open(Bitstreams.Pack(board: "other")),
            "idcode" => Bitstreams.Open(Bitstreams.Pack(idCode: 0x81112043)),
            "map" => Bitstreams.Open(Bitstreams.Pack(map: RegisterMap.Canonical.Replace("words=8", "words=9", StringComparison.Ordinal))),
            "key" => Bitstreams.Open(Bitstreams.Pack(key: key)),
            "permissions" => Bitstreams.Open(Bitstreams.Pack(), UnixFileMode.UserRead | UnixFileMode.GroupWrite),
            "no library" => Bitstreams.Open(Bitstreams.Pack("no library at all"u8.ToArray())),
            "other library" => Bitstreams.Open(Bitstreams.Pack(OtherLibrary())),
            "interface" => Bitstreams.Open(Bitstreams.Pack(FakeCore.Make("ABI=2"))),
            "no core" => Bitstreams.Open(Bitstreams.Pack(FakeCore.Make("NO_CORE"))),
            "core of another map" => Bitstreams.Open(Bitstreams.Pack(FakeCore.Make(FakeCore.MapHash(new byte[32])))),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        BitstreamRejectedException rejected = await Assert.ThrowsAsync<BitstreamRejectedException>(
            () => bench.Board.Programmer.LoadAsync(file).AsTask());
        Assert.Equal(reason, rejected.Reason);
        Assert.Contains(file.Name, rejected.Message, StringComparison.Ordinal);
    }

    private static byte[] OtherLibrary()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["other.c"], "int other(void) { return 0; }\n");
        Run.Tool("cc", "-shared", "-fPIC", "-o", folder["other.so"], folder["other.c"]);
        return File.ReadAllBytes(folder["other.so"]);
    }

    private sealed class Recorder(Action<LoadProgress>? also = null) : IProgress<LoadProgress>
    {
        internal List<LoadProgress> Seen { get; } = [];

        public void Report(LoadProgress value)
        {
            Seen.Add(value);
            also?.Invoke(value);
        }
    }
}
