using Offload.Boards;

namespace Offload.VirtualBoard;

/// <summary>Offers one virtual board, which comes into being when it is opened.</summary>
public sealed class VirtualBoardProvider : BoardProvider
{
    /// <summary>Kind of the board, and its name in a bitstream's header.</summary>
    public const string Kind = "virtual";

    /// <summary>IDCODE of the board, as in boards/virtual/board.yaml. No part of silicon can have it.</summary>
    public const uint IdCode = 0x0FF100FF;

    private readonly VirtualBoardOptions _options;
    private int _open;

    /// <summary>Offers a virtual board.</summary>
    /// <param name="options">How it is set up; null: with nothing plugged in.</param>
    public VirtualBoardProvider(VirtualBoardOptions? options = null) => _options = options ?? new VirtualBoardOptions();

    private BoardDescription Description => new(_options.Id, Kind, "Virtual board", "in process");

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<BoardDescription>>([Description]);
    }

    /// <summary>Makes the board: its ports, and the thread that drives it. It has no bitstream yet.</summary>
    /// <param name="board">What <see cref="DiscoverAsync"/> told.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: it is open already, or another process has such a TAP
    /// device; <see cref="OffloadError.PermissionDenied"/>: TAP devices need CAP_NET_ADMIN; <see cref="OffloadError.BoardNotFound"/>.</exception>
    public override ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        cancellationToken.ThrowIfCancellationRequested();
        if (board.Id != _options.Id || board.Kind != Kind)
        {
            throw new BoardNotFoundException($"there is no virtual board '{board.Id}' here; this is '{_options.Id}'");
        }

        if (Interlocked.Exchange(ref _open, 1) != 0)
        {
            throw new OffloadException(OffloadError.BoardBusy, $"the virtual board '{_options.Id}' is open already; dispose it first");
        }

        try
        {
            return ValueTask.FromResult<BoardHardware>(new VirtualBoardHardware(Description, _options, () => Volatile.Write(ref _open, 0)));
        }
        catch
        {
            Volatile.Write(ref _open, 0);
            throw;
        }
    }
}
