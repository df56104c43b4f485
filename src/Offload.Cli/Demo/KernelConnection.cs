using System.Globalization;
using System.Net;

namespace Offload.Cli.Demo;

/// <summary>A TCP connection as the client's kernel sees it: one line of <c>ss -tnieOH</c>.</summary>
/// <param name="State">As ss names it, such as ESTAB.</param>
/// <param name="Local">The client's end point.</param>
/// <param name="Remote">The server's end point, which the engine answers for.</param>
/// <param name="Timestamps">Whether timestamps were agreed.</param>
/// <param name="SackPermitted">Whether selective acknowledgments were agreed.</param>
/// <param name="SendScale">The peer's window shift count; null without window scaling.</param>
/// <param name="ReceiveScale">The client's own window shift count; null without window scaling.</param>
/// <param name="Mss">Bytes that the client puts into a segment at most: the peer's MSS less options.</param>
/// <param name="AdvertisedMss">The client's own MSS less options.</param>
internal readonly record struct KernelConnection(
    string State,
    IPEndPoint Local,
    IPEndPoint Remote,
    bool Timestamps,
    bool SackPermitted,
    int? SendScale,
    int? ReceiveScale,
    int Mss,
    int AdvertisedMss)
{
    /// <summary>Bytes that the timestamps option takes from every segment (RFC 7323, appendix A).</summary>
    internal const int TimestampsLength = 12;

    /// <summary>Reads what <c>ss -tnieOH</c> has written.</summary>
    /// <exception cref="FormatException">A line is not as ss writes it.</exception>
    internal static IReadOnlyList<KernelConnection> Parse(string output)
    {
        var connections = new List<KernelConnection>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            connections.Add(ParseLine(line));
        }

        return connections;
    }

    private static KernelConnection ParseLine(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5)
        {
            throw new FormatException($"ss wrote a line that is too short: {line}");
        }

        int? sendScale = null, receiveScale = null;
        int mss = 0, advertised = 0;
        bool timestamps = false, sack = false;
        foreach (var word in words.AsSpan(5))
        {
            switch (word)
            {
                case "ts":
                    timestamps = true;
                    continue;
                case "sack":
                    sack = true;
                    continue;
            }

            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            var value = word[(colon + 1)..];
            switch (word[..colon])
            {
                case "wscale":
                    var comma = value.IndexOf(',', StringComparison.Ordinal);
                    sendScale = Number(value[..comma]);
                    receiveScale = Number(value[(comma + 1)..]);
                    break;
                case "mss":
                    mss = Number(value);
                    break;
                case "advmss":
                    advertised = Number(value);
                    break;
            }
        }

        return new KernelConnection(words[0], EndPoint(words[3]), EndPoint(words[4]), timestamps, sack, sendScale, receiveScale, mss, advertised);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static IPEndPoint EndPoint(string text)
    {
        // An interface may be named behind the address: 192.0.2.1%tap0:80.
        var colon = text.LastIndexOf(':');
        var address = text[..colon];
        var percent = address.IndexOf('%', StringComparison.Ordinal);
        if (percent >= 0)
        {
            address = address[..percent];
        }

        return new IPEndPoint(IPAddress.Parse(address.Trim('[', ']')), Number(text[(colon + 1)..]));
    }
}
