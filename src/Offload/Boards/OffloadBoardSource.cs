namespace Offload.Boards;

/// <summary>Opens a board when it is first asked for it, and closes it with the service provider. Registered by
/// <see cref="ServiceCollectionExtensions.AddOffload"/>.</summary>
public sealed class OffloadBoardSource : IAsyncDisposable
{
    private readonly OffloadBoardOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private OffloadBoard? _board;
    private bool _disposed;

    /// <summary>Makes a source; opens nothing.</summary>
    /// <param name="options">Which board, and how.</param>
    public OffloadBoardSource(OffloadBoardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>The board; opened, and its bitstream loaded where it has none, by the first call that succeeds.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException">As for <see cref="OffloadBoard.OpenAsync"/> and <see cref="OffloadBoard.LoadBitstreamAsync(string, IProgress{Programming.LoadProgress}, CancellationToken)"/>.</exception>
    public async ValueTask<OffloadBoard> GetAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_board is null)
            {
                OffloadBoard board = await OffloadBoard.OpenAsync(_options.BoardId, _options, cancellationToken).ConfigureAwait(false);
                try
                {
                    BoardPart part = await board.GetPartAsync(cancellationToken).ConfigureAwait(false);
                    if (!part.IsLoaded && _options.BitstreamPath is { } path)
                    {
                        await board.LoadBitstreamAsync(path, null, cancellationToken).ConfigureAwait(false);
                    }
                }
                catch
                {
                    await board.DisposeAsync().ConfigureAwait(false);
                    throw;
                }

                _board = board;
            }

            return _board;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the board, if it was opened.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            if (_board is not null)
            {
                await _board.DisposeAsync().ConfigureAwait(false);
                _board = null;
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
