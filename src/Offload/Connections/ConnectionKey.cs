using System.Net;

namespace Offload.Connections;

/// <summary>What names a connection: both end points and the VLAN. The core always compares all of it.</summary>
/// <param name="LocalAddress">Our address.</param>
/// <param name="LocalPort">Our port.</param>
/// <param name="RemoteAddress">The peer's address.</param>
/// <param name="RemotePort">The peer's port.</param>
/// <param name="Vlan">VLAN identifier (0 to 4094) of the connection's tagged frames; null: they are untagged.</param>
public readonly record struct ConnectionKey(
    NetworkAddress LocalAddress, ushort LocalPort, NetworkAddress RemoteAddress, ushort RemotePort, ushort? Vlan = null)
{
    /// <summary>Makes a key from end points.</summary>
    /// <param name="local">Our end point.</param>
    /// <param name="remote">The peer's end point, of the same address family.</param>
    /// <param name="vlan">VLAN identifier (0 to 4094); null: untagged.</param>
    public static ConnectionKey FromEndPoints(IPEndPoint local, IPEndPoint remote, ushort? vlan = null)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        return new ConnectionKey(
            NetworkAddress.FromIPAddress(local.Address), (ushort)local.Port, NetworkAddress.FromIPAddress(remote.Address), (ushort)remote.Port, vlan);
    }

    /// <summary>Our end point. Allocates.</summary>
    public IPEndPoint LocalEndPoint => new(LocalAddress.ToIPAddress(), LocalPort);

    /// <summary>The peer's end point. Allocates.</summary>
    public IPEndPoint RemoteEndPoint => new(RemoteAddress.ToIPAddress(), RemotePort);

    /// <summary>Local and remote end point, and the VLAN where there is one.</summary>
    public override string ToString()
    {
        string vlan = Vlan is { } id ? $" vlan {id}" : "";
        return LocalAddress.IsIPv4
            ? $"{LocalAddress}:{LocalPort} <- {RemoteAddress}:{RemotePort}{vlan}"
            : $"[{LocalAddress}]:{LocalPort} <- [{RemoteAddress}]:{RemotePort}{vlan}";
    }
}
