using System.Runtime.Versioning;
using System.Security.Cryptography;
using Offload.Programming;

[assembly: SupportedOSPlatform("linux")]

namespace Offload.Bitstream.Tests;

/// <summary>Small bitstreams, and what they are checked against.</summary>
internal static class Samples
{
    internal const string Board = "virtual";
    internal const uint IdCode = 0x0FF100FF;
    internal const string Map = "offload register map 1\nidentity.magic 0x0000 words=1 constant\ncontrol.control 0x0100 words=1 rw\n";

    internal static byte[] Payload { get; } = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 7))];

    internal static byte[] Pack(
        string board = Board, uint idCode = IdCode, string map = Map, ECDsa? key = null, DateTimeOffset? built = null) =>
        BitstreamWriter.Pack(board, idCode, "0.1.0", map, BitstreamPayload.VerilatedLinuxX64, Payload, built, key);

    internal static BitstreamRequirements Requirements(BitstreamTrust? trust = null) => new()
    {
        Board = Board,
        IdCode = IdCode,
        MapHash = BitstreamFile.Parse(Pack(), "sample").Header.MapHash,
        Map = Map,
        PayloadKinds = [BitstreamPayload.VerilatedLinuxX64],
        Trust = trust,
    };

    internal static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal static BitstreamRejectedException Rejected(Action action) => Assert.Throws<BitstreamRejectedException>(action);

    /// <summary>A changed copy whose digest at the end is made right again, as someone would do who alters on purpose.</summary>
    internal static byte[] Forge(byte[] container, Action<byte[]> change)
    {
        byte[] copy = [.. container];
        change(copy);
        SHA256.HashData(copy.AsSpan(0, copy.Length - 32)).CopyTo(copy, copy.Length - 32);
        return copy;
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-");

    internal string this[string name] => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes a file that only its owner can write.</summary>
    internal string Write(string name, byte[] data, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllBytes(this[name], data);
        File.SetUnixFileMode(this[name], mode);
        return this[name];
    }
}
