using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>The end points and connections that random events play with. Few, so that they meet again and again.</summary>
internal static class World
{
    public const ulong ServerMac = 0x02000000_0001;
    public const ulong ClientMac = 0x02000000_00C0;

    private static readonly UInt128 Four = TcpFrame.V4(0xC0000201);
    private static readonly UInt128 OtherFour = TcpFrame.V4(0xC0000202);
    private static readonly UInt128 Six = new(0x20010DB800000000, 1);
    private static readonly UInt128 OtherSix = new(0x20010DB800000000, 2);

    /// <summary>One end point of every kind.</summary>
    public static IReadOnlyList<EndPoint> Listeners { get; } =
    [
        new EndPoint { Mac = ServerMac, Address = Four, Port = 80 },
        new EndPoint { Mac = ServerMac, Address = Six, Port = 80, Window = 65535, WindowScale = 14, Mss = 1440 },
        new EndPoint { Mac = ServerMac, Address = Four, Port = 80, Tagged = true, Vlan = 100, Timestamps = false, Sack = false, WindowScaling = false, Window = 1000 },
        new EndPoint { Mac = ServerMac + 1, Address = Six, Port = 443, Tagged = true, Vlan = 100, ResetData = true, ResetUnknown = true, WindowScale = 0 },
        new EndPoint { Mac = ServerMac, Address = OtherFour, AnyPort = true, Action = Reception.Reset },
        new EndPoint { Mac = ServerMac, Address = OtherFour, Port = 81, Window = 0, Timestamps = false },
        new EndPoint { Mac = ServerMac, Address = OtherFour, Port = 82, Action = Reception.Drop },
        new EndPoint { Mac = ServerMac, Address = OtherSix, AnyPort = true, ResetUnknown = true, Sack = false, WindowScale = 3, Mss = 9000 },
        new EndPoint { Mac = ServerMac, Address = Four, AnyPort = true, Tagged = true, WindowScaling = false },
        new EndPoint { Mac = ServerMac, Address = Four, Port = 90, Adopt = true, Backlog = 2, HostLost = HostLost.Reset },
        new EndPoint { Mac = ServerMac, Address = Six, Port = 90, Adopt = true, Tagged = true, Vlan = 100, Backlog = 100, HostLost = HostLost.Drop, ResetData = true },
    ];

    /// <summary>So many of the connections take part in most runs.</summary>
    public const int Usual = 22;

    /// <summary>Connections of clients; the first ones cover every kind that opens, and those from <see cref="Usual"/> on fill a table.</summary>
    public static IReadOnlyList<Flow> Flows { get; } =
    [
        new Flow(Four, TcpFrame.V4(0xC6336401), 90, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 80, 1001, false, 0),
        new Flow(Six, new UInt128(0x20010DB8000000AA, 1), 90, 1001, true, 100),
        new Flow(Six, new UInt128(0x20010DB8000000AA, 1), 80, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 80, 1001, true, 100),
        new Flow(Six, new UInt128(0x20010DB8000000AA, 1), 443, 1001, true, 100),
        new Flow(OtherFour, TcpFrame.V4(0xC6336402), 81, 1002, false, 0),
        new Flow(OtherSix, new UInt128(0x20010DB8000000AA, 2), 7, 1002, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 80, 1002, false, 0),
        new Flow(OtherFour, TcpFrame.V4(0xC6336402), 83, 1002, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336402), 80, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336402), 90, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336403), 90, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 80, 1001, true, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 443, 1001, true, 0),
        new Flow(Six, new UInt128(0x20010DB8000000AA, 3), 80, 1003, false, 0),
        new Flow(OtherFour, TcpFrame.V4(0xC6336403), 82, 1003, false, 0),
        new Flow(OtherSix, new UInt128(0x20010DB8000000AA, 2), 8, 1002, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 81, 1001, false, 0),
        new Flow(TcpFrame.V4(0xC0000203), TcpFrame.V4(0xC6336401), 80, 1001, false, 0),
        new Flow(Six, new UInt128(0x20010DB8000000AA, 1), 443, 1001, false, 0),
        new Flow(Four, TcpFrame.V4(0xC6336401), 80, 1001, true, 101),
        .. Enumerable.Range(0, 130).Select(i => (i % 4) switch
        {
            0 => new Flow(Four, TcpFrame.V4(0xC6336500), 90, (ushort)(2000 + i), false, 0),
            1 => new Flow(Four, TcpFrame.V4(0xC6336500), 80, (ushort)(2000 + i), false, 0),
            2 => new Flow(Six, new UInt128(0x20010DB8000000AA, 5), 90, (ushort)(2000 + i), true, 100),
            _ => new Flow(Six, new UInt128(0x20010DB8000000AA, 5), 80, (ushort)(2000 + i), false, 0),
        }),
    ];

    /// <summary>The listener's MAC where one is meant, else the first.</summary>
    public static ulong MacOf(Flow flow) =>
        Listeners.FirstOrDefault(listener => listener.Address == flow.LocalAddress && listener.Tagged == flow.Tagged && listener.Port == flow.LocalPort)?.Mac ?? ServerMac;

    /// <summary>A listener of the connection's own kind; -1 for none.</summary>
    public static int ListenerOf(Flow flow)
    {
        for (int slot = 0; slot < Listeners.Count; slot++)
        {
            EndPoint listener = Listeners[slot];
            if (listener.Address == flow.LocalAddress && listener.Tagged == flow.Tagged && listener.Port == flow.LocalPort)
            {
                return slot;
            }
        }

        return -1;
    }
}
