namespace Offload.VirtualBoard;

/// <summary>What happened to frames around the core, since the board was opened.</summary>
/// <param name="Net">At the net port.</param>
/// <param name="Host">At the host port.</param>
/// <param name="ClocksRun">Clocks that the present core has run.</param>
public readonly record struct VirtualBoardStatistics(VirtualPortStatistics Net, VirtualPortStatistics Host, ulong ClocksRun);

/// <summary>What happened to frames at one port.</summary>
/// <param name="Entered">Frames that were given to the core.</param>
/// <param name="Left">Frames that came from the core and were taken by the port.</param>
/// <param name="DroppedUnloaded">Frames that came while no bitstream was loaded.</param>
/// <param name="DroppedLength">Frames that were longer than a port takes (16,384 bytes).</param>
/// <param name="DroppedOutside">Frames from the core that the port did not take: its interface was down, or its queue full.</param>
public readonly record struct VirtualPortStatistics(
    ulong Entered, ulong Left, ulong DroppedUnloaded, ulong DroppedLength, ulong DroppedOutside);
