using System.Buffers.Binary;
using Offload.Engine.Tests.Frames;

namespace Offload.Engine.Tests.Model;

/// <summary>The model's SipHash against what its authors published: vectors.h of the reference code, and appendix A of the paper.</summary>
public sealed class SipHash24Tests
{
    [Theory]
    [InlineData(0, "310e0edd47db6f72")]
    [InlineData(1, "fd67dc93c539f874")]
    [InlineData(2, "5a4fa9d909806c0d")]
    [InlineData(3, "2d7efbd796666785")]
    [InlineData(4, "b7877127e09427cf")]
    [InlineData(5, "8da699cd64557618")]
    [InlineData(6, "cee3fe586e46c9cb")]
    [InlineData(7, "37d1018bf50002ab")]
    [InlineData(8, "6224939a79f5f593")]
    [InlineData(15, "e545be4961ca29a1")]
    public void Published_vectors(int length, string hash)
    {
        byte[] bytes = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        var output = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(output, SipHash24.Of(bytes, bytes.AsSpan(0, length)));
        Assert.Equal(hash, Hex.Format(output));
    }
}
