namespace Offload.Bitstream.Silicon;

/// <summary>What places and routes a board for which no free tool does.</summary>
/// <param name="Tool">Its name: Vivado.</param>
/// <param name="Script">The script that it runs, in the board's folder.</param>
internal sealed record VendorTool(string Tool, string Script);
