using Offload.Programming.Flash;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>SPI without JTAG before it.</summary>
/// <param name="flash">What is at its end.</param>
/// <param name="before">Runs before every exchange.</param>
internal sealed class DirectSpi(SpiFlashPart flash, Action? before = null) : SpiPort
{
    public override ValueTask ExchangeAsync(ReadOnlyMemory<byte> write, Memory<byte> read, CancellationToken cancellationToken = default)
    {
        before?.Invoke();
        flash.Select();
        foreach (byte value in write.Span)
        {
            Exchange(value);
        }

        for (int index = 0; index < read.Length; index++)
        {
            read.Span[index] = Exchange(0);
        }

        flash.Deselect();
        return ValueTask.CompletedTask;
    }

    private byte Exchange(byte value)
    {
        int result = 0;
        for (int bit = 7; bit >= 0; bit--)
        {
            result = (result << 1) | (flash.Clock(((value >> bit) & 1) != 0) ? 1 : 0);
        }

        return (byte)result;
    }
}
