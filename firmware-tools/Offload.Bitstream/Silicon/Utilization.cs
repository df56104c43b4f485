using System.Globalization;
using System.Text.RegularExpressions;

namespace Offload.Bitstream.Silicon;

/// <summary>What nextpnr found a design to take of the device, by kind of place.</summary>
/// <param name="Used">Places taken.</param>
/// <param name="Available">Places that the device has.</param>
internal readonly partial record struct Utilization(int Used, int Available)
{
    /// <summary>Whether the device has too few.</summary>
    internal bool IsExceeded => Used > Available;

    /// <summary>Reads it from a log, for nextpnr writes no report of a design that does not fit.</summary>
    /// <param name="log">The log.</param>
    /// <returns>By nextpnr's name of the place; empty where it did not come that far.</returns>
    internal static Dictionary<string, Utilization> FromLog(string log)
    {
        Dictionary<string, Utilization> found = new(StringComparer.Ordinal);
        foreach (Match match in Line().Matches(log))
        {
            found[match.Groups["name"].Value] = new Utilization(
                int.Parse(match.Groups["used"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["available"].Value, CultureInfo.InvariantCulture));
        }

        return found;
    }

    [GeneratedRegex(@"^Info:\s+(?<name>[A-Z0-9_]+):\s+(?<used>[0-9]+)/\s*(?<available>[0-9]+)\s+[0-9]+%", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
