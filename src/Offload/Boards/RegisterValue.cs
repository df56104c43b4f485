using Offload.Registers;

namespace Offload.Boards;

/// <summary>A register with the words that were read from it.</summary>
/// <param name="Register">What the register map says of it.</param>
/// <param name="Words">Its words, the one at the lowest address first.</param>
public sealed record RegisterValue(RegisterInfo Register, IReadOnlyList<uint> Words);
