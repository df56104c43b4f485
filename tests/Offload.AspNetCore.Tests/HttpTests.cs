using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.AspNetCore.Tests;

/// <summary>Kestrel over the board, and real clients behind its net port.</summary>
public sealed class HttpTests : RigTest
{
    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task Curl_fetches_and_posts_and_every_handshake_is_the_boards(Ip ip)
    {
        Installed.Need("curl");
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(ip);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there));

        // Fresh connections: each request asks for its end.
        var fresh = await Curl.FetchAsync(scene.Rig.Client, "", "--header", "Connection: close", $"http://{there}/hello?[1-20]");
        Assert.Equal(string.Concat(Enumerable.Repeat("hello", 20)), fresh.Body.Replace("\n", "", StringComparison.Ordinal));
        Assert.All(fresh.Transfers, transfer => Assert.Equal(new CurlTransfer(200, "1.1", 1, 5), transfer));
        Assert.Equal(20, fresh.Transfers.Length);
        Assert.Equal(20u, await scene.CountAsync(CounterId.Established));

        // One connection for all of them.
        var kept = await Curl.FetchAsync(scene.Rig.Client, "", $"http://{there}/hello?[1-20]");
        Assert.Equal(1, kept.Transfers.Sum(transfer => transfer.Connects));
        Assert.Equal(21u, await scene.CountAsync(CounterId.Established));

        // More than any window, both ways.
        string text = Convert.ToHexString(RandomNumberGenerator.GetBytes(500_000));
        var echo = await Curl.FetchAsync(scene.Rig.Client, text, "--header", "Expect:", "--data-binary", "@-", $"http://{there}/echo");
        Assert.Equal(text, echo.Body);
        Assert.Equal(22u, await scene.CountAsync(CounterId.Established));
        Assert.Equal(22u, await scene.CountAsync(CounterId.SynReceived));
    }

    [SkippableTheory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public async Task Ab_loses_no_request_of_many_at_a_time(Ip ip)
    {
        const int atOnce = 16, fresh = 400, kept = 4000;
        Installed.Need("ab");
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(ip);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there));

        // It speaks HTTP/1.0, in which only a connection whose answers tell their length is kept.
        app.MapGet("/sized", () => Results.Bytes("hello"u8.ToArray()));
        Uri sized = new($"http://{there}/sized");
        Assert.Equal(new ApacheBenchRun(fresh, 0, 0, 0), await ApacheBench.RunAsync(scene.Rig.Client, sized, fresh, atOnce, keepAlive: false));

        // It opens the next connection before it knows that it has had its last answer.
        uint opened = (uint)await scene.CountAsync(CounterId.Established);
        Assert.InRange(opened, (uint)fresh, (uint)fresh + atOnce);
        Assert.Equal(new ApacheBenchRun(kept, 0, kept, 0), await ApacheBench.RunAsync(scene.Rig.Client, sized, kept, atOnce, keepAlive: true));
        Assert.InRange((uint)await scene.CountAsync(CounterId.Established), opened + atOnce, opened + (2 * atOnce));

        // It counts what is no success.
        Assert.Equal(new ApacheBenchRun(20, 0, 0, 20), await ApacheBench.RunAsync(scene.Rig.Client, new Uri(sized, "/nowhere"), 20, atOnce, keepAlive: false));
    }

    [SkippableFact]
    public async Task An_end_point_that_was_not_named_stays_with_kestrels_own_transport()
    {
        Installed.Need("curl");
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint board = Scene.NewHostEndPoint(Ip.V4);
        IPEndPoint ordinary = Scene.NewHostEndPoint(Ip.V4);
        await using WebApplication app = await scene.ServeAsync(
            options => options.Claim(board),
            builder => builder.WebHost.UseUrls($"http://{board}", $"http://{ordinary}"));
        Assert.Equal([$"http://{board}", $"http://{ordinary}"], app.Urls.Order());

        var passed = await Curl.FetchAsync(scene.Rig.Client, "", $"http://{ordinary}/hello");
        Assert.Equal("hello", passed.Body);
        Assert.Equal(0u, await scene.CountAsync(CounterId.Established));
        Assert.Equal(0u, await scene.CountAsync(CounterId.SynReceived));
        Assert.Equal("hello", (await Curl.FetchAsync(scene.Rig.Client, "", $"http://{board}/hello")).Body);
        Assert.Equal(1u, await scene.CountAsync(CounterId.Established));
    }

    [SkippableFact]
    public async Task Http2_without_tls_carries_many_requests_on_one_connection()
    {
        Installed.Need("curl");
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(Ip.V4);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there, listen => listen.Protocols = HttpProtocols.Http2));

        // One request: curl 7.88 cannot use such a connection twice (curl, pull request 10643).
        var fetched = await Curl.FetchAsync(scene.Rig.Client, "", "--http2-prior-knowledge", $"http://{there}/hello");
        Assert.Equal(new CurlTransfer(200, "2", 1, 5), Assert.Single(fetched.Transfers));
        using HttpClient client = scene.NewHttpClient();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://{there}/hello")));
        }

        Assert.Equal(2u, await scene.CountAsync(CounterId.Established));
    }

    [SkippableFact]
    public async Task Https_is_kestrels_own()
    {
        Installed.Need("curl");
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(Ip.V4);
        using X509Certificate2 certificate = WebScenes.NewCertificate(there.Address);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there, listen => listen.UseHttps(certificate)));
        string trusted = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
            foreach ((string option, string version) in new[] { ("--http2", "2"), ("--http1.1", "1.1") })
            {
                var fetched = await Curl.FetchAsync(scene.Rig.Client, "", option, "--cacert", trusted, $"https://{there}/hello");
                Assert.Equal("hello", fetched.Body);
                Assert.Equal(version, Assert.Single(fetched.Transfers).Version);
            }
        }
        finally
        {
            File.Delete(trusted);
        }

        Assert.Equal(2u, await scene.CountAsync(CounterId.Established));
    }

    [SkippableFact]
    public async Task HttpClient_speaks_http2_over_tls()
    {
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(Ip.V4);
        using X509Certificate2 certificate = WebScenes.NewCertificate(there.Address);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there, listen => listen.UseHttps(certificate)));
        using HttpClient client = scene.NewHttpClient(certificate);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        byte[] sent = RandomNumberGenerator.GetBytes(300_000);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync(new Uri($"https://{there}/echo"), new ByteArrayContent(sent))));
        foreach (HttpResponseMessage answer in answers)
        {
            Assert.Equal(HttpVersion.Version20, answer.Version);
            Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(1u, await scene.CountAsync(CounterId.Established));
    }

    [SkippableFact]
    public async Task Stopping_finishes_what_is_under_way_and_gives_the_port_back()
    {
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(Ip.V4);
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there));
        app.MapGet("/slow", async () =>
        {
            arrived.SetResult();
            await finish.Task;
            return "finished";
        });
        using HttpClient client = scene.NewHttpClient();
        Task<string> slow = client.GetStringAsync(new Uri($"http://{there}/slow"));
        await arrived.Task.WaitAsync(Scene.Patience);
        Task stopping = app.StopAsync();
        await Scene.UntilAsync(async () => (await scene.Board.Listeners.ListAsync()).Count == 0, () => "the listener went");
        Assert.False(stopping.IsCompleted);
        Assert.False(slow.IsCompleted);

        // The port is the kernel's again, which has nobody there.
        using Socket late = scene.NewClient(Ip.V4);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => Scene.ConnectAsync(late, there));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        finish.SetResult();
        Assert.Equal("finished", await slow.WaitAsync(Scene.Patience));
        await stopping.WaitAsync(Scene.Patience);
    }

    [SkippableFact]
    public async Task The_meter_counts_what_became_a_socket()
    {
        await using Scene scene = await Rig.BeginAsync();
        IPEndPoint there = Scene.NewHostEndPoint(Ip.V4);
        await using WebApplication app = await scene.ServeAsync(options => options.Listen(there));
        using HttpClient client = scene.NewHttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://{there}/hello")));
        }

        Dictionary<string, long> counted = [];
        using MeterListener meters = new();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Offload.AspNetCore", Name: "offload.handshakes" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            Dictionary<string, object?> named = new(tags.ToArray());
            if (Equals(named["offload.endpoint"], there.ToString()))
            {
                counted[(string)named["offload.outcome"]!] = value;
            }
        });
        meters.Start();
        meters.RecordObservableInstruments();
        Assert.Equal(3, counted["adopted"]);
        Assert.Equal(0, counted["refused"] + counted["aborted"] + counted["left_to_kernel"]);
    }
}
