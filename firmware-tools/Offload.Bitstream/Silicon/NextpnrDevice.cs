namespace Offload.Bitstream.Silicon;

/// <summary>What nextpnr-ecp5 has to know of a device.</summary>
/// <param name="Device">Its name there: um5g-45k.</param>
/// <param name="Package">The package's name there: CABGA381.</param>
/// <param name="Speed">Speed grade, 6 to 8.</param>
internal sealed record NextpnrDevice(string Device, string Package, int Speed);
