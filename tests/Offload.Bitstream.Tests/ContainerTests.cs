using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Offload.Programming;
using static Offload.Bitstream.Tests.Samples;

namespace Offload.Bitstream.Tests;

/// <summary>The container: what is written is read, and nothing else is.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void What_was_packed_is_read()
    {
        DateTimeOffset built = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        BitstreamFile file = BitstreamFile.Parse(Pack(built: built), "sample");

        Assert.Equal(Board, file.Header.Board);
        Assert.Equal(IdCode, file.Header.IdCode);
        Assert.Equal("0.1.0", file.Header.Version);
        Assert.Equal(built, file.Header.Built);
        Assert.Equal(Map, file.Header.Map);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Map))), file.Header.MapHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Payload)), file.Header.PayloadSha256);
        Assert.Equal(Payload, file.Payload.ToArray());
        Assert.Null(file.Signature);
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        byte[] data = Pack();
        Assert.Equal("89-4F-42-49-54-0D-0A-1A", BitConverter.ToString(data, 0, 8));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(8)));
        int header = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(12));
        Assert.Equal((ulong)Payload.Length, BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(16)));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(24)));
        Assert.StartsWith("{\"board\":\"virtual\",\"idcode\":\"0x0ff100ff\",", Encoding.UTF8.GetString(data, 32, header), StringComparison.Ordinal);
        Assert.Equal(Payload, data[(32 + header)..^32]);
        Assert.Equal(SHA256.HashData(data.AsSpan(0, data.Length - 32)), data[^32..]);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes() => Assert.Equal(Pack(), Pack());

    [Fact]
    public void Every_shorter_file_is_truncated()
    {
        byte[] data = Pack();
        for (int length = 0; length < data.Length; length += length < 64 ? 1 : 37)
        {
            BitstreamRejectedException rejected = Rejected(() => BitstreamFile.Parse(data.AsMemory(0, length), "short.obit"));
            Assert.Equal(BitstreamRejection.Truncated, rejected.Reason);
            Assert.Equal(OffloadError.BitstreamRejected, rejected.Code);
            Assert.Contains("short.obit is truncated: it has " + length, rejected.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_changed_bit_is_seen(bool withSignature)
    {
        using ECDsa key = NewKey();
        byte[] data = Pack(key: withSignature ? key : null);
        for (int at = 0; at < data.Length; at += at < 64 || at > data.Length - 140 ? 1 : 13)
        {
            byte[] copy = [.. data];
            copy[at] ^= (byte)(1 << (at % 8));
            BitstreamRejectedException rejected = Rejected(() => BitstreamFile.Parse(copy, "sample"));
            Assert.Equal(at < 8 ? BitstreamRejection.NotABitstream : BitstreamRejection.Altered, rejected.Reason);
        }
    }

    [Fact]
    public void Bytes_behind_the_end_are_an_alteration()
    {
        BitstreamRejectedException rejected = Rejected(() => BitstreamFile.Parse(Pack().Append((byte)0).ToArray(), "sample"));
        Assert.Equal(BitstreamRejection.Altered, rejected.Reason);
        Assert.Contains("1 bytes follow", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_named()
    {
        byte[] data = Pack();
        BitstreamFormat.WritePrologue(data, new BitstreamPrologue(2, 1, 1, 0));
        BitstreamRejectedException rejected = Rejected(() => BitstreamFile.Parse(data, "sample"));
        Assert.Equal(BitstreamRejection.UnsupportedVersion, rejected.Reason);
        Assert.Contains("format 2", rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(uint.MaxValue, 1, 0)]
    [InlineData((1 << 20) + 1, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, (256ul << 20) + 1, 0)]
    [InlineData(1, ulong.MaxValue, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, uint.MaxValue)]
    public void Lengths_out_of_range_are_refused_before_anything_is_read(uint header, ulong payload, uint signature)
    {
        byte[] data = new byte[32];
        BitstreamFormat.WritePrologue(data, new BitstreamPrologue(BitstreamFormat.Version, header, payload, signature));
        Assert.Equal(BitstreamRejection.Malformed, Rejected(() => BitstreamFile.Parse(data, "sample")).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("#!/bin/sh\necho not a bitstream at all, but long enough to have a prologue\n")]
    public void Other_files_are_no_bitstreams(string text)
    {
        byte[] data = Encoding.Latin1.GetBytes(text);
        BitstreamRejection expected = data.Length == 0 ? BitstreamRejection.Truncated : BitstreamRejection.NotABitstream;
        Assert.Equal(expected, Rejected(() => BitstreamFile.Parse(data, "sample")).Reason);
    }

    [Theory]
    [InlineData("\"board\":\"virtual\"", "\"board\":\"Virtual\"")]
    [InlineData("\"board\":\"virtual\"", "\"board\":\"../etc\"")]
    [InlineData("\"board\":\"virtual\",", "")]
    [InlineData("\"board\":\"virtual\"", "\"board\":null")]
    [InlineData("\"board\":\"virtual\"", "\"board\":\"virtual\",\"board\":\"other\"")]
    [InlineData("\"board\":\"virtual\"", "\"board\":\"virtual\",\"more\":1")]
    [InlineData("0x0ff100ff", "0x0ff100f")]
    [InlineData("0x0ff100ff", "267452671")]
    [InlineData("\"version\":\"0.1.0\"", "\"version\":\"0.1.0 beta\"")]
    [InlineData("\"built\":null", "\"built\":\"yesterday\"")]
    [InlineData("words=1 rw", "words=2 rw")]
    [InlineData("{", "[")]
    [InlineData("}", "} ,")]
    public void A_header_that_contradicts_itself_is_malformed(string from, string to)
    {
        byte[] data = Pack();
        int length = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(12));
        string header = Encoding.UTF8.GetString(data, 32, length);
        Assert.Contains(from, header, StringComparison.Ordinal);

        byte[] unchanged = BitstreamWriter.Assemble(Encoding.UTF8.GetBytes(header), Payload, signingKey: null);
        Assert.Equal(data, unchanged);

        byte[] changed = BitstreamWriter.Assemble(
            Encoding.UTF8.GetBytes(header.Replace(from, to, StringComparison.Ordinal)), Payload, signingKey: null);
        Assert.Equal(BitstreamRejection.Malformed, Rejected(() => BitstreamFile.Parse(changed, "sample")).Reason);
    }

    [Fact]
    public void A_payload_other_than_the_header_says_is_malformed()
    {
        byte[] data = Pack();
        byte[] forged = Forge(data, copy => copy[^100] ^= 1);
        Assert.Equal(BitstreamRejection.Malformed, Rejected(() => BitstreamFile.Parse(forged, "sample")).Reason);
    }

    [Fact]
    public void Random_bytes_behind_a_right_prologue_never_pass()
    {
        Random random = new(20261);
        byte[] good = Pack();
        for (int round = 0; round < 2000; round++)
        {
            byte[] data = [.. good];
            int start = random.Next(32, data.Length);
            random.NextBytes(data.AsSpan(start, random.Next(1, data.Length - start + 1)));
            if (!data.AsSpan().SequenceEqual(good))
            {
                Assert.Equal(BitstreamRejection.Altered, Rejected(() => BitstreamFile.Parse(data, "sample")).Reason);
            }
        }
    }
}
