namespace Offload.Bitstream.Silicon;

/// <summary>A clock of a board, and how fast it has to be.</summary>
/// <param name="Name">Name in the board file.</param>
/// <param name="Net">Name of its net in the top level.</param>
/// <param name="Hz">What it runs at: a bitstream that does not reach it is none.</param>
/// <param name="GoalHz">What the design shall reach, or null where that is the same.</param>
internal sealed record BoardClock(string Name, string Net, long Hz, long? GoalHz);
