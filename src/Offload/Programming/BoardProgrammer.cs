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

    /// <summary>How often this programmer has stopped what the board ran: whoever drives the core begins anew where it has grown, also after a load that
    /// failed.</summary>
    public virtual int Restarts => 0;

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

    /// <summary>Checks a bitstream, and brings it to where it shall be.</summary>
    /// <param name="file">The bitstream.</param>
    /// <param name="target">Where to.</param>
    /// <param name="progress">Told of every step; may be null.</param>
    /// <param name="cancellationToken">Ends the load where that leaves a board that starts; later it is not heard.</param>
    /// <exception cref="BitstreamRejectedException">It is refused; the board is as it was.</exception>
    /// <exception cref="LoadFailedException">It failed; the board starts and runs what it did before.</exception>
    /// <exception cref="BoardNeedsRecoveryException">It failed, and the board has to be loaded again.</exception>
    /// <exception cref="BoardGoneException">The board, or its adapter, went away meanwhile; the message says how it was left.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: this board has no flash.</exception>
    public virtual ValueTask LoadAsync(
        BitstreamFile file, LoadTarget target, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        target == LoadTarget.Core
            ? LoadAsync(file, progress, cancellationToken)
            : throw new OffloadException(OffloadError.Unsupported, $"A board of kind '{BoardName}' has no flash to load; leave the option out.");

    /// <summary>Checks a bitstream, looks at the board without changing it, and says what a load would do.</summary>
    /// <param name="file">The bitstream.</param>
    /// <param name="target">Where it would go.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The steps, a sentence each.</returns>
    /// <exception cref="BitstreamRejectedException">It would be refused.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.Unsupported"/>: this kind of board cannot tell.</exception>
    public virtual ValueTask<IReadOnlyList<string>> PlanAsync(BitstreamFile file, LoadTarget target, CancellationToken cancellationToken = default) =>
        throw new OffloadException(OffloadError.Unsupported, $"A board of kind '{BoardName}' cannot tell what a load would do; `offload-bitstream verify` checks the file.");
}
