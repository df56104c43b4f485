using System.Globalization;
using System.Net;
using Offload.Connections;
using Offload.Isn;
using Offload.Registers;

namespace Offload.Tests;

/// <summary>SipHash against its published vectors, and ISN = M + F.</summary>
public sealed class IsnTests
{
    private static readonly byte[] VectorKey = [.. Enumerable.Range(0, 16).Select(value => (byte)value)];

    [Fact]
    public void SipHash_gives_the_published_vectors()
    {
        using StreamReader reader = new(typeof(IsnTests).Assembly.GetManifestResourceStream("siphash-2-4.txt")!);
        string[] lines = [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        Assert.Equal(64, lines.Length);
        for (int length = 0; length < lines.Length; length++)
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(value => (byte)value)];
            byte[] expected = [.. lines[length].Split(' ').Select(part => byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            Assert.Equal(BitConverter.ToUInt64(expected), SipHash.Compute(VectorKey, message));
        }
    }

    [Fact]
    public void The_message_is_addresses_and_ports_in_network_order()
    {
        ConnectionKey key = ConnectionKey.FromEndPoints(IPEndPoint.Parse("192.168.1.123:7788"), IPEndPoint.Parse("192.168.1.116:3337"));
        byte[] message = new byte[IsnFormula.MessageLength];
        IsnFormula.WriteMessage(key, message);
        Assert.Equal("00000000000000000000ffffc0a8017b00000000000000000000ffffc0a801741e6c0d09", Convert.ToHexStringLower(message));
    }

    [Theory]
    [InlineData(IsnMode.Fixed, 0ul, 1739326486u)]
    [InlineData(IsnMode.Counter, 0x3_FFFF_FFFFul, 0xFFFFFFFFu)]
    [InlineData(IsnMode.Counter, 0x4_0000_0007ul, 1u)]
    [InlineData(IsnMode.Rfc6528, 8ul, 0x9ABCDEF2u)]
    [InlineData(IsnMode.Rfc6528, 0x3_FFFF_FFFFul, 0x9ABCDEEFu)]
    [Trait("Rule", "I1")]
    public void Isn_is_clock_plus_hash(IsnMode mode, ulong created, uint expected)
    {
        IsnValue value = IsnFormula.Compute(mode, 1739326486, created, 0x12345678_9ABCDEF0);
        Assert.Equal(new IsnValue(expected, 0x12345678), value);
    }

    [Fact]
    public void Fixed_without_the_test_bit_is_rfc6528()
    {
        IsnConfiguration isn = new(IsnMode.Fixed, 1, TestEnabled: false, IsKeySet: true, 1);
        Assert.Equal(IsnMode.Rfc6528, isn.EffectiveMode);
        Assert.Equal(IsnMode.Fixed, (isn with { TestEnabled = true }).EffectiveMode);
        Assert.Equal(IsnMode.Cookie, (isn with { Mode = IsnMode.Cookie }).EffectiveMode);
    }

    [Fact]
    public void A_key_store_computes_only_for_its_own_generation_and_forgets_on_dispose()
    {
        using IsnKeyStore store = new();
        IsnConfiguration isn = new(IsnMode.Rfc6528, 0, false, true, 3);
        Assert.Throws<OffloadException>(() => store.Hash(isn, default));
        Assert.Throws<OffloadException>(() => store.Hash(isn with { KeyGeneration = 0 }, default));
        store.Set(VectorKey, 3);
        ulong hash = store.Hash(isn, default);
        Assert.Equal(SipHash.Compute(VectorKey, new byte[IsnFormula.MessageLength]), hash);
        store.Set(new byte[16], 2);
        Assert.Equal(hash, store.Hash(isn, default));
        store.Dispose();
        Assert.Throws<OffloadException>(() => store.Hash(isn, default));
    }
}
