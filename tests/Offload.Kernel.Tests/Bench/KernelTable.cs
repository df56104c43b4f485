using System.Net;
using Offload.Cli.Demo;

namespace Offload.Kernel.Tests.Bench;

/// <summary>A kernel's TCP sockets, as <c>ss -tan</c> lists them.</summary>
/// <param name="State">As ss names it, such as ESTAB.</param>
/// <param name="Local">The kernel's own end point.</param>
/// <param name="Remote">The other end point; port 0 where it listens.</param>
internal sealed record KernelSocket(string State, IPEndPoint Local, IPEndPoint Remote)
{
    internal const string TimeWait = "TIME-WAIT";
    internal const string Listening = "LISTEN";

    /// <summary>All sockets of a namespace, TIME-WAIT included.</summary>
    internal static IReadOnlyList<KernelSocket> List(NetworkNamespace space) => Parse(space.RunTool("ss", ["-tanH"]));

    /// <summary>Reads what <c>ss -tanH</c> has written.</summary>
    internal static IReadOnlyList<KernelSocket> Parse(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseLine)];

    /// <summary>Ends the namespace's TIME-WAIT sockets before their minute is over (SOCK_DESTROY). A kernel without it leaves them.</summary>
    internal static void EndTimeWait(NetworkNamespace space) => space.RunTool("ss", ["-tKH", "state", "time-wait"]);

    private static KernelSocket ParseLine(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 5
            ? new KernelSocket(words[0], ParseEndPoint(words[3]), ParseEndPoint(words[4]))
            : throw new FormatException($"ss wrote a line that is too short: {line}");
    }

    private static IPEndPoint ParseEndPoint(string text)
    {
        int colon = text.LastIndexOf(':');
        string address = text[..colon].Trim('[', ']');
        int percent = address.IndexOf('%', StringComparison.Ordinal);
        string port = text[(colon + 1)..];
        return new IPEndPoint(
            address == "*" ? IPAddress.Any : IPAddress.Parse(percent < 0 ? address : address[..percent]),
            port == "*" ? 0 : int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    }
}
