using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Offload.AspNetCore;
using Offload.Boards;

namespace Offload.Cli.Web;

/// <summary>Web applications over a board: a folder's files, and the page that shows the board at work.</summary>
internal static class BoardSite
{
    private const string Page = "page.html";

    /// <summary>An application on a board, which reads no configuration: everything it does is on the command line. Warnings go to the error stream.</summary>
    internal static WebApplication Create(OffloadBoard board, Action<OffloadTransportOptions> endPoints)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore().AddDirectoryBrowser();
        builder.Services.AddSingleton(board);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.UseOffload(endPoints);
        return builder.Build();
    }

    /// <summary>Serves a folder: files of every kind, an index page where there is one, else a listing. Names that begin with a dot are not served.</summary>
    internal static void MapFolder(this WebApplication app, string folder)
    {
        app.UseFileServer(new FileServerOptions
        {
            FileProvider = new PhysicalFileProvider(folder),
            EnableDirectoryBrowsing = true,
            StaticFileOptions = { ServeUnknownFileTypes = true, DefaultContentType = "application/octet-stream" },
        });
    }

    /// <summary>Serves the page that shows the board at work, and what it asks for.</summary>
    /// <param name="app">The application.</param>
    /// <param name="path">Where, with a slash at its end.</param>
    /// <param name="feed">What it shows.</param>
    internal static void MapStatus(this WebApplication app, string path, StatusFeed feed)
    {
        var page = ReadPage();
        app.MapGet(path, () => Results.Text(page, "text/html; charset=utf-8"));
        app.MapGet(path + "state.json", async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            var remote = new System.Net.IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort);
            return Results.Text(await feed.ReadAsync(remote, context.RequestAborted).ConfigureAwait(false), "application/json");
        });
    }

    /// <summary>The page, as it is served.</summary>
    internal static string ReadPage()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Page)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
