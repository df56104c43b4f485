namespace Offload.Registers;

/// <summary>A value that a field may have, with its name as the register map writes it.</summary>
/// <param name="Name">Lower case with underscores, such as <c>syn_received</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Description">What it means, as plain text.</param>
public sealed record NamedValue(string Name, uint Value, string Description);
