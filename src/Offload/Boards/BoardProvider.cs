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
}
