namespace Offload.Registers;

/// <summary>What is known of a counter.</summary>
/// <param name="Id">Which one; its number is the counter's place in the snapshot.</param>
/// <param name="Name">Lower case with underscores, such as <c>syn_received</c>.</param>
/// <param name="Description">What it counts, as plain text.</param>
public sealed record CounterInfo(CounterId Id, string Name, string Description);
