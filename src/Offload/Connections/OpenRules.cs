using System.Net;
using System.Net.Sockets;
using Offload.Connections.Routing;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Connections;

/// <summary>What an open's options must keep to, and what its end means.</summary>
internal static class OpenRules
{
    private const int EveryBacklog = ushort.MaxValue;
    private static readonly TimeSpan LongestResolve = TimeSpan.FromSeconds(60);
    private static readonly IPEndPoint NoEndPoint = new(IPAddress.IPv6None, 0);

    /// <summary>Throws <see cref="ArgumentException"/> where a value is outside its range.</summary>
    public static void Check(ConnectionOpenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.RemoteEndPoint, nameof(options));
        ListenerRules.CheckHost(options.RemoteEndPoint.Address, "A peer");
        ListenerRules.Range(options.RemoteEndPoint.Port, 1, ushort.MaxValue, "The peer's port");
        if (options.LocalAddress is { } local)
        {
            ListenerRules.CheckHost(local, "An open");
            if (NetworkAddress.FromIPAddress(local).IsIPv4 != NetworkAddress.FromIPAddress(options.RemoteEndPoint.Address).IsIPv4)
            {
                throw new ArgumentException($"{local} and {options.RemoteEndPoint.Address} are not of the same address family.", nameof(options));
            }
        }

        ListenerRules.Range(options.LocalPort ?? 1, 1, ushort.MaxValue, "The local port");
        ListenerRules.Range(options.Mss ?? ListenerRules.LeastMss, ListenerRules.LeastMss, ushort.MaxValue, "The MSS");
        ListenerRules.Range(options.Window, 0, ushort.MaxValue, "The window");
        ListenerRules.Range(options.WindowScale, 0, 14, "The window scale");
        ListenerRules.Range(options.Vlan ?? 0, 0, 4094, "The VLAN");
        ListenerRules.CheckStation(options.LocalMac);
        ListenerRules.CheckStation(options.NextHopMac);
        if (!Enum.IsDefined(options.Mode))
        {
            throw new ArgumentException("The mode is none that is defined.", nameof(options));
        }

        if (options.ResolveTimeout < TimeSpan.Zero || options.ResolveTimeout > LongestResolve)
        {
            throw new ArgumentException($"The time to resolve is {options.ResolveTimeout}; it has to be 0 to {LongestResolve.TotalSeconds} s.", nameof(options));
        }
    }

    /// <summary>What the core's slot has to say for an open; equal for opens that may share one.</summary>
    public static Listener Profile(ConnectionOpenOptions options, MacAddress localMac) => new(
        -1, NoEndPoint, ListenerAction.Accept, options.Mode,
        options.Mss ?? ListenerRules.DefaultMss(NetworkAddress.FromIPAddress(options.RemoteEndPoint.Address).IsIPv4), options.Window, options.WindowScale,
        options.WindowScaling, options.Timestamps, options.Sack, options.Vlan, ResetUnknown: false, options.ResetData, localMac, EveryBacklog, HostLost.Pass);

    /// <summary>The key of an open.</summary>
    public static ConnectionKey Key(ConnectionOpenOptions options, OpenPath path) =>
        ConnectionKey.FromEndPoints(path.Local, options.RemoteEndPoint, (ushort?)options.Vlan);

    /// <summary>What it means that the core did not take an OPEN.</summary>
    public static OffloadException NotTaken(CommandStatus status, ConnectionKey key, ReadOnlySpan<uint> answer) => status switch
    {
        CommandStatus.Exists => new OffloadException(
            OffloadError.ConnectionExists,
            $"Open: the core has a connection {key} already, in {new EntryLayout(answer).State.ToRfcName()}. Take another local port, or wait for its end or abort it.",
            new SocketException((int)SocketError.AddressAlreadyInUse)),
        CommandStatus.Full => new OffloadException(
            OffloadError.TableFull, $"Open {key}: every entry of the core's table is in use. Close, abort or flush connections, then open again."),
        CommandStatus.WrongState => new OffloadException(
            OffloadError.CommandUnsupported, $"Open {key}: the engine is not enabled. Set control.control.enable, or open the board again."),
        _ => new OffloadException(OffloadError.LinkFault, $"Open {key}: the core does not know the slot that was just written. Load the bitstream again."),
    };

    /// <summary>What it means that an open's entry was freed before it became ESTABLISHED.</summary>
    public static OffloadException Failed(ConnectionKey key, CloseReason reason) => reason switch
    {
        CloseReason.Refused or CloseReason.ResetByPeer => new OffloadException(
            OffloadError.ConnectionRefused, $"Open {key}: the peer refused it (RST). Check that something listens there, and open again.",
            new SocketException((int)SocketError.ConnectionRefused)),
        CloseReason.TimedOut => new OffloadException(
            OffloadError.ConnectionTimedOut,
            $"Open {key}: the peer did not answer any of the SYNs. Check address, route and firewalls, or raise tcp_syn_retries, and open again.",
            new SocketException((int)SocketError.TimedOut)),
        CloseReason.None => new OffloadException(
            OffloadError.ConnectionAborted, $"Open {key}: it ended, and the event that says why was lost. Open again.",
            new SocketException((int)SocketError.ConnectionAborted)),
        _ => new OffloadException(
            OffloadError.ConnectionAborted, $"Open {key}: it was ended before it was answered ({reason}). Open again if that was not meant.",
            new SocketException((int)SocketError.ConnectionAborted)),
    };
}
