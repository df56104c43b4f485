namespace Offload.Links;

/// <summary>Access to a board's registers, 32 bits each, over whatever bus the board hangs on.</summary>
/// <remarks>
/// Implementations are thread-safe: they carry out one burst after the other. Addresses are in bytes and divisible by 4.
/// Every access throws <see cref="OffloadException"/>: <see cref="OffloadError.NoBitstream"/> before a bitstream is loaded,
/// <see cref="OffloadError.LinkFault"/> where the bus or the core answers with an error,
/// <see cref="OffloadError.BoardGone"/> once the board is no longer there.
/// </remarks>
public abstract class RegisterLink : IAsyncDisposable
{
    /// <summary>Reads consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first one.</param>
    /// <param name="words">Where they go; its length says how many are read.</param>
    /// <param name="cancellationToken">Stops waiting; the burst itself may still take place.</param>
    public abstract ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default);

    /// <summary>Writes consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first one.</param>
    /// <param name="words">What is written.</param>
    /// <param name="cancellationToken">Stops waiting; the burst itself may still take place.</param>
    public abstract ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default);

    /// <summary>Waits until the interrupt line is high; returns at once while it is.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the bus back.</summary>
    public abstract ValueTask DisposeAsync();
}
