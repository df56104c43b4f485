using Offload.Registers;

namespace Offload.Connections;

/// <summary>Between the words of the core's layouts and the rows of the API.</summary>
internal static class ConnectionWords
{
    private const uint NoScale = 15;

    /// <summary>Words of the layout <c>entry</c> as a row.</summary>
    public static ConnectionRow ReadRow(ReadOnlySpan<uint> words, int index)
    {
        EntryLayout entry = new(words);
        return new ConnectionRow
        {
            Index = index,
            Key = ReadKey(entry.Key),
            State = entry.State,
            Owner = entry.Owner,
            Origin = entry.Origin,
            Listener = (byte)entry.Listener,
            Epoch = (byte)entry.Epoch,
            Iss = entry.Iss,
            Irs = entry.Irs,
            SndUna = entry.SndUna,
            SndNxt = entry.SndNxt,
            RcvNxt = entry.RcvNxt,
            SndWl1 = entry.SndWl1,
            PeerWindow = (ushort)entry.PeerWindow,
            PeerScale = Scale(entry.PeerScale),
            OurWindow = (ushort)entry.OurWindow,
            OurScale = Scale(entry.OurScale),
            Mss = (ushort)entry.Mss,
            SackPermitted = entry.SackPermitted,
            Timestamps = entry.Timestamps,
            TsRecent = entry.TsRecent,
            TsRecentAge = (ushort)entry.TsRecentAge,
            TsOffset = entry.TsOffset,
            RemoteMac = new MacAddress(entry.RemoteMac),
            Deadline = entry.DeadlineSet ? entry.Deadline : null,
            PeerFin = entry.PeerFin,
            Reused = entry.Reused,
            Retries = (byte)entry.Retries,
            LastAckTick = entry.AckLimited ? (ushort)entry.LastAckTick : null,
            CreatedMicroseconds = entry.Created,
        };
    }

    /// <summary>Words of the layout <c>event</c> as an event.</summary>
    public static ConnectionEvent ReadEvent(ReadOnlySpan<uint> words, ulong lost)
    {
        EventLayout item = new(words);
        return new ConnectionEvent
        {
            Kind = ConnectionEventKind.Connection,
            LostEvents = lost,
            Connection = ReadRow(words, (int)item.Index),
            Established = item.Established,
            PeerClosed = item.PeerClosed,
            IcmpError = item.IcmpError,
            IcmpType = (byte)item.IcmpType,
            IcmpCode = (byte)item.IcmpCode,
            Closed = item.Closed,
            Reason = item.Reason,
            TimeMicroseconds = item.Time,
        };
    }

    /// <summary>Words of the layout <c>key</c> as a key.</summary>
    public static ConnectionKey ReadKey(KeyLayout key) => new(
        new NetworkAddress(key.LocalAddress), (ushort)key.LocalPort, new NetworkAddress(key.RemoteAddress), (ushort)key.RemotePort,
        key.Tagged ? (ushort)key.Vlan : null);

    /// <summary>A key as words of the layout <c>key</c>.</summary>
    public static void Write(in ConnectionKey key, Span<uint> words)
    {
        KeyLayoutWriter writer = new(words);
        writer.RemotePort = key.RemotePort;
        writer.LocalPort = key.LocalPort;
        writer.RemoteAddress = key.RemoteAddress.Value;
        writer.LocalAddress = key.LocalAddress.Value;
        writer.Tagged = key.Vlan.HasValue;
        writer.Vlan = (uint)(key.Vlan ?? 0) & 0xFFF;
    }

    private static byte? Scale(uint value) => value == NoScale ? null : (byte)value;
}
