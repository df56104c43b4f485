using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary>How rows of the connection table are written.</summary>
internal static class ConnectionText
{
    /// <summary>Headings of <see cref="Cells(ConnectionRow)"/>.</summary>
    internal static readonly string[] Headings = ["LOCAL", "REMOTE", "STATE", "OWNER", "ISS", "IRS", "SND.NXT", "RCV.NXT", "MSS", "OPTIONS"];

    internal static JsonNode ToJson(ConnectionRow row) => new JsonObject
    {
        ["index"] = row.Index < 0 ? null : row.Index,
        ["local_address"] = row.Key.LocalAddress.ToString(),
        ["local_port"] = row.Key.LocalPort,
        ["remote_address"] = row.Key.RemoteAddress.ToString(),
        ["remote_port"] = row.Key.RemotePort,
        ["vlan"] = row.Key.Vlan,
        ["state"] = row.State.ToRfcName(),
        ["owner"] = JsonOutput.Name(row.Owner),
        ["origin"] = JsonOutput.Name(row.Origin),
        ["listener"] = row.Listener,
        ["epoch"] = row.Epoch,
        ["iss"] = row.Iss,
        ["irs"] = row.Irs,
        ["snd_una"] = row.SndUna,
        ["snd_nxt"] = row.SndNxt,
        ["rcv_nxt"] = row.RcvNxt,
        ["peer_window"] = row.PeerWindow,
        ["peer_scale"] = row.PeerScale,
        ["our_window"] = row.OurWindow,
        ["our_scale"] = row.OurScale,
        ["mss"] = row.Mss,
        ["sack"] = row.SackPermitted,
        ["timestamps"] = row.Timestamps,
        ["remote_mac"] = row.RemoteMac.ToString(),
        ["retries"] = row.Retries,
        ["created_us"] = row.CreatedMicroseconds,
    };

    /// <summary>A listener as a row of the table: its state is LISTEN (RFC 9293 3.3.2).</summary>
    internal static JsonNode ToJson(Listener listener) => new JsonObject
    {
        ["listener"] = listener.Slot,
        ["local_address"] = listener.EndPoint.Address.ToString(),
        ["local_port"] = listener.EndPoint.Port,
        ["vlan"] = listener.Vlan,
        ["state"] = TcpState.Listen.ToRfcName(),
    };

    internal static TextTable Table(IEnumerable<Listener> listeners, ReadOnlySpan<ConnectionRow> rows)
    {
        var table = new TextTable(Headings) { RightAligned = [4, 5, 6, 7, 8] };
        foreach (var listener in listeners)
        {
            table.Add(Cells(listener));
        }

        foreach (var row in rows)
        {
            table.Add(Cells(row));
        }

        return table;
    }

    internal static string[] Cells(Listener listener) =>
    [
        listener.EndPoint + (listener.Vlan is { } vlan ? $" vlan {vlan}" : ""),
        "*",
        TcpState.Listen.ToRfcName(),
        JsonOutput.Name(Owner.Engine),
        "-",
        "-",
        "-",
        "-",
        listener.Mss.ToString(CultureInfo.InvariantCulture),
        "-",
    ];

    internal static string[] Cells(ConnectionRow row) =>
    [
        EndPoint(row.Key.LocalAddress, row.Key.LocalPort) + (row.Key.Vlan is { } vlan ? $" vlan {vlan}" : ""),
        EndPoint(row.Key.RemoteAddress, row.Key.RemotePort),
        row.State.ToRfcName(),
        JsonOutput.Name(row.Owner),
        row.Iss.ToString(CultureInfo.InvariantCulture),
        row.Irs.ToString(CultureInfo.InvariantCulture),
        row.SndNxt.ToString(CultureInfo.InvariantCulture),
        row.RcvNxt.ToString(CultureInfo.InvariantCulture),
        row.Mss.ToString(CultureInfo.InvariantCulture),
        Options(row),
    ];

    private static string EndPoint(NetworkAddress address, ushort port) => new IPEndPoint(address.ToIPAddress(), port).ToString();

    private static string Options(ConnectionRow row)
    {
        var names = new List<string>();
        if (row.Timestamps)
        {
            names.Add("ts");
        }

        if (row.SackPermitted)
        {
            names.Add("sack");
        }

        if (row.OurScale is { } ours && row.PeerScale is { } theirs)
        {
            names.Add($"wscale:{ours},{theirs}");
        }

        return names.Count == 0 ? "-" : string.Join(' ', names);
    }
}
