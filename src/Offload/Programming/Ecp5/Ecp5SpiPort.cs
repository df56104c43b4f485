using Offload.Programming.Flash;
using Offload.Programming.Jtag;

namespace Offload.Programming.Ecp5;

/// <summary>SPI through an ECP5 that JTAG has connected to its flash: chip select is low while data is shifted.</summary>
internal sealed class Ecp5SpiPort(JtagTarget target) : SpiPort
{
    public override async ValueTask ExchangeAsync(ReadOnlyMemory<byte> write, Memory<byte> read, CancellationToken cancellationToken = default)
    {
        byte[] data = new byte[write.Length + read.Length];
        SpiBits.Reverse(write.Span, data);
        if (read.IsEmpty)
        {
            await target.WriteAsync(data, data.Length * 8, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        else
        {
            byte[] result = await target.ExchangeAsync(data, data.Length * 8, cancellationToken).ConfigureAwait(false);
            SpiBits.Reverse(result.AsSpan(write.Length, read.Length), read.Span);
        }
    }
}

/// <summary>JTAG sends a byte's lowest bit first, SPI and configuration streams its highest.</summary>
internal static class SpiBits
{
    private static readonly byte[] Reversed = [.. Enumerable.Range(0, 256).Select(Of)];

    internal static void Reverse(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (int index = 0; index < source.Length; index++)
        {
            destination[index] = Reversed[source[index]];
        }
    }

    private static byte Of(int value)
    {
        int result = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            result |= ((value >> bit) & 1) << (7 - bit);
        }

        return (byte)result;
    }
}
