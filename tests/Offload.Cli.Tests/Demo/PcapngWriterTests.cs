using System.Buffers.Binary;
using System.Text;
using Offload.Cli.Demo;
using Xunit;

namespace Offload.Cli.Tests.Demo;

public sealed class PcapngWriterTests
{
    [Fact]
    public void Two_interfaces_and_their_frames_are_blocks_as_the_format_has_them()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream, "net0", "host0"))
        {
            writer.Frame(1, 0x1_0000_0002, [1, 2, 3, 4, 5], outgoing: true);
            Assert.Equal(1, writer.Frames);
        }

        var blocks = Blocks(stream.ToArray());
        Assert.Equal([0x0A0D0D0Au, 1u, 1u, 6u], blocks.Select(block => block.Type));
        Assert.Equal(0x1A2B3C4Du, Word(blocks[0].Body, 0));
        Assert.Contains("host0", Encoding.ASCII.GetString(blocks[2].Body), StringComparison.Ordinal);
        var packet = blocks[3].Body;
        Assert.Equal([1u, 1u, 2u, 5u, 5u], Enumerable.Range(0, 5).Select(i => Word(packet, i)));
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 0], packet[20..28]);
        Assert.Equal(2u, Word(packet, 8)); // flags: outbound
        Assert.Equal(0u, Word(packet, 9)); // end of options
    }

    /// <summary>Walks the blocks as a reader does: both lengths of each have to agree and be whole words.</summary>
    private static List<(uint Type, byte[] Body)> Blocks(byte[] file)
    {
        var blocks = new List<(uint, byte[])>();
        for (var at = 0; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            Assert.Equal(0, length % 4);
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + length - 4)));
            blocks.Add((BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }

    private static uint Word(byte[] body, int index) => BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(4 * index));
}
