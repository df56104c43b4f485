using Offload.Links;

namespace Offload.Tests.Links;

/// <summary>Frames of the register link, against some that were made by hand with zlib's CRC-32, and with every length and every place of a zero.</summary>
public sealed class LinkFrameTests
{
    [Theory]
    [InlineData("04018101010101010514edb54c00", 0x00018101u, 0u)]
    [InlineData("040102010978563412b545627b00", 0x00010201u, 0x12345678u)]
    public void Frames_are_those_of_docs_link_md(string hex, uint header, uint word)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(LinkFrame.Encode(header, [word])));
        Assert.True(LinkFrame.TryDecode(Convert.FromHexString(hex).AsSpan(..^1), out uint[] words));
        Assert.Equal([header, word], words);
    }

    [Fact]
    public void What_is_encoded_is_decoded_whatever_its_length_and_its_zeros()
    {
        Random random = new(1);
        for (int length = 0; length < 200; length++)
        {
            for (int kind = 0; kind < 4; kind++)
            {
                // No zero at all, so that runs are as long as they can be; one; many; nothing else.
                uint[] content = [.. Enumerable.Range(0, length).Select(_ => kind == 3 ? 0u : (uint)random.NextInt64() | 0x01010101u)];
                for (int zeros = kind == 1 ? 1 : kind == 2 ? length : 0; zeros > 0 && length > 0; zeros--)
                {
                    content[random.Next(length)] &= ~(0xFFu << (8 * random.Next(4)));
                }

                byte[] frame = LinkFrame.Encode(0xA5A5A5A5, content);
                Assert.Equal(frame.Length - 1, frame.AsSpan().IndexOf((byte)0));
                Assert.True(LinkFrame.TryDecode(frame.AsSpan(..^1), out uint[] words));
                Assert.Equal([0xA5A5A5A5, .. content], words);

                frame[random.Next(frame.Length - 1)] ^= (byte)random.Next(1, 256);
                Assert.False(LinkFrame.TryDecode(frame.AsSpan(..^1), out _));
                Assert.False(LinkFrame.TryDecode(frame.AsSpan(..(frame.Length / 2)), out _));
            }
        }
    }
}
