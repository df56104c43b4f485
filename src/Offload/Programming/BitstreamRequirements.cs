namespace Offload.Programming;

/// <summary>What a board needs of a bitstream.</summary>
public sealed record BitstreamRequirements
{
    /// <summary>Name of the kind of board.</summary>
    public required string Board { get; init; }

    /// <summary>JTAG IDCODE of its part.</summary>
    public required uint IdCode { get; init; }

    /// <summary>SHA-256 of the register map that the software was made from, 64 lower-case hexadecimal digits.</summary>
    public required string MapHash { get; init; }

    /// <summary>That map's canonical text, so that a difference can be named.</summary>
    public required string Map { get; init; }

    /// <summary>Kinds of payload that it runs, of <see cref="BitstreamPayload"/>.</summary>
    public required IReadOnlyList<string> PayloadKinds { get; init; }

    /// <summary>Which files may run, or null where loading runs no native code on this machine.</summary>
    public BitstreamTrust? Trust { get; init; }
}

/// <summary>Where two texts begin to differ.</summary>
internal static class TextDifference
{
    private const int Longest = 160;

    /// <summary>Names the first line that differs.</summary>
    public static string First(string one, string other, string oneName, string otherName)
    {
        string[] oneLines = one.Split('\n');
        string[] otherLines = other.Split('\n');
        for (int line = 0; line < Math.Max(oneLines.Length, otherLines.Length); line++)
        {
            string? oneLine = line < oneLines.Length ? oneLines[line] : null;
            string? otherLine = line < otherLines.Length ? otherLines[line] : null;
            if (oneLine != otherLine)
            {
                return $"line {line + 1} is {Quote(oneLine)} in {oneName} and {Quote(otherLine)} in {otherName}";
            }
        }

        return "no line of their texts differs";
    }

    private static string Quote(string? line) =>
        line is null ? "missing" : $"'{(line.Length > Longest ? line[..Longest] + "…" : line)}'";
}
