using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Offload.Connections;

namespace Offload.Sockets;

/// <summary>Which connection an adopted socket had in the core: its key (the VLAN is not the socket's to know) and creation time.</summary>
internal static class AdoptedSockets
{
    private static readonly ConditionalWeakTable<Socket, Adopted> Known = [];

    /// <summary>Notes a socket, for as long as it lives.</summary>
    public static void Add(Socket socket, in ConnectionRow row) => Known.Add(socket, new Adopted(row.Key, row.CreatedMicroseconds));

    /// <summary>What was noted of a socket; null where it was not adopted here.</summary>
    public static Adopted? Find(Socket socket) => Known.TryGetValue(socket, out Adopted? adopted) ? adopted : null;

    /// <summary>An adopted connection.</summary>
    /// <param name="Key">What names it.</param>
    /// <param name="CreatedMicroseconds">Its creation time.</param>
    internal sealed record Adopted(ConnectionKey Key, ulong CreatedMicroseconds);
}
