namespace Offload.Boards;

/// <summary>What a bitstream must be made for, and whether one runs.</summary>
/// <param name="BoardName">Name of the kind of board, as in a bitstream's header.</param>
/// <param name="IdCode">JTAG IDCODE of its part (IEEE 1149.1).</param>
/// <param name="IsLoaded">Whether the board runs a bitstream now.</param>
/// <param name="LoadedVersion">Version of the bitstream that its holder loaded; null where it loaded none.</param>
/// <param name="HostPort">The kernel's interface behind the host port; null where there is none.</param>
public sealed record BoardPart(string BoardName, uint IdCode, bool IsLoaded, string? LoadedVersion, HostPort? HostPort);
