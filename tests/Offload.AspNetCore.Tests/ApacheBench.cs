using System.Globalization;
using Offload.Cli.Demo;

namespace Offload.AspNetCore.Tests;

/// <summary>What ab says of a run.</summary>
/// <param name="Complete">Requests that were answered.</param>
/// <param name="Failed">Of them, whose answer was cut short or another than the first.</param>
/// <param name="KeptAlive">Of them, whose connection was kept.</param>
/// <param name="Other">Of them, whose status was none of 200 to 299.</param>
internal readonly record struct ApacheBenchRun(int Complete, int Failed, int KeptAlive, int Other);

/// <summary>Apache's load generator ab, in the client's namespace.</summary>
internal static class ApacheBench
{
    /// <summary>Makes so many requests, so many at a time.</summary>
    /// <exception cref="DemoException">A connection failed: ab ends with the first.</exception>
    internal static async Task<ApacheBenchRun> RunAsync(NetworkNamespace client, Uri url, int requests, int atOnce, bool keepAlive)
    {
        string written = await Task.Run(() => client.RunTool(
            "ab", ["-q", "-s", "50", "-n", Text(requests), "-c", Text(atOnce), .. keepAlive ? ["-k"] : Array.Empty<string>(), url.AbsoluteUri]));
        Dictionary<string, int> said = written.Split('\n')
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out _))
            .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

        // It leaves out what did not occur.
        return new ApacheBenchRun(
            said["Complete requests"], said["Failed requests"], said.GetValueOrDefault("Keep-Alive requests"), said.GetValueOrDefault("Non-2xx responses"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
