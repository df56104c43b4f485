using System.Globalization;
using System.Text.Json.Nodes;

namespace Offload.Cli.Demo;

/// <summary>What fetching the page over fresh connections came to.</summary>
/// <param name="Requests">How often it was asked for.</param>
/// <param name="Microseconds">Time of <c>connect</c> of those that succeeded, as curl saw it, sorted.</param>
/// <param name="Errors">What curl says of the others.</param>
internal sealed record CurlFetch(int Requests, double[] Microseconds, string Errors)
{
    private const string Format = "%{http_code} %{num_connects} %{size_download} %{time_namelookup} %{time_connect}\n";
    private const int LongestSeconds = 30;

    /// <summary>Those that did not give the whole page over a connection of their own.</summary>
    internal int Failed => Requests - Microseconds.Length;

    /// <summary>Fetches a page with one curl in the client's namespace, one connection after the other.</summary>
    /// <param name="client">Where curl runs.</param>
    /// <param name="url">The page.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="requests">How often.</param>
    internal static CurlFetch Run(NetworkNamespace client, string url, int length, int requests)
    {
        var (output, error) = client.TryTool("curl",
        [
            "--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", LongestSeconds.ToString(CultureInfo.InvariantCulture),
            "--header", "Connection: close", "--output", "/dev/null", "--write-out", Format, $"{url}?[1-{requests}]",
        ]);
        return Parse(output, error, length, requests);
    }

    /// <summary>Reads what curl wrote.</summary>
    internal static CurlFetch Parse(string output, string error, int length, int requests)
    {
        var times = new List<double>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var status, var connects, var size, var resolved, var connected] && status == "200" && connects == "1"
                && size == length.ToString(CultureInfo.InvariantCulture))
            {
                times.Add((Seconds(connected) - Seconds(resolved)) * 1e6);
            }
        }

        return new CurlFetch(requests, [.. times.Order()], error.Trim());
    }

    /// <summary>Time of <c>connect</c> that a share of them took at most, in microseconds; 0 where all failed.</summary>
    /// <param name="share">0.5 for the median.</param>
    internal double Percentile(double share) =>
        Microseconds.Length == 0 ? 0 : Microseconds[(int)Math.Clamp(Math.Ceiling(share * Microseconds.Length) - 1, 0, Microseconds.Length - 1)];

    internal JsonObject ToJson() => new()
    {
        ["requests"] = Requests,
        ["failed"] = Failed,
        ["connect_us_p50"] = Math.Round(Percentile(0.5), 1),
        ["connect_us_p99"] = Math.Round(Percentile(0.99), 1),
    };

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
