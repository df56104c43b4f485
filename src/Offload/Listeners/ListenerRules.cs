using System.Net;
using System.Net.Sockets;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Listeners;

/// <summary>What a listener's options must keep to, whoever asks.</summary>
internal static class ListenerRules
{
    private const int DefaultMssIPv4 = 1460;
    private const int DefaultMssIPv6 = 1440;

    /// <summary>Least MSS.</summary>
    public const int LeastMss = 64;

    /// <summary>Throws <see cref="ArgumentException"/> where a value is outside its range.</summary>
    public static void Check(ListenerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.EndPoint, nameof(options));
        CheckHost(options.EndPoint.Address, "A listener");
        Range(options.EndPoint.Port, 1, ushort.MaxValue, "The port");
        Range(options.Mss ?? DefaultMssIPv4, LeastMss, ushort.MaxValue, "The MSS");
        Range(options.Window, 0, ushort.MaxValue, "The window");
        Range(options.WindowScale, 0, 14, "The window scale");
        Range(options.Vlan ?? 0, 0, 4094, "The VLAN");
        Range(options.Backlog, 1, ushort.MaxValue, "The backlog");
        if (!Enum.IsDefined(options.Action) || !Enum.IsDefined(options.Mode) || !Enum.IsDefined(options.HostLost))
        {
            throw new ArgumentException("The action, the mode or what happens without the host is none that is defined.", nameof(options));
        }

        CheckStation(options.Mac);
    }

    /// <summary>Throws <see cref="ArgumentException"/> where an address is the wildcard or a group's.</summary>
    /// <param name="address">The address.</param>
    /// <param name="what">What it is wanted for, at the head of the message.</param>
    public static void CheckHost(IPAddress address, string what)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any))
        {
            throw new ArgumentException($"{what} needs one address; the wildcard would stand for addresses that the core does not know.", nameof(address));
        }

        bool multicast = plain.AddressFamily == AddressFamily.InterNetworkV6
            ? plain.IsIPv6Multicast
            : (NetworkAddress.FromIPAddress(plain).Value & 0xF0000000) == 0xE0000000 || plain.Equals(IPAddress.Broadcast);
        if (multicast)
        {
            throw new ArgumentException($"{plain} is a multicast or broadcast address; TCP knows only single hosts.", nameof(address));
        }
    }

    /// <summary>Throws <see cref="ArgumentException"/> where a MAC address cannot be a station's.</summary>
    public static void CheckStation(MacAddress? address)
    {
        if (address is { } mac && (mac.IsEmpty || mac.IsGroup || mac.Value >> 48 != 0))
        {
            throw new ArgumentException($"The MAC address {mac} is not that of a station.", nameof(address));
        }
    }

    /// <summary>Throws <see cref="ArgumentException"/> where a value is outside its range.</summary>
    public static void Range(int value, int least, int most, string what)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{what} is {value}; it has to be {least} to {most}.");
        }
    }

    /// <summary>The MSS that is used where none is given.</summary>
    public static int DefaultMss(bool isIPv4) => isIPv4 ? DefaultMssIPv4 : DefaultMssIPv6;

    /// <summary>The listener that options ask for.</summary>
    public static Listener Resolve(ListenerOptions options, int slot, MacAddress mac)
    {
        NetworkAddress address = NetworkAddress.FromIPAddress(options.EndPoint.Address);
        return new Listener(
            slot, new IPEndPoint(address.ToIPAddress(), options.EndPoint.Port), options.Action, options.Mode,
            options.Mss ?? DefaultMss(address.IsIPv4), options.Window, options.WindowScale, options.WindowScaling,
            options.Timestamps, options.Sack, options.Vlan, options.ResetUnknown, options.ResetData, mac,
            options.Backlog, options.HostLost);
    }

    /// <summary>The end point with an IPv4 address as such, not mapped; the scope of a link-local one is kept.</summary>
    public static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
