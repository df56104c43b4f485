using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Offload.Boards;
using Offload.Cli.Demo;
using Offload.Engine.Tests.Harness;
using Offload.VirtualBoard;

namespace Offload.AspNetCore.Tests;

/// <summary>Applications that cannot start, and how well a board is: boards without devices, so no rights are needed.</summary>
public sealed class StartTests
{
    private const string There = "192.0.2.2:80";

    private static string Bitstream => Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit");

    [Fact]
    public async Task Without_its_board_an_application_says_how_to_get_one()
    {
        await using WebApplication app = Build(options =>
        {
            options.BoardId = "absent";
            options.Listen(There);
        });
        BoardNotFoundAdvice(await Assert.ThrowsAsync<OffloadException>(() => app.StartAsync()));

        static void BoardNotFoundAdvice(OffloadException error)
        {
            Assert.Equal(OffloadError.BoardNotFound, error.Code);
            Assert.StartsWith("Kestrel cannot listen on 192.0.2.2:80 through a board: There is no board 'absent'", error.Message, StringComparison.Ordinal);
            Assert.Contains("`offload boards`", error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Without_a_kernel_behind_the_board_there_are_no_sockets()
    {
        NeedBitstream();
        await using WebApplication app = Build(
            options =>
            {
                options.BitstreamPath = Bitstream;
                options.Listen(There);
            },
            NewProvider());
        OffloadException error = await Assert.ThrowsAsync<OffloadException>(() => app.StartAsync());
        Assert.Equal(OffloadError.Unsupported, error.Code);
        Assert.Contains("host port", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_a_bitstream_an_application_says_how_to_load_one()
    {
        Skip.IfNot(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");
        NetworkNamespace host;
        try
        {
            host = NetworkNamespace.Create("host");
        }
        catch (DemoException exception) when (exception.IsPermission)
        {
            throw new SkipException(exception.Message);
        }

        using (host)
        {
            await using WebApplication app = Build(options => options.Listen(There), new VirtualBoardProvider(new VirtualBoardOptions
            {
                Id = NewId(),
                HostTap = "host0",
                HostNamespace = host.Path,
            }));
            OffloadException error = await Assert.ThrowsAsync<OffloadException>(() => app.StartAsync());
            Assert.Equal(OffloadError.NoBitstream, error.Code);
            Assert.Contains("Set BitstreamPath in UseOffload", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_application_that_names_no_end_point_does_not_start()
    {
        await using WebApplication app = Build(_ => { });
        app.Urls.Add("http://127.0.0.1:0");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains("names no end point", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_point_that_is_claimed_and_not_listened_on_is_an_error()
    {
        await using WebApplication app = Build(options => options.Claim(IPEndPoint.Parse(There)));
        app.Urls.Add("http://127.0.0.1:0");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains("Kestrel does not listen there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:80", "every address")]
    [InlineData("[::]:80", "every address")]
    [InlineData("192.0.2.2", "no port")]
    [InlineData("192.0.2.2:0", "no port")]
    [InlineData("localhost:80", "no end point")]
    [InlineData("", "no end point")]
    public void An_end_point_that_cannot_be_listened_on_is_refused(string endPoint, string why)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new OffloadTransportOptions().Listen(endPoint));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_point_is_named_once()
    {
        OffloadTransportOptions options = new();
        options.Listen(There);
        Assert.Contains("named twice", Assert.Throws<ArgumentException>(() => options.Claim(IPEndPoint.Parse(There))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Health_follows_bitstream_engine_and_board()
    {
        NeedBitstream();
        OffloadBoardOptions options = new() { Serve = false };
        VirtualBoardProvider provider = NewProvider();
        options.Providers.Add(provider);
        await using OffloadBoard board = await OffloadBoard.OpenAsync(null, options);
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(board);
        services.AddHealthChecks().AddOffload();
        await using ServiceProvider container = services.BuildServiceProvider();
        HealthCheckService health = container.GetRequiredService<HealthCheckService>();

        HealthReportEntry entry = (await health.CheckHealthAsync()).Entries["offload"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("no bitstream loaded", entry.Description, StringComparison.Ordinal);

        await board.LoadBitstreamAsync(Bitstream);
        entry = (await health.CheckHealthAsync()).Entries["offload"];
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal((board.Description.Id, 0), (entry.Data["board"], entry.Data["entries_in_use"]));

        uint control = await board.Registers.ReadAsync("control.control");
        await board.Registers.WriteAsync("control.control", control & ~1u);
        entry = (await health.CheckHealthAsync()).Entries["offload"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("is off", entry.Description, StringComparison.Ordinal);

        await board.DisposeAsync();
        entry = (await health.CheckHealthAsync()).Entries["offload"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("was closed", entry.Description, StringComparison.Ordinal);
    }

    private static WebApplication Build(Action<OffloadTransportOptions> offload, BoardProvider? provider = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        if (provider is not null)
        {
            builder.Services.AddSingleton(provider);
        }

        builder.WebHost.UseOffload(offload);
        return builder.Build();
    }

    private static VirtualBoardProvider NewProvider() => new(new VirtualBoardOptions { Id = NewId() });

    private static string NewId() => "web-" + Guid.NewGuid().ToString("N")[..8];

    private static void NeedBitstream() =>
        Skip.IfNot(File.Exists(Bitstream), "the virtual board's bitstream is not built: run firmware-tools/build-virtual-board.sh");
}
