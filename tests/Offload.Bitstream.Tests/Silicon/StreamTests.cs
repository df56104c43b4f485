using System.Text;
using Offload.Bitstream.Silicon;
using Offload.Programming;

namespace Offload.Bitstream.Tests.Silicon;

/// <summary>Configuration streams of an ECP5 are looked at before they are packed.</summary>
public sealed class StreamTests : IDisposable
{
    // The head of what ecppack 1.4 writes for an LFE5UM5G-45F.
    private static readonly byte[] Head =
    [
        0xff, 0x00, .. Encoding.ASCII.GetBytes("Part: LFE5UM5G-45F-8CABGA381"), 0x00, 0xff, 0xff, 0xff, 0xbd, 0xb3, 0xff, 0xff, 0xff, 0xff,
        0x3b, 0x00, 0x00, 0x00, 0xe2, 0x00, 0x00, 0x00, 0x81, 0x11, 0x20, 0x43, 0x22, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00,
    ];

    private readonly Board _board = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public void The_IDCODE_is_read() => Assert.Equal(0x81112043u, Ecp5Stream.IdCode(Head));

    [Fact]
    public void What_names_no_part_is_none()
    {
        int verify = Array.IndexOf<byte>(Head, 0xe2);
        Assert.Null(Ecp5Stream.IdCode([]));
        Assert.Null(Ecp5Stream.IdCode(Head.AsSpan(1)));
        Assert.Null(Ecp5Stream.IdCode(Changed(0, 0xfe)));
        Assert.Null(Ecp5Stream.IdCode(Changed(Array.IndexOf<byte>(Head, 0xbd), 0xbe)));
        Assert.Null(Ecp5Stream.IdCode(Changed(verify, 0x22)));
        for (int length = 0; length < verify + 8; length++)
        {
            Assert.Null(Ecp5Stream.IdCode(Head.AsSpan(0, length)));
        }

        Assert.NotNull(Ecp5Stream.IdCode(Head.AsSpan(0, verify + 8)));
    }

    [Fact]
    public void A_stream_for_the_boards_part_is_packed()
    {
        Assert.Equal((ExitCode.Ok, ""), Pack(Head));
        Assert.Equal(BitstreamPayload.Ecp5, BitstreamFile.Open(_board["x.obit"]).Header.PayloadKind);
    }

    [Fact]
    public void A_stream_for_another_part_is_not_packed()
    {
        (ExitCode code, string error) = Pack(Changed(Array.IndexOf<byte>(Head, 0x81), 0x41));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("IDCODE 0x41112043, and board 'tiny' has 0x81112043", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_board["x.obit"]));
    }

    [Fact]
    public void What_is_no_stream_is_not_packed()
    {
        (ExitCode code, string error) = Pack(Samples.Payload);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("is not an ECP5 configuration stream", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_board["x.obit"]));
    }

    private static byte[] Changed(int index, byte value)
    {
        byte[] copy = [.. Head];
        copy[index] = value;
        return copy;
    }

    private (ExitCode Code, string Error) Pack(byte[] stream)
    {
        File.WriteAllBytes(_board["x.bit"], stream);
        File.WriteAllText(_board["map.txt"], Samples.Map);
        (ExitCode code, _, string error) = Board.Run(
            "pack", "--board-file", _board.BoardFilePath, "--payload", _board["x.bit"], "--payload-kind", "ecp5-bit", "--map", _board["map.txt"], "--version", "0.1.0", "--output", _board["x.obit"]);
        return (code, error);
    }
}
