using Offload.Registers;

namespace Offload.Connections;

/// <summary>A command of the host with its arguments.</summary>
/// <param name="Code">What to do.</param>
/// <param name="Key">Which connection.</param>
/// <param name="CreatedMicroseconds">Its creation time.</param>
/// <param name="Listener">Argument of FLUSH: the slot; null: all.</param>
internal readonly record struct CommandRequest(CommandCode Code, ConnectionKey Key, ulong CreatedMicroseconds, byte? Listener = null);
