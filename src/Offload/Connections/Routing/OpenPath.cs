using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Listeners;

namespace Offload.Connections.Routing;

/// <summary>How an open gets from the host to the peer: the end point that is held at the kernel, and the two MAC addresses.</summary>
/// <param name="Local">Our end point.</param>
/// <param name="LocalMac">Our MAC address.</param>
/// <param name="NextHopMac">The next hop's.</param>
/// <param name="Hold">What holds the end point at the kernel; null where no kernel is behind the host port.</param>
internal sealed record OpenPath(IPEndPoint Local, MacAddress LocalMac, MacAddress NextHopMac, HeldEndPoint? Hold)
{
    private const int DiscardPort = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>Finds the path that the kernel behind the host port would take, and binds our end point there.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.NoRoute"/>, <see cref="OffloadError.NextHopUnreachable"/>, or as for a bind.</exception>
    public static Task<OpenPath> FindAsync(ConnectionOpenOptions options, HostPort? hostPort, CancellationToken cancellationToken) =>
        hostPort is null
            ? Task.FromResult(WithoutKernel(options))
            : NetworkNamespace.RunAsync(hostPort.NetworkNamespacePath, () => Find(options, hostPort, cancellationToken));

    private static OpenPath WithoutKernel(ConnectionOpenOptions options) =>
        options is { LocalAddress: { } address, LocalPort: { } port, LocalMac: { } local, NextHopMac: { } remote }
            ? new OpenPath(new IPEndPoint(address, port), local, remote, null)
            : throw new OffloadException(
                OffloadError.NoRoute,
                "No kernel is behind the board's host port that knows routes and neighbours. Give LocalAddress, LocalPort, LocalMac and NextHopMac.");

    private static OpenPath Find(ConnectionOpenOptions options, HostPort hostPort, CancellationToken cancellationToken)
    {
        IPAddress remote = Plain(options.RemoteEndPoint.Address);
        IPAddress? local = options.LocalAddress is { } given ? Plain(given) : null;
        using RouteSocket routes = new();
        KernelRoute? route = local is null || options.NextHopMac is null ? FindRoute(routes, options, remote, local, hostPort) : null;
        if (local is null)
        {
            local = route!.Source ?? throw new OffloadException(
                OffloadError.NoRoute, $"The kernel's route to {remote} names no source address. Give LocalAddress, or give the interface an address.");
            if (local.IsIPv6LinkLocal)
            {
                local.ScopeId = route.InterfaceIndex;
            }
        }

        HeldEndPoint hold = HeldEndPoint.Bind(new IPEndPoint(local, options.LocalPort ?? 0), hostPort.InterfaceName);
        try
        {
            MacAddress nextHop = options.NextHopMac ?? Resolve(routes, route!, remote, options.ResolveTimeout, cancellationToken);
            MacAddress localMac = options.LocalMac ?? (hold.InterfaceMac.IsEmpty ? hostPort.MacAddress : hold.InterfaceMac);
            return new OpenPath(new IPEndPoint(local, hold.Port), localMac, nextHop, hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private static KernelRoute FindRoute(RouteSocket routes, ConnectionOpenOptions options, IPAddress remote, IPAddress? local, HostPort hostPort)
    {
        KernelRoute? route = routes.FindRoute(remote, local);
        if (route is { Kind: RouteSocket.Local })
        {
            throw new OffloadException(
                OffloadError.NoRoute, $"{remote} is an address of the host behind the board itself. Connect to it by an ordinary socket.");
        }

        if (route is not { Kind: RouteSocket.Unicast, InterfaceIndex: > 0 })
        {
            throw new OffloadException(
                OffloadError.NoRoute, $"The host behind the board has no route to {remote}. Add one through {hostPort.InterfaceName} (ip route add), or give NextHopMac.");
        }

        // A VLAN's route leads out of an interface of its own, on top of the host port's.
        string output = RouteSocket.NameOf(route.InterfaceIndex);
        return output == hostPort.InterfaceName || options.Vlan is not null
            ? route
            : throw new OffloadException(
                OffloadError.NoRoute,
                $"The route to {remote} leads out of {output} and not through the board ({hostPort.InterfaceName}). Add a route through the board, or give "
                + "LocalAddress and NextHopMac.");
    }

    /// <summary>The next hop's MAC address; where the kernel has none, a datagram makes it ask.</summary>
    private static MacAddress Resolve(RouteSocket routes, KernelRoute route, IPAddress remote, TimeSpan within, CancellationToken cancellationToken)
    {
        IPAddress nextHop = route.Gateway ?? remote;
        if (routes.FindNeighbour(route.InterfaceIndex, nextHop) is { } known)
        {
            return known;
        }

        using Socket asker = new(nextHop.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        IPEndPoint target = new(nextHop.AddressFamily == AddressFamily.InterNetworkV6 && nextHop.IsIPv6LinkLocal
            ? new IPAddress(nextHop.GetAddressBytes(), route.InterfaceIndex)
            : nextHop, DiscardPort);
        long start = Stopwatch.GetTimestamp();
        TimeSpan nextQuestion = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(start) is var waited && waited < within)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (waited >= nextQuestion)
            {
                Ask(asker, target);
                nextQuestion = waited + AskAgain;
            }

            if (routes.FindNeighbour(route.InterfaceIndex, nextHop) is { } answered)
            {
                return answered;
            }

            Thread.Sleep(Pause);
        }

        throw new OffloadException(
            OffloadError.NextHopUnreachable,
            $"The next hop {nextHop} towards {remote} did not tell its MAC address within {within.TotalSeconds:0.###} s. Check that it is up and in "
            + $"reach of {RouteSocket.NameOf(route.InterfaceIndex)}, or give NextHopMac.");
    }

    private static void Ask(Socket asker, IPEndPoint target)
    {
        try
        {
            asker.SendTo(ReadOnlySpan<byte>.Empty, SocketFlags.None, target);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostUnreachable or SocketError.NetworkUnreachable
            or SocketError.ConnectionRefused or SocketError.HostDown or SocketError.NoBufferSpaceAvailable)
        {
            // What an earlier question came to; this one, or the next, asks again.
        }
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
