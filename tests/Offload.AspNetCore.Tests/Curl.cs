using System.Globalization;
using Offload.Cli.Demo;

namespace Offload.AspNetCore.Tests;

/// <summary>What curl says of one transfer.</summary>
/// <param name="Status">Status of the response.</param>
/// <param name="Version">Version of HTTP: 1.1 or 2.</param>
/// <param name="Connects">Connections that it opened for this transfer: 0 or 1.</param>
/// <param name="Length">Bytes of the body.</param>
internal readonly record struct CurlTransfer(int Status, string Version, int Connects, long Length);

/// <summary>curl, in the client's namespace.</summary>
internal static class Curl
{
    private const string Mark = "curl-says";

    /// <summary>Fetches; gives the bodies, and what it says of each transfer.</summary>
    /// <exception cref="DemoException">A transfer failed.</exception>
    internal static async Task<(string Body, CurlTransfer[] Transfers)> FetchAsync(NetworkNamespace client, string input, params string[] arguments)
    {
        string written = await Task.Run(() => client.RunTool(
            "curl",
            ["--silent", "--show-error", "--fail", "--max-time", "50", "--write-out", $"\n{Mark} %{{http_code}} %{{http_version}} %{{num_connects}} %{{size_download}}\n", .. arguments],
            input));
        string[] lines = written.Split('\n');
        return (string.Join('\n', lines.Where(line => !line.StartsWith(Mark, StringComparison.Ordinal))).TrimEnd('\n'), [.. lines.Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(Parse)]);
    }

    private static CurlTransfer Parse(string line)
    {
        string[] words = line.Split(' ');
        return new CurlTransfer(Number(words[1]), words[2], Number(words[3]), Number(words[4]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
