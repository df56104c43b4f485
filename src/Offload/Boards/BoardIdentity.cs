namespace Offload.Boards;

/// <summary>What the loaded core is; constant while a bitstream runs.</summary>
/// <param name="CoreVersion">Version of the core's behaviour, as semantic versioning.</param>
/// <param name="MapHash">SHA-256 of its register map, 64 lower-case hexadecimal digits.</param>
/// <param name="Connections">Entries of the connection table.</param>
/// <param name="Listeners">Slots for listeners.</param>
/// <param name="DataWidth">Width of the frame streams in bits.</param>
/// <param name="EventDepth">Events that its queue holds.</param>
/// <param name="ParkSlots">Frames that can be parked for adoption.</param>
/// <param name="MaxFrame">Longest frame in bytes, without FCS, that passes.</param>
public sealed record BoardIdentity(
    Version CoreVersion, string MapHash, int Connections, int Listeners, int DataWidth, int EventDepth, int ParkSlots, int MaxFrame);
