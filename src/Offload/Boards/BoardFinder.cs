using System.Net.Sockets;
using System.Text;
using Offload.Serving;

namespace Offload.Boards;

/// <summary>A board that was found.</summary>
/// <param name="Description">What is known of it.</param>
/// <param name="Provider">Who opens it; null where another process serves it.</param>
internal sealed record FoundBoard(BoardDescription Description, BoardProvider? Provider);

/// <summary>Finds boards: those of the providers, and those that are served.</summary>
internal static class BoardFinder
{
    private const string SocketPattern = "*.sock";

    /// <summary>All boards; one that is served is listed once.</summary>
    public static async ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(OffloadBoardOptions options, CancellationToken cancellationToken) =>
        [.. (await FindAllAsync(options, cancellationToken).ConfigureAwait(false)).Found.Select(found => found.Description)];

    /// <summary>The board of an id, or the only one.</summary>
    public static async ValueTask<FoundBoard> FindAsync(string? id, OffloadBoardOptions options, CancellationToken cancellationToken)
    {
        (List<FoundBoard> all, Dictionary<string, OffloadException> silent) = await FindAllAsync(options, cancellationToken).ConfigureAwait(false);
        List<FoundBoard> fitting = id is null ? all : all.FindAll(found => found.Description.Id == id);
        if (HolderThatIsSilent(id, fitting, silent, options) is { } exception)
        {
            throw exception;
        }

        return fitting.Count switch
        {
            1 => fitting[0],
            0 => throw new BoardNotFoundException(
                (id is null ? "There is no board" : $"There is no board '{id}'") + (all.Count == 0 ? "." : ". " + List(all))),
            _ => throw new OffloadException(
                OffloadError.BoardAmbiguous,
                (id is null ? "There are several boards; name one. " : $"Several boards call themselves '{id}'; unplug or stop one. ") + List(fitting)),
        };
    }

    private static string List(List<FoundBoard> boards)
    {
        StringBuilder text = new("There are:");
        foreach (FoundBoard board in boards)
        {
            BoardDescription description = board.Description;
            text.Append($" {description.Id} ({description.Name}, {description.Location});");
        }

        text[^1] = '.';
        return text.ToString();
    }

    /// <summary>Why the board is not free, where the process that serves it does not answer; null: no such process.</summary>
    private static OffloadException? HolderThatIsSilent(
        string? id, List<FoundBoard> fitting, Dictionary<string, OffloadException> silent, OffloadBoardOptions options)
    {
        string? wanted = fitting.Count == 1 && fitting[0].Provider is not null ? fitting[0].Description.Id : fitting.Count == 0 ? id : null;
        if (wanted is not null)
        {
            return silent.GetValueOrDefault(RuntimeDirectory.SocketOf(RuntimeDirectory.PathOf(options), wanted));
        }

        return fitting.Count == 0 && silent.Count == 1 ? silent.Values.Single() : null;
    }

    /// <summary>All boards, and for each socket whose process does not answer, the error that says so.</summary>
    private static async ValueTask<(List<FoundBoard> Found, Dictionary<string, OffloadException> Silent)> FindAllAsync(
        OffloadBoardOptions options, CancellationToken cancellationToken)
    {
        Dictionary<string, OffloadException> silent = [];
        List<FoundBoard> found = await FindServedAsync(options, silent, cancellationToken).ConfigureAwait(false);
        HashSet<string> served = [.. found.Select(board => board.Description.Id)];
        foreach (BoardProvider provider in options.Providers)
        {
            foreach (BoardDescription description in await provider.DiscoverAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!served.Contains(description.Id))
                {
                    string socket = RuntimeDirectory.SocketOf(RuntimeDirectory.PathOf(options), description.Id);
                    found.Add(new FoundBoard(silent.ContainsKey(socket) ? description with { SocketPath = socket } : description, provider));
                }
            }
        }

        return (found, silent);
    }

    private static async ValueTask<List<FoundBoard>> FindServedAsync(
        OffloadBoardOptions options, Dictionary<string, OffloadException> silent, CancellationToken cancellationToken)
    {
        List<FoundBoard> found = [];
        string directory = RuntimeDirectory.PathOf(options);
        if (!Directory.Exists(directory))
        {
            return found;
        }

        RuntimeDirectory.Check(directory);
        foreach (string path in Directory.EnumerateFiles(directory, SocketPattern).Order(StringComparer.Ordinal))
        {
            try
            {
                using ClientConnection connection = await ClientConnection.ConnectAsync(path, options.HelloTimeout, cancellationToken).ConfigureAwait(false);
                found.Add(new FoundBoard(connection.Description, null));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Its process has ended without removing it.
                ServedSocket.RemoveStale(path);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.BoardBusy)
            {
                silent.Add(path, exception);
            }
            catch (Exception exception) when (exception is SocketException or OffloadException)
            {
                // It went away meanwhile, or is none of ours: not a board that can be used.
            }
        }

        return found;
    }
}
