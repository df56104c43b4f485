namespace Offload.Bitstream.Silicon;

/// <summary>What nextpnr-ecp5 has to know of a device.</summary>
/// <param name="Device">Its name there: um5g-45k.</param>
/// <param name="Package">The package's name there: CABGA381.</param>
/// <param name="Speed">Speed grade, 6 to 8.</param>
/// <param name="TimingWeight">How much the placer draws a wire of the slowest path shorter than another, or null for its own default.</param>
/// <param name="CriticalityExponent">How fast that falls off for what is less slow, or null for the placer's own default.</param>
internal sealed record NextpnrDevice(string Device, string Package, int Speed, long? TimingWeight, long? CriticalityExponent);
