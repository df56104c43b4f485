namespace Offload.Boards;

/// <summary>A board that was found, before it is opened.</summary>
/// <param name="Id">Stable name of this very board, by which it is opened; the same at every start and on every port.</param>
/// <param name="Kind">What sort of board it is, for example <c>virtual</c>; the name of its folder in <c>boards/</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Location">Where it hangs, for people: a bus address, or the process that runs it.</param>
public sealed record BoardDescription(string Id, string Kind, string Name, string Location)
{
    /// <summary>Whether another process (or another part of this one) holds the board and serves it.</summary>
    public bool IsServed => SocketPath is not null;

    /// <summary>The socket on which its holder serves it; null while nobody does.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Process id of the holder that serves it; 0 while nobody does, or where the holder does not answer.</summary>
    public int HolderProcessId { get; init; }
}
