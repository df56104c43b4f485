using System.Buffers.Binary;

namespace Offload.Engine.Tests.Model;

/// <summary>A SYN,ACK that nothing was stored for.</summary>
internal sealed record SentCookie(uint Irs, uint Iss, uint? TsVal);

/// <summary>What needs a key or the host's heart: initial sequence numbers (I1), cookies (K1-K4), and whether somebody is there at all.</summary>
internal sealed partial class TcpModel
{
    private static readonly ushort[] CookieMss = [88, 536, 1220, 1360, 1400, 1440, 1460, 8940];

    private HashSet<int> _cookiesNow = [];
    private HashSet<int> _cookiesBefore = [];
    private uint _period;
    private byte[]? _cookieKey = settings.CookieKey is null ? null : [.. settings.CookieKey];
    private byte[]? _previousCookieKey = settings.CookieKey is null ? null : [.. settings.CookieKey];
    private byte[]? _nextCookieKey;
    private uint _lastBeat;
    private bool _lost;

    /// <summary>Entries in SYN-RECEIVED that a SYN made.</summary>
    public int HalfOpen => Table.Values.Count(connection => connection.State == State.SynReceived && connection.Origin == Origin.Syn);

    /// <summary>A SYN that comes now is hashed as a cookie.</summary>
    public bool SynsAreCookies =>
        _cookieKey is not null && (Settings.IsnSource == IsnSource.Cookie || HalfOpen > Settings.CookieThreshold || Table.Count + (CookiesAreOut ? Reserve : 0) >= Settings.Capacity);

    /// <summary>An ACK that comes now is looked at as a cookie's.</summary>
    public bool AcksAreCookies => _cookieKey is not null && (SynsAreCookies || CookiesAreOut);

    /// <summary>Some listener has sent a cookie that is still valid.</summary>
    public bool CookiesAreOut => _cookiesNow.Count + _cookiesBefore.Count > 0;

    /// <summary>The last cookie that each connection was sent.</summary>
    public Dictionary<Flow, SentCookie> SentCookies { get; private set; } = [];

    /// <summary>What decides that hangs on numbers which frames still under way may change.</summary>
    public bool CookiesInDoubt(int underWay) =>
        _cookieKey is not null && Settings.IsnSource != IsnSource.Cookie
        && Math.Abs(HalfOpen - (long)Settings.CookieThreshold) <= underWay + 1;

    /// <summary>A command, which may take entries away or add one, changes nothing about what frames beside it are hashed as.</summary>
    public bool CookiesAreSettled(bool flushes) =>
        _cookieKey is null || Settings.IsnSource == IsnSource.Cookie || !SynsAreCookies || (CookiesAreOut && !flushes);

    private bool HostAlive => Settings.HeartbeatTimeout == 0 || !_lost || fault == Fault.IgnoresHeartbeat;

    private uint Period => (uint)(Time >> 26) & 0xFFFFFF;

    /// <summary>The host is alive at this instant.</summary>
    public void Beat()
    {
        _lastBeat = Tick;
        _lost = false;
        FollowHeart();
    }

    /// <summary>A cookie key that holds from the next period on; the first since reset at once.</summary>
    public void CommitCookieKey(IReadOnlyList<byte> key)
    {
        if (_cookieKey is null)
        {
            _cookieKey = [.. key];
            _previousCookieKey = _cookieKey;
        }
        else
        {
            _nextCookieKey = [.. key];
        }
    }

    private void FollowHeart()
    {
        _lost |= Settings.HeartbeatTimeout != 0 && Tick - _lastBeat >= Settings.HeartbeatTimeout;
    }

    private void FollowPeriod()
    {
        uint period = Period;
        if (period == _period)
        {
            return;
        }

        bool next = period == ((_period + 1) & 0xFFFFFF);
        _period = period;
        _cookiesBefore.Clear();
        if (next)
        {
            _cookiesBefore.UnionWith(_cookiesNow);
        }

        _cookiesNow.Clear();
        _previousCookieKey = _cookieKey;
        _cookieKey = _nextCookieKey ?? _cookieKey;
        _nextCookieKey = null;
    }

    private static byte[] Tuple(Flow flow)
    {
        var message = new byte[36];
        BinaryPrimitives.WriteUInt128BigEndian(message, flow.LocalAddress);
        BinaryPrimitives.WriteUInt128BigEndian(message.AsSpan(16), flow.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(32), flow.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(34), flow.RemotePort);
        return message;
    }

    /// <summary>ISN's F and the timestamp offset: RFC 6528 3 with SipHash-2-4 over the four-tuple.</summary>
    private ulong Keyed(Flow flow) => SipHash24.Of([.. Settings.IsnKey], Tuple(flow));

    /// <summary>K1: a cookie's hash, with the key that the period names.</summary>
    private ulong CookieHash(Flow flow, uint irs, uint period, int index)
    {
        byte[] key = (period == _period ? _cookieKey : _previousCookieKey)!;
        var message = new byte[44];
        BinaryPrimitives.WriteUInt32BigEndian(message, irs);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (period << 8) | (uint)index);
        Tuple(flow).CopyTo(message, 8);
        return SipHash24.Of(key, message);
    }

    private static int MssIndex(Segment syn)
    {
        int offered = syn.Mss ?? (syn.Flow.IsIPv6 ? 1220 : 536);
        return Math.Max(0, Array.FindLastIndex(CookieMss, mss => mss <= offered));
    }

    private ulong SynHash(Segment syn) => SynsAreCookies ? CookieHash(syn.Flow, syn.Seq, _period, MssIndex(syn)) : Keyed(syn.Flow);

    private uint InitialSequenceNumber(ulong hash)
    {
        uint clock = (uint)(Time >> 2);
        return Settings.IsnSource switch
        {
            IsnSource.Fixed when Settings.TestEnable => Settings.FixedIsn,
            IsnSource.Counter => clock,
            _ => fault == Fault.PredictableIsn ? clock : clock + (uint)hash,
        };
    }

    /// <summary>K1, sent: a SYN is answered, and forgotten.</summary>
    private void SendCookie(int slot, EndPoint listener, Segment syn)
    {
        int index = MssIndex(syn);
        ulong hash = CookieHash(syn.Flow, syn.Seq, _period, index);
        _cookiesNow.Add(slot);
        var options = new Agreement { Mss = listener.Mss };
        if (syn.Stamps is Stamps stamps && listener.Timestamps)
        {
            bool sack = syn.SackPermitted && listener.Sack;
            uint scale = listener.WindowScaling ? syn.Scale ?? 15u : 15;
            uint low = scale | (sack ? 16u : 0);
            uint clock = Tick + (uint)(hash >> 32);
            uint value = (clock & ~63u) | low;
            options = options with
            {
                Stamps = new Stamps(Circle.After(value, clock) && fault != Fault.CookieStampRunsAhead ? value - 64 : value, stamps.Value),
                Sack = sack,
                Scale = scale == 15 ? null : Math.Min(listener.WindowScale, (byte)14),
            };
        }

        uint cookie = (_period << 27) | ((uint)index << 24) | ((uint)hash & 0xFFFFFF);
        SentCookies[syn.Flow] = new SentCookie(syn.Seq, cookie, options.Stamps?.Value);
        Count("cookies_sent");
        Count("syn_ack_sent");
        Send(Swapped(syn) with
        {
            Flags = Frames.TcpFlags.Syn | Frames.TcpFlags.Ack,
            Seq = cookie,
            Ack = syn.Seq + 1,
            Window = listener.Window,
            Options = options.ToOptions(),
        });
    }

    /// <summary>K1, received. Null: this is not the ACK of a cookie.</summary>
    private Connection? FromCookie(int slot, EndPoint listener, Segment segment)
    {
        uint cookie = segment.Ack - 1;
        uint before = (_period - 1) & 0xFFFFFF;
        uint? named = cookie >> 27 == (_period & 31) ? _period : cookie >> 27 == (before & 31) && fault != Fault.CookieThisPeriodOnly ? before : null;
        if (named is not uint period)
        {
            return null;
        }

        int index = (int)(cookie >> 24) & 7;
        ulong hash = CookieHash(segment.Flow, segment.Seq - 1, period, index);
        uint mask = fault == Fault.CookieHalfChecked ? 0xFFFu : 0xFFFFFF;
        if (((cookie ^ (uint)hash) & mask) != 0)
        {
            return null;
        }

        var connection = new Connection
        {
            Flow = segment.Flow,
            Listener = slot,
            Epoch = Settings.Epoch,
            Created = Time & 0xFFFF_FFFF_FFFF,
            RemoteMac = segment.SourceMac,
            State = State.Established,
            Origin = Origin.Cookie,
            Iss = cookie,
            Irs = segment.Seq - 1,
            SndUna = segment.Ack,
            SndNxt = segment.Ack,
            RcvNxt = segment.Seq,
            SndWl1 = segment.Seq,
            PeerWindow = segment.Window,
            OurWindow = listener.Window,
            Mss = CookieMss[fault == Fault.CookieMssLost ? 1 : index],
        };
        uint offset = (uint)(hash >> 32);
        if (segment.Stamps is Stamps stamps && listener.Timestamps && Tick + offset - stamps.Echo < 1 << 18)
        {
            byte scale = (byte)(stamps.Echo & 15);
            bool scaling = scale != 15 && listener.WindowScaling && fault != Fault.CookieScaleLost;
            connection.Timestamps = true;
            connection.TsOffset = offset;
            connection.TsRecent = stamps.Value;
            connection.TsRecentAge = Age;
            connection.PeerScale = scaling ? scale : null;
            connection.OurScale = scaling ? Math.Min(listener.WindowScale, (byte)14) : null;
            connection.Sack = (stamps.Echo & 16) != 0 && listener.Sack;
        }

        return connection;
    }
}
