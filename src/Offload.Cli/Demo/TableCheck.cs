using System.Net;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Cli.Demo;

/// <summary>Compares the engine's table with what the clients' kernel says, and with what the key says.</summary>
internal static class TableCheck
{
    /// <summary>Says every difference in a line of its own; no line: there is none.</summary>
    /// <param name="rows">The engine's table.</param>
    /// <param name="kernel">The connections of the clients' kernel.</param>
    /// <param name="listeners">What was offered to the clients.</param>
    /// <param name="expectedIss">What the ISS of a row has to be; null where that cannot be known.</param>
    internal static IReadOnlyList<string> Compare(
        IEnumerable<ConnectionRow> rows, IEnumerable<KernelConnection> kernel, IReadOnlyList<Listener> listeners, Func<ConnectionRow, uint?> expectedIss)
    {
        var differences = new List<string>();
        var byClient = new Dictionary<(IPEndPoint Client, IPEndPoint Server), KernelConnection>();
        foreach (var connection in kernel)
        {
            byClient.Add((connection.Local, connection.Remote), connection);
        }

        foreach (var row in rows)
        {
            var name = row.Key.ToString();
            if (!byClient.Remove((row.Key.RemoteEndPoint, row.Key.LocalEndPoint), out var connection))
            {
                differences.Add($"{name}: in the table, but the client's kernel has no such connection");
                continue;
            }

            if (listeners.FirstOrDefault(listener => listener.Slot == row.Listener && listener.EndPoint.Equals(row.Key.LocalEndPoint)) is not { } offered)
            {
                differences.Add($"{name}: slot {row.Listener} does not listen there");
                continue;
            }

            void Same<T>(string what, T engine, T client)
            {
                if (!EqualityComparer<T>.Default.Equals(engine, client))
                {
                    differences.Add($"{name}: {what} is {engine} in the table, and {client} for the client's kernel");
                }
            }

            var options = connection.Timestamps ? KernelConnection.TimestampsLength : 0;
            Same("the state", row.State == TcpState.Established ? "ESTAB" : row.State.ToRfcName(), connection.State);
            Same("timestamps", row.Timestamps, connection.Timestamps);
            Same("SACK", row.SackPermitted, connection.SackPermitted);
            Same("our window scale", row.OurScale, (byte?)connection.SendScale);
            Same("the client's window scale", row.PeerScale, (byte?)connection.ReceiveScale);
            Same("the client's MSS", row.Mss, connection.AdvertisedMss + options);
            Same("our MSS", Math.Min(offered.Mss, row.Mss), connection.Mss + options);
            if (row.Key.Vlan is { } vlan)
            {
                differences.Add($"{name}: VLAN {vlan}, but the clients send untagged frames");
            }

            void Number(string what, uint value, uint expected)
            {
                if (value != expected)
                {
                    differences.Add($"{name}: {what} is {value}, and should be {expected}");
                }
            }

            Number("ISS", row.Iss, expectedIss(row) ?? row.Iss);
            Number("SND.UNA", row.SndUna, row.Iss + 1);
            Number("SND.NXT", row.SndNxt, row.Iss + 1);
            Number("RCV.NXT", row.RcvNxt, row.Irs + 1);
        }

        foreach (var connection in byClient.Values)
        {
            differences.Add($"{connection.Local} -> {connection.Remote}: the client's kernel has it ({connection.State}), but it is not in the table");
        }

        return differences;
    }

}
