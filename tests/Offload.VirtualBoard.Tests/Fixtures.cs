using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Offload.Boards;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard.Ports;

[assembly: SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Offload.VirtualBoard.Tests;

/// <summary>Libraries made from FakeCore.c, each compiled once.</summary>
internal static class FakeCore
{
    private static readonly Dictionary<string, byte[]> Made = [];

    /// <summary>One that behaves.</summary>
    internal static byte[] Good => Make();

    /// <summary>Compiles one.</summary>
    internal static byte[] Make(params string[] definitions)
    {
        string[] all = [.. definitions.Any(d => d.StartsWith("MAP_HASH", StringComparison.Ordinal)) ? [] : new[] { MapHash(RegisterMap.HashBytes) }, .. definitions];
        string key = string.Join('\n', all);
        lock (Made)
        {
            if (!Made.TryGetValue(key, out byte[]? library))
            {
                using TemporaryFolder folder = new();
                Run.Tool("cc", ["-shared", "-fPIC", "-O1", "-o", folder["fake.so"], .. all.Select(d => "-D" + d), Path.Combine(AppContext.BaseDirectory, "FakeCore.c")]);
                Made[key] = library = File.ReadAllBytes(folder["fake.so"]);
            }

            return library;
        }
    }

    internal static string MapHash(ReadOnlySpan<byte> hash) => "MAP_HASH={" + string.Join(
        ',', MemoryMarshal.Cast<byte, uint>(hash).ToArray().Select(word => "0x" + word.ToString("x8", CultureInfo.InvariantCulture))) + "}";
}

/// <summary>Bitstreams around a library.</summary>
internal static class Bitstreams
{
    internal static string Kind => RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? BitstreamPayload.VerilatedLinuxArm64
        : BitstreamPayload.VerilatedLinuxX64;

    internal static byte[] Pack(
        byte[]? payload = null,
        string board = VirtualBoardProvider.Kind,
        uint idCode = VirtualBoardProvider.IdCode,
        string? map = null,
        ECDsa? key = null) =>
        BitstreamWriter.Pack(board, idCode, "0.1.0", map ?? RegisterMap.Canonical, Kind, payload ?? FakeCore.Good, signingKey: key);

    /// <summary>Through a file that is the caller's alone.</summary>
    internal static BitstreamFile Open(byte[] container, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x.obit"], container);
        File.SetUnixFileMode(folder["x.obit"], mode);
        return BitstreamFile.Open(folder["x.obit"]);
    }
}

/// <summary>A board between two ports of memory.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private Bench(VirtualBoardHardware board, MemoryFramePort net, MemoryFramePort host)
    {
        Board = board;
        Net = net;
        Host = host;
    }

    internal VirtualBoardHardware Board { get; }

    internal MemoryFramePort Net { get; }

    internal MemoryFramePort Host { get; }

    internal static async Task<Bench> OpenAsync(bool load = true, BitstreamTrust? trust = null)
    {
        MemoryFramePort net = new("net");
        MemoryFramePort host = new("host");
        VirtualBoardHardware board = await OpenAsync(
            new VirtualBoardOptions { NetPort = net, HostPort = host, Trust = trust ?? BitstreamTrust.OwnFilesOnly });
        Bench bench = new(board, net, host);
        if (load)
        {
            await board.Programmer.LoadAsync(Bitstreams.Open(Bitstreams.Pack()));
        }

        return bench;
    }

    internal static async Task<VirtualBoardHardware> OpenAsync(VirtualBoardOptions options)
    {
        VirtualBoardProvider provider = new(options);
        BoardDescription description = Assert.Single(await provider.DiscoverAsync());
        return (VirtualBoardHardware)await provider.OpenAsync(description);
    }

    internal async Task<uint> ReadAsync(uint address)
    {
        uint[] word = new uint[1];
        await Board.Link.ReadAsync(address, word);
        return word[0];
    }

    internal ValueTask WriteAsync(uint address, uint word) => Board.Link.WriteAsync(address, new[] { word });

    public ValueTask DisposeAsync() => Board.DisposeAsync();
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-");

    internal string this[string name] => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>Other programs.</summary>
internal static class Run
{
    internal static void Tool(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }
}

/// <summary>Waiting with an end.</summary>
internal static class Eventually
{
    internal static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    internal static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), what);
            await Task.Delay(5);
        }
    }
}
