using System.Diagnostics;
using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Connections.Routing;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.Tests.Fakes;

namespace Offload.Tests;

/// <summary>Our end point and the next hop's MAC as a kernel gives them. In network namespaces of the test's own; needs root.</summary>
public sealed class OpenPathTests : IDisposable
{
    private static int Made;
    private readonly string _host = $"offload-op-h{Environment.ProcessId}-{Interlocked.Increment(ref Made)}";
    private readonly string _peer = $"offload-op-p{Environment.ProcessId}-{Made}";
    private bool _made;

    public void Dispose()
    {
        if (_made)
        {
            Ip("netns", "delete", _host);
            Ip("netns", "delete", _peer);
        }
    }

    [SkippableTheory]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("10.78.9.9", "10.77.0.1")]
    [InlineData("fd77::2", "fd77::1")]
    [InlineData("fd78::9", "fd77::1")]
    public async Task The_kernels_route_and_neighbour_are_taken(string remote, string local)
    {
        HostPort port = Make();
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        OpenPath path = await OpenPath.FindAsync(To(remote), port, late.Token);
        using (path.Hold)
        {
            Assert.Equal(IPAddress.Parse(local), path.Local.Address);
            Assert.InRange(path.Local.Port, 1024, 65535);
            Assert.Equal(new MacAddress(0x020000000077), path.NextHopMac);
            Assert.Equal(new MacAddress(0x020000000078), path.LocalMac);

            // The port is taken at the kernel, until it is given back.
            OffloadException taken = await Assert.ThrowsAsync<OffloadException>(
                () => OpenPath.FindAsync(To(remote) with { LocalPort = path.Local.Port }, port, late.Token));
            Assert.Equal(OffloadError.AddressInUse, taken.Code);
        }

        OpenPath again = await OpenPath.FindAsync(To(remote) with { LocalPort = path.Local.Port }, port, late.Token);
        Assert.Equal(path.Local, again.Local);
        again.Hold!.Dispose();
    }

    [SkippableFact]
    public async Task What_cannot_be_reached_is_named()
    {
        HostPort port = Make();
        (string Remote, OffloadError Code, string Says)[] cases =
        [
            ("192.0.2.1", OffloadError.NoRoute, "no route"),
            ("2001:db8::1", OffloadError.NoRoute, "no route"),
            ("10.77.0.1", OffloadError.NoRoute, "itself"),
            ("10.79.0.5", OffloadError.NoRoute, "leads out of other"),
            ("10.77.0.200", OffloadError.NextHopUnreachable, "10.77.0.200"),
            ("fd77::200", OffloadError.NextHopUnreachable, "fd77::200"),
        ];
        foreach ((string remote, OffloadError code, string says) in cases)
        {
            OffloadException failed = await Assert.ThrowsAsync<OffloadException>(
                () => OpenPath.FindAsync(To(remote) with { ResolveTimeout = TimeSpan.FromMilliseconds(300) }, port, CancellationToken.None));
            Assert.Equal(code, failed.Code);
            Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        }

        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OpenPath.FindAsync(To("10.77.0.201"), port, soon.Token));

        // With everything given, the kernel is asked for the port alone.
        OpenPath path = await OpenPath.FindAsync(
            To("192.0.2.1") with { LocalAddress = IPAddress.Parse("10.77.0.1"), NextHopMac = new MacAddress(0x020000000055) }, port, CancellationToken.None);
        Assert.Equal(new MacAddress(0x020000000055), path.NextHopMac);
        path.Hold!.Dispose();
    }

    [SkippableFact]
    public async Task An_open_holds_its_port_until_its_last_event()
    {
        HostPort port = Make();
        using TemporaryDirectory directory = new();
        FakeCore core = new();
        OffloadBoardOptions options = new() { RuntimeDirectory = directory.Path };
        options.Providers.Add(new FakeProvider(new FakeBoard(core, "fake:0", port)));
        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, options);
        Task<ConnectionRow> open = board.Connections.OpenAsync(new IPEndPoint(IPAddress.Parse("10.78.9.9"), 80)).AsTask();
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        ConnectionRow waiting;
        while ((waiting = (await board.Connections.SnapshotAsync(late.Token)).Rows.ToArray().FirstOrDefault()).State != TcpState.SynSent)
        {
            await Task.Delay(2, late.Token);
        }

        Assert.Equal(new MacAddress(0x020000000077), waiting.RemoteMac);
        Assert.Equal(0x020000000078ul, new ListenerLayout(core.Slot(waiting.Listener)).Mac);
        Assert.False(new ListenerLayout(core.Slot(waiting.Listener)).Enabled);
        core.AnswerOpen(waiting.Key, reason: null);
        ConnectionRow row = await open.WaitAsync(late.Token);
        ConnectionOpenOptions same = To("10.77.0.2") with { LocalPort = row.Key.LocalPort };
        Assert.Equal(OffloadError.AddressInUse, (await Assert.ThrowsAsync<OffloadException>(() => OpenPath.FindAsync(same, port, late.Token))).Code);
        await board.Connections.AbortAsync(row.Key, row.CreatedMicroseconds, late.Token);
        while (true)
        {
            try
            {
                (await OpenPath.FindAsync(same, port, late.Token)).Hold!.Dispose();
                break;
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.AddressInUse)
            {
                await Task.Delay(5, late.Token);
            }
        }
    }

    private static ConnectionOpenOptions To(string remote) => new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(remote), 80) };

    private static void Ip(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
    }

    private HostPort Make()
    {
        Skip.IfNot(Environment.UserName == "root", "network namespaces need root");
        Ip("netns", "add", _host);
        Ip("netns", "add", _peer);
        _made = true;
        Ip("-n", _host, "link", "add", "port", "address", "02:00:00:00:00:78", "type", "veth", "peer", "name", "port", "address", "02:00:00:00:00:77", "netns", _peer);
        Ip("-n", _host, "link", "add", "other", "type", "veth", "peer", "name", "other2");
        Ip("-n", _host, "link", "set", "other2", "up");
        foreach (string each in new[] { _host, _peer })
        {
            Ip("-n", each, "link", "set", "port", "up");
            Ip("-n", each, "address", "add", each == _host ? "10.77.0.1/24" : "10.77.0.2/24", "dev", "port");
            Ip("-n", each, "address", "add", each == _host ? "fd77::1/64" : "fd77::2/64", "dev", "port", "nodad");
        }

        Ip("-n", _host, "link", "set", "other", "up");
        Ip("-n", _host, "address", "add", "10.79.0.1/24", "dev", "other");
        Ip("-n", _host, "route", "add", "10.78.0.0/16", "via", "10.77.0.2");
        Ip("-n", _host, "route", "add", "fd78::/64", "via", "fd77::2");
        return new HostPort("port", "/run/netns/" + _host, new MacAddress(0x020000000078));
    }
}
