using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Offload.Registers;

namespace Offload.RegisterMap.Tests;

/// <summary>The readers and writers of layouts, against bits taken one at a time.</summary>
public sealed class LayoutTests
{
    private const int Rounds = 200;

    private delegate object Reader(ReadOnlySpan<uint> words);

    private static readonly Dictionary<string, Reader> KeyReaders = new()
    {
        ["remote_port"] = words => new KeyLayout(words).RemotePort,
        ["local_port"] = words => new KeyLayout(words).LocalPort,
        ["remote_address"] = words => new KeyLayout(words).RemoteAddress,
        ["local_address"] = words => new KeyLayout(words).LocalAddress,
        ["vlan"] = words => new KeyLayout(words).Vlan,
        ["tagged"] = words => new KeyLayout(words).Tagged,
    };

    private static readonly Dictionary<string, Reader> EntryReaders = new()
    {
        ["key.remote_port"] = words => new EntryLayout(words).KeyRemotePort,
        ["key.local_port"] = words => new EntryLayout(words).KeyLocalPort,
        ["key.remote_address"] = words => new EntryLayout(words).KeyRemoteAddress,
        ["key.local_address"] = words => new EntryLayout(words).KeyLocalAddress,
        ["key.vlan"] = words => new EntryLayout(words).KeyVlan,
        ["key.tagged"] = words => new EntryLayout(words).KeyTagged,
        ["state"] = words => new EntryLayout(words).State,
        ["owner"] = words => new EntryLayout(words).Owner,
        ["origin"] = words => new EntryLayout(words).Origin,
        ["listener"] = words => new EntryLayout(words).Listener,
        ["epoch"] = words => new EntryLayout(words).Epoch,
        ["iss"] = words => new EntryLayout(words).Iss,
        ["irs"] = words => new EntryLayout(words).Irs,
        ["snd_una"] = words => new EntryLayout(words).SndUna,
        ["snd_nxt"] = words => new EntryLayout(words).SndNxt,
        ["rcv_nxt"] = words => new EntryLayout(words).RcvNxt,
        ["snd_wl1"] = words => new EntryLayout(words).SndWl1,
        ["peer_window"] = words => new EntryLayout(words).PeerWindow,
        ["peer_scale"] = words => new EntryLayout(words).PeerScale,
        ["our_window"] = words => new EntryLayout(words).OurWindow,
        ["our_scale"] = words => new EntryLayout(words).OurScale,
        ["mss"] = words => new EntryLayout(words).Mss,
        ["sack_permitted"] = words => new EntryLayout(words).SackPermitted,
        ["timestamps"] = words => new EntryLayout(words).Timestamps,
        ["ts_recent"] = words => new EntryLayout(words).TsRecent,
        ["ts_recent_age"] = words => new EntryLayout(words).TsRecentAge,
        ["ts_offset"] = words => new EntryLayout(words).TsOffset,
        ["remote_mac"] = words => new EntryLayout(words).RemoteMac,
        ["deadline"] = words => new EntryLayout(words).Deadline,
        ["deadline_set"] = words => new EntryLayout(words).DeadlineSet,
        ["peer_fin"] = words => new EntryLayout(words).PeerFin,
        ["reused"] = words => new EntryLayout(words).Reused,
        ["retries"] = words => new EntryLayout(words).Retries,
        ["last_ack_tick"] = words => new EntryLayout(words).LastAckTick,
        ["ack_limited"] = words => new EntryLayout(words).AckLimited,
        ["created"] = words => new EntryLayout(words).Created,
    };

    private static readonly Dictionary<string, Reader> EventReaders = new()
    {
        ["entry.key.remote_port"] = words => new EventLayout(words).EntryKeyRemotePort,
        ["entry.key.local_port"] = words => new EventLayout(words).EntryKeyLocalPort,
        ["entry.key.remote_address"] = words => new EventLayout(words).EntryKeyRemoteAddress,
        ["entry.key.local_address"] = words => new EventLayout(words).EntryKeyLocalAddress,
        ["entry.key.vlan"] = words => new EventLayout(words).EntryKeyVlan,
        ["entry.key.tagged"] = words => new EventLayout(words).EntryKeyTagged,
        ["entry.state"] = words => new EventLayout(words).EntryState,
        ["entry.owner"] = words => new EventLayout(words).EntryOwner,
        ["entry.origin"] = words => new EventLayout(words).EntryOrigin,
        ["entry.listener"] = words => new EventLayout(words).EntryListener,
        ["entry.epoch"] = words => new EventLayout(words).EntryEpoch,
        ["entry.iss"] = words => new EventLayout(words).EntryIss,
        ["entry.irs"] = words => new EventLayout(words).EntryIrs,
        ["entry.snd_una"] = words => new EventLayout(words).EntrySndUna,
        ["entry.snd_nxt"] = words => new EventLayout(words).EntrySndNxt,
        ["entry.rcv_nxt"] = words => new EventLayout(words).EntryRcvNxt,
        ["entry.snd_wl1"] = words => new EventLayout(words).EntrySndWl1,
        ["entry.peer_window"] = words => new EventLayout(words).EntryPeerWindow,
        ["entry.peer_scale"] = words => new EventLayout(words).EntryPeerScale,
        ["entry.our_window"] = words => new EventLayout(words).EntryOurWindow,
        ["entry.our_scale"] = words => new EventLayout(words).EntryOurScale,
        ["entry.mss"] = words => new EventLayout(words).EntryMss,
        ["entry.sack_permitted"] = words => new EventLayout(words).EntrySackPermitted,
        ["entry.timestamps"] = words => new EventLayout(words).EntryTimestamps,
        ["entry.ts_recent"] = words => new EventLayout(words).EntryTsRecent,
        ["entry.ts_recent_age"] = words => new EventLayout(words).EntryTsRecentAge,
        ["entry.ts_offset"] = words => new EventLayout(words).EntryTsOffset,
        ["entry.remote_mac"] = words => new EventLayout(words).EntryRemoteMac,
        ["entry.deadline"] = words => new EventLayout(words).EntryDeadline,
        ["entry.deadline_set"] = words => new EventLayout(words).EntryDeadlineSet,
        ["entry.peer_fin"] = words => new EventLayout(words).EntryPeerFin,
        ["entry.reused"] = words => new EventLayout(words).EntryReused,
        ["entry.retries"] = words => new EventLayout(words).EntryRetries,
        ["entry.last_ack_tick"] = words => new EventLayout(words).EntryLastAckTick,
        ["entry.ack_limited"] = words => new EventLayout(words).EntryAckLimited,
        ["entry.created"] = words => new EventLayout(words).EntryCreated,
        ["index"] = words => new EventLayout(words).Index,
        ["established"] = words => new EventLayout(words).Established,
        ["peer_closed"] = words => new EventLayout(words).PeerClosed,
        ["closed"] = words => new EventLayout(words).Closed,
        ["icmp_error"] = words => new EventLayout(words).IcmpError,
        ["icmp_type"] = words => new EventLayout(words).IcmpType,
        ["icmp_code"] = words => new EventLayout(words).IcmpCode,
        ["reason"] = words => new EventLayout(words).Reason,
        ["time"] = words => new EventLayout(words).Time,
    };

    private static readonly Dictionary<string, Reader> ListenerReaders = new()
    {
        ["enabled"] = words => new ListenerLayout(words).Enabled,
        ["action"] = words => new ListenerLayout(words).Action,
        ["mode"] = words => new ListenerLayout(words).Mode,
        ["reset_unknown"] = words => new ListenerLayout(words).ResetUnknown,
        ["reset_data"] = words => new ListenerLayout(words).ResetData,
        ["timestamps"] = words => new ListenerLayout(words).Timestamps,
        ["sack"] = words => new ListenerLayout(words).Sack,
        ["window_scaling"] = words => new ListenerLayout(words).WindowScaling,
        ["window_scale"] = words => new ListenerLayout(words).WindowScale,
        ["any_port"] = words => new ListenerLayout(words).AnyPort,
        ["tagged"] = words => new ListenerLayout(words).Tagged,
        ["vlan"] = words => new ListenerLayout(words).Vlan,
        ["backlog"] = words => new ListenerLayout(words).Backlog,
        ["host_lost"] = words => new ListenerLayout(words).HostLost,
        ["window"] = words => new ListenerLayout(words).Window,
        ["mss"] = words => new ListenerLayout(words).Mss,
        ["port"] = words => new ListenerLayout(words).Port,
        ["address"] = words => new ListenerLayout(words).Address,
        ["mac"] = words => new ListenerLayout(words).Mac,
    };

    [Fact]
    public void Key_reads_every_field() => ReadsEveryField(typeof(KeyLayout), "key", KeyLayout.Words, KeyLayout.Bits, KeyLayout.Fields, KeyReaders);

    [Fact]
    public void Entry_reads_every_field() =>
        ReadsEveryField(typeof(EntryLayout), "entry", EntryLayout.Words, EntryLayout.Bits, EntryLayout.Fields, EntryReaders);

    [Fact]
    public void Event_reads_every_field() =>
        ReadsEveryField(typeof(EventLayout), "event", EventLayout.Words, EventLayout.Bits, EventLayout.Fields, EventReaders);

    [Fact]
    public void Listener_reads_every_field() =>
        ReadsEveryField(typeof(ListenerLayout), "listener", ListenerLayout.Words, ListenerLayout.Bits, ListenerLayout.Fields, ListenerReaders);

    [Fact]
    public void An_inner_layout_reads_what_the_outer_one_does()
    {
        var words = Words(new Random(1), EventLayout.Words);
        var layout = new EventLayout(words);
        Assert.Equal(layout.EntryKeyLocalAddress, layout.Entry.Key.LocalAddress);
        Assert.Equal(layout.EntryKeyTagged, layout.Entry.KeyTagged);
        Assert.Equal(layout.EntryCreated, layout.Entry.Created);
    }

    [Fact]
    public void Readers_allocate_nothing()
    {
        var words = Words(new Random(2), EventLayout.Words);
        var sum = Sum(words);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sum += Sum(words);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(UInt128.Zero, sum);
    }

    [Fact]
    public void Too_few_words_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new EntryLayout(new uint[EntryLayout.Words - 1]).Iss);
        Assert.Throws<ArgumentException>(() => new KeyLayoutWriter(new uint[KeyLayout.Words - 1]).Vlan);
    }

    [Fact]
    public void A_written_key_reads_back()
    {
        var words = new uint[KeyLayout.Words];
        var address = (UInt128)0xFFFF_C000_0201u;
        var writer = new KeyLayoutWriter(words) { RemotePort = 40_000, LocalPort = 80, RemoteAddress = address, LocalAddress = address + 1, Vlan = 7, Tagged = true };
        var reader = new KeyLayout(words);
        Assert.Equal((40_000u, 80u, address, address + 1, 7u, true), (reader.RemotePort, reader.LocalPort, reader.RemoteAddress, reader.LocalAddress, reader.Vlan, reader.Tagged));
        Assert.Equal((reader.RemotePort, reader.LocalAddress), (writer.RemotePort, writer.LocalAddress));
    }

    [Fact]
    public void A_written_listener_reads_back()
    {
        var words = new uint[ListenerLayout.Words];
        _ = new ListenerLayoutWriter(words)
        {
            Enabled = true,
            Action = ListenerAction.Drop,
            Mode = ListenerMode.Adopt,
            WindowScale = 9,
            Mss = 1460,
            Port = 8080,
            Address = UInt128.MaxValue,
            Mac = 0x0200_0000_0001,
        };
        var reader = new ListenerLayout(words);
        Assert.Equal((true, ListenerAction.Drop, ListenerMode.Adopt, 9u), (reader.Enabled, reader.Action, reader.Mode, reader.WindowScale));
        Assert.Equal((1460u, 8080u, UInt128.MaxValue, 0x0200_0000_0001ul), (reader.Mss, reader.Port, reader.Address, reader.Mac));
        Assert.Equal((false, 0u, false), (reader.ResetData, reader.Window, reader.AnyPort));
    }

    [Fact]
    public void Writing_a_field_leaves_every_other_bit()
    {
        var random = new Random(3);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var field in EntryLayout.Fields)
            {
                var words = Words(random, EntryLayout.Words);
                var expected = (uint[])words.Clone();
                var value = NaiveLayouts.Bits(Words(random, 4), 0, field.Width);
                for (var bit = 0; bit < field.Width; bit++)
                {
                    var mask = 1u << ((field.Lsb + bit) % 32);
                    ref var word = ref expected[(field.Lsb + bit) / 32];
                    word = (value >> bit & UInt128.One) != UInt128.Zero ? word | mask : word & ~mask;
                }

                field.Set(words, value);
                Assert.Equal(expected, words);
            }
        }
    }

    [Fact]
    public void A_value_that_does_not_fit_is_refused_and_changes_nothing()
    {
        var words = new uint[ListenerLayout.Words];
        Assert.Throws<ArgumentOutOfRangeException>(() => new ListenerLayoutWriter(words) { WindowScale = 16 }.Mss);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ListenerLayoutWriter(words) { Mac = 1ul << 48 }.Mss);
        Assert.All(ListenerLayout.Fields.Where(field => field.Width < 128), field =>
            Assert.Throws<ArgumentOutOfRangeException>(() => field.Set(words, UInt128.One << field.Width)));
        Assert.All(words, word => Assert.Equal(0u, word));
    }

    private static UInt128 Sum(ReadOnlySpan<uint> words)
    {
        var layout = new EventLayout(words);
        return layout.EntryKeyLocalAddress + layout.Entry.Iss + layout.EntryRemoteMac + layout.Time + (uint)layout.Reason + layout.Entry.Key.Vlan;
    }

    private static void ReadsEveryField(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type,
        string name,
        int wordCount,
        int bitCount,
        IReadOnlyList<LayoutField> fields,
        Dictionary<string, Reader> readers)
    {
        var places = NaiveLayouts.Of(name);
        Assert.Equal(bitCount, places.Sum(place => place.Width));
        Assert.Equal((bitCount + 31) / 32, wordCount);
        Assert.Equal(places, fields.Select(field => (field.Name, field.Lsb, field.Width)));
        Assert.Equal(places.Select(place => place.Path), readers.Keys);
        var readable = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Count(property => !property.PropertyType.IsByRefLike);
        Assert.Equal(readable, readers.Count);

        var random = new Random(bitCount);
        for (var round = 0; round < Rounds; round++)
        {
            var words = Words(random, wordCount);
            foreach (var ((path, lsb, width), field) in places.Zip(fields))
            {
                var expected = NaiveLayouts.Bits(words, lsb, width);
                Assert.Equal(expected, Number(readers[path](words)));
                Assert.Equal(expected, field.Get(words));
            }
        }
    }

    private static UInt128 Number(object value) => value switch
    {
        bool flag => flag ? UInt128.One : UInt128.Zero,
        UInt128 number => number,
        Enum => Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => (ulong)Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static uint[] Words(Random random, int count)
    {
        var words = new uint[count];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }
}
