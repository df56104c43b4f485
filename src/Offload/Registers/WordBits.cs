using System.Globalization;
using System.Runtime.CompilerServices;

namespace Offload.Registers;

/// <summary>Bit fields that may cross the words of a vector; bit 0 is the least significant of word 0. Allocates nothing.</summary>
internal static class WordBits
{
    /// <summary>Reads 1 to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadUInt32(ReadOnlySpan<uint> words, int lsb, int width)
    {
        ulong bits = words[lsb >> 5];
        if ((lsb & 31) + width > 32)
        {
            bits |= (ulong)words[(lsb >> 5) + 1] << 32;
        }

        return (uint)(bits >> (lsb & 31)) & (uint.MaxValue >> (32 - width));
    }

    /// <summary>Reads 1 to 64 bits.</summary>
    public static ulong ReadUInt64(ReadOnlySpan<uint> words, int lsb, int width) => width <= 32
        ? ReadUInt32(words, lsb, width)
        : ReadUInt32(words, lsb, 32) | ((ulong)ReadUInt32(words, lsb + 32, width - 32) << 32);

    /// <summary>Reads 1 to 128 bits.</summary>
    public static UInt128 ReadUInt128(ReadOnlySpan<uint> words, int lsb, int width) => width <= 64
        ? ReadUInt64(words, lsb, width)
        : new UInt128(ReadUInt64(words, lsb + 64, width - 64), ReadUInt64(words, lsb, 64));

    /// <summary>Replaces 1 to 128 bits and leaves all others.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> has more than <paramref name="width"/> bits.</exception>
    public static void WriteUInt128(Span<uint> words, int lsb, int width, UInt128 value)
    {
        if (width < 128 && value >> width != UInt128.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(value), string.Create(CultureInfo.InvariantCulture, $"{value} does not fit {width} bits."));
        }

        // Touched first, so that words which end too early are found before any is changed.
        _ = words[(lsb + width - 1) >> 5];
        for (var done = 0; done < width;)
        {
            var shift = (lsb + done) & 31;
            var count = Math.Min(32 - shift, width - done);
            var mask = (uint.MaxValue >> (32 - count)) << shift;
            ref var word = ref words[(lsb + done) >> 5];
            word = (word & ~mask) | (((uint)(value >> done) << shift) & mask);
            done += count;
        }
    }

    /// <summary>Refuses a vector that is too short for its layout.</summary>
    /// <exception cref="ArgumentException"><paramref name="length"/> is below <paramref name="needed"/>.</exception>
    public static void RequireWords(int length, int needed, string layout)
    {
        if (length < needed)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The layout {layout} needs {needed} words, not {length}."));
        }
    }
}
