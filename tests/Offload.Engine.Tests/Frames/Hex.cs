using System.Globalization;

namespace Offload.Engine.Tests.Frames;

/// <summary>Frames as hexadecimal text: what a failing test prints, and what the vector files hold.</summary>
internal static class Hex
{
    /// <summary>Reads pairs of hexadecimal digits; blanks are skipped, and <c>#</c> starts a comment that ends with its line.</summary>
    /// <exception cref="FormatException">A character is no hexadecimal digit, or the digits do not pair.</exception>
    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        foreach (string line in text.Split('\n'))
        {
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            foreach (string word in (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                bytes.AddRange(Convert.FromHexString(word));
            }
        }

        return [.. bytes];
    }

    /// <summary>Lower-case digits without blanks.</summary>
    public static string Format(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLower(CultureInfo.InvariantCulture);

    /// <summary>Reads a file of <c>tests/vectors</c>.</summary>
    public static byte[] Vector(string name) =>
        Parse(File.ReadAllText(Path.Combine(Harness.Repository.Root, "tests", "vectors", name + ".hex")));
}
