using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Offload.Kernel.Tests.Bench;

namespace Offload.AspNetCore.Tests;

/// <summary>Applications on the rig.</summary>
internal static class WebScenes
{
    /// <summary>Starts an application that says hello, echoes, and waits; its board is the rig's.</summary>
    /// <param name="scene">The rig.</param>
    /// <param name="offload">Names the end points.</param>
    /// <param name="change">Changes the rest; may be null.</param>
    internal static async Task<WebApplication> ServeAsync(this Scene scene, Action<OffloadTransportOptions> offload, Action<WebApplicationBuilder>? change = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(scene.Board);
        builder.WebHost.UseOffload(offload);
        // Kestrel's own sockets come into being in the host's namespace: its end points lie behind the board, too.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endPoint => scene.Rig.Host.Run(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint)));
        change?.Invoke(builder);
        WebApplication app = builder.Build();
        app.MapGet("/hello", () => "hello");
        app.MapPost("/echo", async context =>
        {
            // All of it first: clients that send all of it before they read would wait for ever for one that answers meanwhile.
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>An HTTP client in the client's namespace.</summary>
    internal static HttpClient NewHttpClient(this Scene scene, X509Certificate2? trusted = null)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (context, cancellation) =>
            {
                Socket socket = scene.Rig.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(IPEndPoint.Parse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => trusted is not null && shown!.GetCertHashString() == trusted.GetCertHashString();
        return new HttpClient(handler) { Timeout = Scene.Patience };
    }

    /// <summary>A certificate made for an address.</summary>
    internal static X509Certificate2 NewCertificate(IPAddress address)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Offload test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
