namespace Offload.Boards;

/// <summary>How much something matters that was found out about a board or its machine.</summary>
public enum BoardFindingKind
{
    /// <summary>It is as it should be.</summary>
    Good = 0,

    /// <summary>It works, with less than the board could do.</summary>
    Limited = 1,

    /// <summary>The board cannot be opened, or connections would be lost, until it is mended.</summary>
    Missing = 2,
}

/// <summary>Something that was found out about a board or its machine.</summary>
/// <param name="Kind">How much it matters.</param>
/// <param name="Subject">What it is about, in a word or two.</param>
/// <param name="Message">What is so.</param>
/// <param name="Commands">Commands, for root, that mend it; none where it is good, or where a command does not help.</param>
public sealed record BoardFinding(BoardFindingKind Kind, string Subject, string Message, params IReadOnlyList<string> Commands);
