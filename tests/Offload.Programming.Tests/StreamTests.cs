using Offload.Programming.Ecp5;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>The model's configuration logic, and the SDK's reader: what ecppack makes is taken, and every kind of damage is refused by both.</summary>
public sealed class StreamTests
{
    [Theory]
    [InlineData("lfe5u-25f", Streams.Lfe5u25)]
    [InlineData("lfe5um5g-45f", Streams.Lfe5um5g45)]
    public void What_ecppack_makes_is_taken_compressed_and_not(string name, uint idCode)
    {
        Ecp5Configuration plain = Feed(Streams.Read(name), idCode);
        Ecp5Configuration compressed = Feed(Streams.Read(name + "-compressed"), idCode);
        Assert.True(plain.IsDone && compressed.IsDone, $"{plain.Error} {compressed.Error}");
        Assert.Equal(plain.Contents, compressed.Contents);
        Assert.NotEqual(new Ecp5Configuration(idCode).Contents, plain.Contents);
        foreach (string kind in new[] { name, name + "-compressed" })
        {
            byte[] stream = Streams.Read(kind);
            Ecp5Bitstream read = Ecp5Bitstream.Read(stream);
            Assert.Null(read.Problem);
            Assert.Equal((Ecp5StreamState.Whole, idCode, 0u), (read.State, read.IdCode!.Value, read.UserCode!.Value));
            Assert.Equal(stream.Length - 4, read.Length); // four dummies follow ISC_PROGRAM_DONE
        }
    }

    [Fact]
    public void Bits_and_bytes_are_taken_alike_and_at_any_offset()
    {
        byte[] stream = Streams.Small;
        ulong expected = Feed(stream, Streams.Lfe5u25).Contents;
        foreach (int offset in new[] { 0, 1, 5 })
        {
            Ecp5Configuration memory = new(Streams.Lfe5u25);
            for (int bit = 0; bit < offset; bit++)
            {
                memory.FeedBit(false);
            }

            for (int bit = 0; bit < stream.Length * 8; bit++)
            {
                memory.FeedBit(((stream[bit / 8] >> (7 - (bit % 8))) & 1) != 0);
            }

            Assert.True(memory.IsDone);
            Assert.Equal(expected, memory.Contents);
        }
    }

    [Fact]
    public void A_USERCODE_is_taken_with_its_CRC()
    {
        byte[] stream = Streams.WithUserCode(Streams.Small, 0xCAFE0001);
        Assert.Equal(0xCAFE0001, Feed(stream, Streams.Lfe5u25).UserCode);
        Assert.Equal(0xCAFE0001, Ecp5Bitstream.Read(stream).UserCode);
    }

    public static TheoryData<string, Ecp5StreamError> Damages => new()
    {
        { "idcode", Ecp5StreamError.Id },
        { "another part", Ecp5StreamError.Id },
        { "preamble", Ecp5StreamError.Preamble },
        { "nothing", Ecp5StreamError.Preamble },
        { "command", Ecp5StreamError.Command },
        { "no dictionary", Ecp5StreamError.Command },
        { "dictionary", Ecp5StreamError.Crc },
        { "first frame", Ecp5StreamError.Crc },
        { "plain frame", Ecp5StreamError.Crc },
        { "last frame", Ecp5StreamError.Crc },
        { "frame crc", Ecp5StreamError.Crc },
        { "usercode", Ecp5StreamError.Crc },
        { "usercode crc", Ecp5StreamError.Crc },
        { "block ram", Ecp5StreamError.Crc },
        { "too many frames", Ecp5StreamError.Size },
        { "too much block ram", Ecp5StreamError.Overflow },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Each_damage_is_refused_for_what_it_is(string damage, Ecp5StreamError expected)
    {
        byte[] stream = Damaged(damage);
        Ecp5Configuration memory = Feed(stream, Streams.Lfe5u25);
        Assert.Equal((expected, false), (memory.Error, memory.IsDone));
        Ecp5Bitstream read = Ecp5Bitstream.Read(stream);
        // The SDK leaves the number of frames to the part.
        Assert.True(read.State != Ecp5StreamState.Whole || read.IdCode != Streams.Lfe5u25 || expected is Ecp5StreamError.Size or Ecp5StreamError.Overflow, damage);
    }

    [Fact]
    public void As_many_frames_as_the_part_has_are_taken()
    {
        Ecp5Configuration memory = Feed(Streams.Made(Streams.ZeroFrames(Streams.Frames), [0x5E, 0, 0, 0]), Streams.Lfe5u25);
        Assert.Equal((Ecp5StreamError.None, true), (memory.Error, memory.IsDone));
    }

    [Fact]
    public void A_truncated_stream_never_ends()
    {
        byte[] stream = Streams.Small;
        int whole = Ecp5Bitstream.Read(stream).Length;
        foreach (int length in new[] { 0, 1, 30, 40, 100, 5000, whole / 2, whole - 200, whole - 20, whole - 4, whole - 1 })
        {
            Assert.False(Feed(stream[..length], Streams.Lfe5u25).IsDone);
            Assert.Contains(Ecp5Bitstream.Read(stream.AsSpan(0, length)).State, new[] { Ecp5StreamState.Incomplete, Ecp5StreamState.NotAStream });
        }

        Assert.True(Feed(stream[..whole], Streams.Lfe5u25).IsDone);
        Assert.Equal(Ecp5StreamState.Whole, Ecp5Bitstream.Read(stream.AsSpan(0, whole)).State);
    }

    [Fact]
    public void A_flipped_bit_anywhere_behind_the_preamble_is_found_by_both()
    {
        byte[] stream = Streams.Small;
        Random random = new(3);
        for (int round = 0; round < 60; round++)
        {
            int index = random.Next(Streams.PreambleAt(stream) + 8, Ecp5Bitstream.Read(stream).Length - 4);
            byte[] bent = Streams.Changed(stream, index, (byte)(stream[index] ^ (1 << random.Next(8))));
            bool modelTakes = Feed(bent, Streams.Lfe5u25).IsDone;
            Ecp5Bitstream read = Ecp5Bitstream.Read(bent);
            Assert.Equal(modelTakes, read.State == Ecp5StreamState.Whole && read.IdCode == Streams.Lfe5u25);
            // A flipped bit in what no CRC counts (a dummy between commands) may turn it into a command, or be none.
            Assert.True(!modelTakes || stream[index] == 0xFF, $"byte {index}");
        }
    }

    internal static byte[] Damaged(string damage)
    {
        byte[] stream = Streams.Small;
        int preamble = Streams.PreambleAt(stream);
        int verify = preamble + 12;
        int usercode = Streams.UserCodeAt(stream);
        return damage switch
        {
            "idcode" => Streams.Changed(stream, verify + 7, 0x44),
            "another part" => Streams.Read("lfe5um5g-45f-compressed"),
            "preamble" => Streams.Changed(stream, preamble + 2, 0xBC),
            "nothing" => [.. Enumerable.Repeat((byte)0xFF, 4096)],
            "command" => Streams.Changed(stream, verify + 16, 0x47),
            "no dictionary" => Streams.Made([0xB8, 0x91, 0, 1], new byte[16]),
            "dictionary" => Streams.Changed(stream, verify + 24, (byte)(stream[verify + 24] ^ 1)),
            "first frame" => Streams.Changed(stream, verify + 36, 0x01),
            "plain frame" => Streams.Changed(Streams.Read("lfe5u-25f"), verify + 600, 0x10),
            "last frame" => Streams.Changed(stream, usercode - 18, 0x10),
            "frame crc" => Streams.Changed(stream, usercode - 15, (byte)(stream[usercode - 15] ^ 0x80)),
            "usercode" => Streams.Changed(stream, usercode + 7, 0x01),
            "usercode crc" => Streams.Changed(stream, usercode + 8, (byte)(stream[usercode + 8] ^ 0x01)),
            "block ram" => Streams.Changed(stream, usercode + 30, (byte)(stream[usercode + 30] ^ 0x04)),
            "too many frames" => Streams.Made(Streams.ZeroFrames(Streams.Frames + 1), [0x5E, 0, 0, 0]),
            "too much block ram" => Streams.Made([0xF6, 0, 0, 0, 0, 0, 0, 0], [0xB2, 0x00, 0x01, 0x01], new byte[257 * 9], [0x5E, 0, 0, 0]),
            _ => throw new ArgumentException(damage),
        };
    }

    internal static Ecp5Configuration Feed(byte[] stream, uint idCode)
    {
        Ecp5Configuration memory = new(idCode);
        foreach (byte value in stream)
        {
            memory.Feed(value);
        }

        memory.End();
        return memory;
    }
}
