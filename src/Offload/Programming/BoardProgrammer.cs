namespace Offload.Programming;

/// <summary>
/// Brings a bitstream onto one board. Every kind of board has its own; all make the same checks first, in the same order
/// (<see cref="BitstreamFile.EnsureFits"/>), and a file that is refused leaves the board as it was.
/// </summary>
public abstract class BoardProgrammer
{
    /// <summary>Name of the kind of board, as in <c>boards/NAME/board.yaml</c> and in a bitstream's header.</summary>
    public abstract string BoardName { get; }

    /// <summary>JTAG IDCODE of the part on the board (IEEE 1149.1, 32 bits).</summary>
    public abstract uint IdCode { get; }

    /// <summary>Whether the board runs a bitstream now.</summary>
    public abstract bool IsLoaded { get; }

    /// <summary>Header of the bitstream that this programmer has loaded, or null where it has loaded none.</summary>
    public abstract BitstreamHeader? Loaded { get; }

    /// <summary>Checks a bitstream, brings it onto the board and starts it. Frames in flight on the board are lost.</summary>
    /// <param name="file">The bitstream.</param>
    /// <param name="progress">Told of every step; may be null.</param>
    /// <param name="cancellationToken">Ends the load; the board stays as it was where the payload had not been started.</param>
    /// <exception cref="BitstreamRejectedException">The file is not for this board, or not trusted; the board is as it was.</exception>
    /// <exception cref="OperationCanceledException">The load was cancelled.</exception>
    public abstract ValueTask LoadAsync(
        BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default);
}
