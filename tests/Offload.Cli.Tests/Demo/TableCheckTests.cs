using System.Net;
using Offload.Cli.Demo;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;
using Xunit;

namespace Offload.Cli.Tests.Demo;

/// <summary>The demo's checker: what it accepts, and that it sees every single difference.</summary>
public sealed class TableCheckTests
{
    private const uint Iss = 1739326486;
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.1:51234");
    private static readonly IPEndPoint Server = IPEndPoint.Parse("192.0.2.2:7788");

    private static readonly Listener Offered = new(
        3, Server, ListenerAction.Accept, ListenerMode.Keep, 1460, 64240, 7, true, true, true, null, false, false, MacAddress.Parse("02:00:00:00:00:01"), 128, HostLost.Pass);

    private static readonly KernelConnection Kernel = new("ESTAB", Client, Server, true, true, 7, 10, 1448, 1448);

    private static readonly ConnectionRow Row = new()
    {
        Key = ConnectionKey.FromEndPoints(Server, Client),
        State = TcpState.Established,
        Listener = 3,
        Iss = Iss,
        Irs = uint.MaxValue,
        SndUna = Iss + 1,
        SndNxt = Iss + 1,
        RcvNxt = 0,
        OurScale = 7,
        PeerScale = 10,
        Mss = 1460,
        SackPermitted = true,
        Timestamps = true,
    };

    private static readonly Dictionary<string, ConnectionRow> BrokenRows = new()
    {
        { "the state is SYN-RECEIVED", Row with { State = TcpState.SynReceived } },
        { "timestamps is False", Row with { Timestamps = false } },
        { "SACK is False", Row with { SackPermitted = false } },
        { "our window scale is 6", Row with { OurScale = 6 } },
        { "our window scale is  in", Row with { OurScale = null } },
        { "the client's window scale is 9", Row with { PeerScale = 9 } },
        { "the client's MSS is 1459", Row with { Mss = 1459 } },
        { "ISS is 1739326487", Row with { Iss = Iss + 1, SndUna = Iss + 2, SndNxt = Iss + 2 } },
        { "SND.UNA is", Row with { SndUna = Iss } },
        { "SND.NXT is", Row with { SndNxt = Iss + 2 } },
        { "RCV.NXT is", Row with { RcvNxt = 1 } },
        { "slot 2 does not listen", Row with { Listener = 2 } },
        { "VLAN 5", Row with { Key = Row.Key with { Vlan = 5 } } },
        { "no such connection", Row with { Key = Row.Key with { RemotePort = 51235 } } },
    };

    private static readonly Dictionary<string, KernelConnection> OtherKernels = new()
    {
        { "the state is ESTAB in the table, and SYN-SENT", Kernel with { State = "SYN-SENT" } },
        { "timestamps", Kernel with { Timestamps = false, Mss = 1460, AdvertisedMss = 1460 } },
        { "SACK", Kernel with { SackPermitted = false } },
        { "our window scale", Kernel with { SendScale = null } },
        { "the client's window scale", Kernel with { ReceiveScale = 0 } },
        { "our MSS", Kernel with { Mss = 524 } },
        { "the client's MSS", Kernel with { AdvertisedMss = 524 } },
    };

    public static TheoryData<string> RowDifferences => [.. BrokenRows.Keys];

    public static TheoryData<string> KernelDifferences => [.. OtherKernels.Keys];

    [Fact]
    public void A_row_that_agrees_is_accepted() => Assert.Empty(Compare([Row], [Kernel]));

    [Theory]
    [MemberData(nameof(RowDifferences))]
    public void A_row_that_differs_in_one_column_is_seen(string expected) =>
        Assert.Contains(Compare([BrokenRows[expected]], [Kernel]), line => line.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(KernelDifferences))]
    public void A_kernel_that_says_otherwise_is_seen(string expected) =>
        Assert.Contains(Compare([Row], [OtherKernels[expected]]), line => line.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_connection_that_the_table_lacks_is_seen() =>
        Assert.Contains("not in the table", Assert.Single(Compare([], [Kernel])), StringComparison.Ordinal);

    [Fact]
    public void A_connection_that_the_table_has_twice_is_seen() =>
        Assert.Contains("no such connection", Assert.Single(Compare([Row, Row], [Kernel])), StringComparison.Ordinal);

    private static IReadOnlyList<string> Compare(ConnectionRow[] rows, KernelConnection[] kernel) =>
        TableCheck.Compare(rows, kernel, [Offered], _ => Iss);
}
