using System.Net;
using Offload.Connections;
using Offload.Isn;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Tests.Fakes;

/// <summary>Entries, events and files for tests.</summary>
internal static class Samples
{
    public static readonly IPAddress Local = IPAddress.Parse("192.168.1.123");

    public static ConnectionKey Key(int remotePort, ushort? vlan = null) => ConnectionKey.FromEndPoints(
        new IPEndPoint(Local, 7788), new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort), vlan);

    public static uint[] Entry(ConnectionKey key, ulong created, TcpState state = TcpState.Established, int listener = 0, uint iss = 1739326486)
    {
        uint[] words = new uint[EntryLayout.Words];
        ConnectionWords.Write(key, words);
        Set(words, "state", (uint)state);
        Set(words, "listener", (uint)listener);
        Set(words, "iss", iss);
        Set(words, "irs", 3626544836);
        Set(words, "created", created);
        Set(words, "peer_scale", 15);
        Set(words, "our_scale", 7);
        Set(words, "remote_mac", 0x020000000001);
        Set(words, "mss", 1460);
        return words;
    }

    /// <summary>An entry as the core would make it under a key.</summary>
    public static uint[] EntryUnder(byte[] isnKey, ConnectionKey key, ulong created)
    {
        byte[] message = new byte[36];
        key.LocalAddress.WriteTo(message);
        key.RemoteAddress.WriteTo(message.AsSpan(16));
        message[32] = (byte)(key.LocalPort >> 8);
        message[33] = (byte)key.LocalPort;
        message[34] = (byte)(key.RemotePort >> 8);
        message[35] = (byte)key.RemotePort;
        ulong hash = SipHash.Compute(isnKey, message);
        uint[] words = Entry(key, created, iss: unchecked((uint)(created / 4) + (uint)hash));
        Set(words, "ts_offset", hash >> 32);
        return words;
    }

    public static uint[] Event(uint[] entry, int index, bool established = true)
    {
        uint[] words = new uint[EventLayout.Words];
        entry.CopyTo(words, 0);
        foreach ((string name, UInt128 value) in new (string, UInt128)[] { ("index", (uint)index), ("established", established ? 1u : 0u), ("time", 4242) })
        {
            EventLayout.Fields.First(field => field.Name == name).Set(words, value);
        }

        return words;
    }

    /// <summary>Writes a bitstream container.</summary>
    public static string Bitstream(string directory, string version)
    {
        string path = Path.Combine(directory, $"fake-{version}.obit");
        File.WriteAllBytes(path, BitstreamWriter.Pack("fake", 0x12345678, version, RegisterMap.Canonical, BitstreamPayload.Ecp5, [1, 2, 3, 4]));
        return path;
    }

    private static void Set(uint[] words, string name, UInt128 value) => EntryLayout.Fields.First(field => field.Name == name).Set(words, value);
}
