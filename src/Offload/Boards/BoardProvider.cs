namespace Offload.Boards;

/// <summary>Finds and opens the boards of one kind or bus. Given to <see cref="OffloadBoardOptions.Providers"/>.</summary>
public abstract class BoardProvider
{
    /// <summary>Lists the boards that are there now, those in use included. Opens and changes nothing.</summary>
    /// <param name="cancellationToken">Ends the search.</param>
    public abstract ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a board, exclusively.</summary>
    /// <param name="board">What <see cref="DiscoverAsync"/> told of it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: another process holds it;
    /// <see cref="OffloadError.BoardGone"/>: it is no longer there; <see cref="OffloadError.PermissionDenied"/>.</exception>
    public abstract ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default);

    /// <summary>Looks for what is in the way of opening a board, or of all that it can do. Opens and changes nothing.</summary>
    /// <param name="board">What <see cref="DiscoverAsync"/> told of it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>What was found out; nothing where there is nothing to say of boards of this kind.</returns>
    public virtual ValueTask<IReadOnlyList<BoardFinding>> DiagnoseAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<BoardFinding>>([]);
}
