namespace Offload.Programming.Flash;

/// <summary>A way to one device on SPI, mode 0.</summary>
public abstract class SpiPort
{
    /// <summary>One transaction: chip select goes low, bytes go out, bytes come in, chip select goes high.</summary>
    /// <param name="write">What goes out, from one byte on.</param>
    /// <param name="read">Where goes what comes in after that; empty: nothing is read, and not a clock follows what went out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BoardGoneException">The board is no longer there.</exception>
    public abstract ValueTask ExchangeAsync(ReadOnlyMemory<byte> write, Memory<byte> read, CancellationToken cancellationToken = default);
}
