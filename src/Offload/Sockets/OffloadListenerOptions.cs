using System.Net;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>What the core keeps of a connection that went to the host.</summary>
public enum ReleaseMode
{
    /// <summary><see cref="Forget"/> where the table has at most <see cref="OffloadListenerOptions.SmallTable"/> entries, else <see cref="Watch"/>.</summary>
    Auto = 0,

    /// <summary>Its entry, whose state follows the connection. It can come back (<see cref="SocketExtensions.ReturnToHardwareAsync"/>), and the table
    /// bounds how many there can be.</summary>
    Watch = 1,

    /// <summary>Nothing: its segments pass. The table does not bound how many there can be.</summary>
    Forget = 2,
}

/// <summary>What becomes of connections that an earlier process left waiting at the end point.</summary>
public enum OrphanHandling
{
    /// <summary>They are adopted as any other.</summary>
    Adopt = 0,

    /// <summary>They are reset.</summary>
    Reset = 1,
}

/// <summary>How a listener accepts.</summary>
public sealed record OffloadListenerOptions
{
    /// <summary>Most entries of a table that counts as small: 4,096.</summary>
    public const int SmallTable = 4096;

    /// <summary>How many connections may wait in the core for their adoption, and how many sockets for <see cref="OffloadListener.AcceptSocketAsync"/>,
    /// 1 to 65535 each. Beyond both, final ACKs are dropped and counted, as Linux does. Default: 128.</summary>
    public int Backlog { get; init; } = ListenerOptions.DefaultBacklog;

    /// <summary>What the core keeps of a connection that went to the host.</summary>
    public ReleaseMode Release { get; init; } = ReleaseMode.Auto;

    /// <summary>How connections go back to the board when their sockets are disposed; null (default): the kernel closes them. It keeps them then through
    /// TIME-WAIT, the board otherwise, as <see cref="SocketExtensions.ReturnToHardwareAsync"/> says. Needs <see cref="ReleaseMode.Watch"/>, which
    /// <see cref="ReleaseMode.Auto"/> then means.</summary>
    /// <remarks>Disposing returns at once; the rest happens in the background, while the process and the board are there. What cannot go back is closed by the
    /// kernel, as any socket: one that was shut down, or lingers, or has unread data; one whose peer does not acknowledge all within
    /// <see cref="SocketReturnOptions.DrainTimeout"/>. Kestrel shuts its sockets down, so its connections never go back.</remarks>
    public SocketReturnOptions? CloseInHardware { get; init; }

    /// <summary>Whether the peer is offered no window until the connection is adopted, so that nothing has to be parked, at the price of a round trip
    /// before it may send. Null: where the core can park nothing (<see cref="Boards.BoardIdentity.ParkSlots"/> is 0).</summary>
    public bool? ZeroWindow { get; init; }

    /// <summary>Networks whose connections are accepted; those of others are reset (ABORT) before they are adopted, and counted. Empty: every one. A
    /// firewall of the host never sees these SYNs.</summary>
    public IReadOnlyList<IPNetwork> AllowedSources { get; init; } = [];

    /// <summary>What becomes of connections that an earlier process left waiting here.</summary>
    public OrphanHandling Orphans { get; init; }

    /// <summary>What a SYN meets while the host's heartbeat is missing. Default: it passes to the host, whose kernel answers it.</summary>
    public HostLost HostLost { get; init; } = HostLost.Pass;

    /// <summary>MSS option of the SYN,ACK in bytes, 64 to 65535; null: 1460 (IPv4) or 1440 (IPv6). [RFC 9293 3.7.1]</summary>
    public int? Mss { get; init; }

    /// <summary>Our shift count where window scaling is agreed, 0 to 14. Default: 7, for buffers of up to 8 MB. [RFC 7323 2.3]</summary>
    public int WindowScale { get; init; } = ListenerOptions.DefaultWindowScale;

    /// <summary>Whether window scaling is agreed where the peer offers it. [RFC 7323 2]</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>Whether timestamps are agreed where the peer offers them. [RFC 7323 3]</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Whether SACK-permitted is answered where the peer offers it. [RFC 2018]</summary>
    public bool Sack { get; init; } = true;

    /// <summary>VLAN identifier (0 to 4094) of the tagged frames that it answers; null: untagged frames only.</summary>
    public int? Vlan { get; init; }

    /// <summary>Our MAC address. Null: that of the host port's interface that has the address.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The core's listener for these.</summary>
    internal ListenerOptions ToListener(IPEndPoint endPoint, bool zeroWindow) => new()
    {
        EndPoint = endPoint,
        Mode = ListenerMode.Adopt,
        Backlog = Backlog,
        HostLost = HostLost,
        Mss = Mss,
        Window = zeroWindow ? 0 : ListenerOptions.DefaultWindow,
        WindowScale = WindowScale,
        WindowScaling = WindowScaling,
        Timestamps = Timestamps,
        Sack = Sack,
        Vlan = Vlan,
        Mac = Mac,
    };

    /// <summary>Throws <see cref="ArgumentException"/> where a value is none that is defined; the core's own are checked with its listener.</summary>
    internal void Check()
    {
        if (!Enum.IsDefined(Release) || !Enum.IsDefined(Orphans) || AllowedSources is null)
        {
            throw new ArgumentException($"{nameof(Release)}, {nameof(Orphans)} or {nameof(AllowedSources)} is none that is defined.");
        }

        CloseInHardware?.Check();
        if (CloseInHardware is not null && Release == ReleaseMode.Forget)
        {
            throw new ArgumentException(
                $"{nameof(CloseInHardware)} needs {nameof(ReleaseMode)}.{nameof(ReleaseMode.Watch)}: the board cannot take back what it has forgotten.");
        }
    }
}

/// <summary>What a listener has done since it began.</summary>
/// <param name="Adopted">Connections that became sockets.</param>
/// <param name="Gone">Connections that ended before they were adopted: reset by the peer, or waiting for too long.</param>
/// <param name="Refused">Connections that were reset because their source is not allowed.</param>
/// <param name="Aborted">Connections that were reset because the kernel refused them.</param>
/// <param name="LeftToKernel">Connections of cookies whose tuple the kernel had in use, and that were left to it.</param>
/// <param name="Returned">Connections that went back to the board when their sockets were disposed.</param>
/// <param name="Waiting">Sockets that wait for <see cref="OffloadListener.AcceptSocketAsync"/> now.</param>
public readonly record struct OffloadListenerStatistics(
    long Adopted, long Gone, long Refused, long Aborted, long LeftToKernel, long Returned, int Waiting);
