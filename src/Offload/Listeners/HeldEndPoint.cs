using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Sockets;

namespace Offload.Listeners;

/// <summary>An end point that is bound at the host's kernel, without listening, so that nobody else gets the port while the core
/// listens on it, or has a connection that was opened from it.</summary>
internal sealed class HeldEndPoint : IDisposable
{
    private readonly SafeSocketHandle _socket;

    private HeldEndPoint(SafeSocketHandle socket, int port, MacAddress interfaceMac)
    {
        _socket = socket;
        Port = port;
        InterfaceMac = interfaceMac;
    }

    /// <summary>The port that is held.</summary>
    public int Port { get; }

    /// <summary>MAC address of the interface that has the address; empty where none has it by itself (127.0.0.1 and the like).</summary>
    public MacAddress InterfaceMac { get; }

    /// <summary>Binds an end point in the network namespace of a host port.</summary>
    /// <exception cref="OffloadException">As a socket would fail, with the <see cref="SocketException"/> inside.</exception>
    public static Task<HeldEndPoint> BindAsync(IPEndPoint endPoint, HostPort hostPort) =>
        NetworkNamespace.RunAsync(hostPort.NetworkNamespacePath, () => Bind(endPoint, hostPort.InterfaceName));

    /// <summary>Gives the port back.</summary>
    public void Dispose() => _socket.Dispose();

    /// <summary>Binds an end point in the calling thread's network namespace; port 0: one that the kernel gives.</summary>
    /// <param name="endPoint">What is bound.</param>
    /// <param name="hostInterface">Interface whose MAC is taken where several have the address.</param>
    /// <exception cref="OffloadException">As a socket would fail, with the <see cref="SocketException"/> inside.</exception>
    public static HeldEndPoint Bind(IPEndPoint endPoint, string hostInterface)
    {
        // Not System.Net.Sockets.Socket: that sets SO_REUSEADDR before it binds, and then two holders of one port do not see each other.
        SafeSocketHandle socket = PosixSocket.Open(endPoint.AddressFamily);
        try
        {
            BindBesideRemains(socket, endPoint);
            return new HeldEndPoint(socket, PosixSocket.PortOf(socket, endPoint), FindMac(endPoint.Address, hostInterface));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw Explain(endPoint, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Binds it beside what is left of connections of the port: adopted sockets that live on, those that the kernel still closes after their
    /// process has ended, TIME-WAIT. They have SO_REUSEADDR; whoever holds or listens does not share.</summary>
    private static void BindBesideRemains(SafeSocketHandle socket, IPEndPoint endPoint)
    {
        try
        {
            PosixSocket.Bind(socket, endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && endPoint.Port != 0)
        {
            if (PosixSocket.TryReuseAddress(socket) != 0)
            {
                throw;
            }

            PosixSocket.Bind(socket, endPoint);
            if (PosixSocket.TryReuseAddress(socket, reuse: false) != 0)
            {
                throw;
            }
        }
    }

    private static OffloadException Explain(IPEndPoint endPoint, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse when endPoint.Port == 0 => new OffloadException(
            OffloadError.AddressInUse,
            $"The kernel has no ephemeral port left on {endPoint.Address}. End connections, or widen net.ipv4.ip_local_port_range.", exception),
        SocketError.AddressAlreadyInUse => new OffloadException(
            OffloadError.AddressInUse, $"{endPoint} is in use by a socket of the host's kernel. Stop whoever has it, or take another port.", exception),
        SocketError.AddressNotAvailable => new OffloadException(
            OffloadError.AddressNotAvailable, $"{endPoint.Address} is not an address of the host behind the board. Give it to the host port's interface first.", exception),
        SocketError.AccessDenied => new OffloadException(
            OffloadError.PermissionDenied, $"Port {endPoint.Port} needs CAP_NET_BIND_SERVICE (or root).", exception),
        _ => new OffloadException(OffloadError.AddressNotAvailable, $"{endPoint} cannot be bound: {exception.Message}", exception),
    };

    /// <summary>MAC of the interface that has the address: the host port's, where several have it.</summary>
    private static MacAddress FindMac(IPAddress address, string hostInterface)
    {
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces().OrderByDescending(each => each.Name == hostInterface))
        {
            if (candidate.GetPhysicalAddress().GetAddressBytes() is { Length: 6 } bytes
                && candidate.GetIPProperties().UnicastAddresses.Any(unicast => SameAddress(unicast.Address, address)))
            {
                return MacAddress.FromBytes(bytes);
            }
        }

        return default;
    }

    private static bool SameAddress(IPAddress one, IPAddress other) => one.GetAddressBytes().AsSpan().SequenceEqual(other.GetAddressBytes());
}
