using System.Net;
using Offload.Cli.Demo;
using Xunit;

namespace Offload.Cli.Tests.Demo;

public sealed class KernelConnectionTests
{
    // As iproute2 6.1 writes it for `ss -tnieOH`.
    private const string Ipv4 =
        "ESTAB      0      0            192.0.2.1:51234        192.0.2.2:7788  ino:81521 sk:1 cgroup:/ <-> ts sack cubic wscale:7,10 rto:204 "
        + "rtt:3.214/1.607 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_acked:1 segs_out:2 segs_in:1 send 36Mbps lastsnd:512 "
        + "lastrcv:512 lastack:512 pacing_rate 72Mbps delivered:1 app_limited rcv_space:14480 rcv_ssthresh:64088 minrtt:3.214 snd_wnd:64256";

    private const string Ipv6 =
        "FIN-WAIT-1 0      1        [2001:db8::1]%net0:40000 [2001:db8::2]:7788  timer:(on,200ms,0) ino:0 sk:2 <-> cubic rto:204 mss:1440 pmtu:1500 rcvmss:536 advmss:1440 cwnd:10";

    [Fact]
    public void A_line_of_ss_is_read_with_its_options()
    {
        var connection = Assert.Single(KernelConnection.Parse(Ipv4 + "\n"));
        Assert.Equal(
            new KernelConnection("ESTAB", IPEndPoint.Parse("192.0.2.1:51234"), IPEndPoint.Parse("192.0.2.2:7788"), true, true, 7, 10, 1448, 1448),
            connection);
    }

    [Fact]
    public void Options_that_were_not_agreed_are_absent_and_an_interface_name_is_no_part_of_the_address()
    {
        var connection = Assert.Single(KernelConnection.Parse(Ipv6));
        Assert.Equal(
            new KernelConnection("FIN-WAIT-1", IPEndPoint.Parse("[2001:db8::1]:40000"), IPEndPoint.Parse("[2001:db8::2]:7788"), false, false, null, null, 1440, 1440),
            connection);
    }

    [Fact]
    public void Nothing_is_no_connection() => Assert.Empty(KernelConnection.Parse("\n"));

    [Fact]
    public void A_line_that_is_cut_is_an_error_and_not_a_connection() =>
        Assert.Throws<FormatException>(() => KernelConnection.Parse("ESTAB 0 0 192.0.2.1:1"));
}
