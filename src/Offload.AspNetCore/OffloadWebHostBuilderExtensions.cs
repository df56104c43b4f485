using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Offload.Boards;

namespace Offload.AspNetCore;

/// <summary>Kestrel over a board.</summary>
public static class OffloadWebHostBuilderExtensions
{
    /// <summary>Lets a board do the handshakes of some of Kestrel's end points; all others stay with Kestrel's own transport. Needs CAP_NET_ADMIN.</summary>
    /// <remarks>The application does not start where the board, its bitstream or a capability is missing; the <see cref="OffloadException"/> says what
    /// to do.</remarks>
    /// <param name="builder">The application's web host.</param>
    /// <param name="configure">Names the end points at least (<see cref="OffloadTransportOptions.Listen(string, Action{ListenOptions}?,
    /// Sockets.OffloadListenerOptions?)"/>).</param>
    public static IWebHostBuilder UseOffload(this IWebHostBuilder builder, Action<OffloadTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ConfigureServices(services => services.AddOffloadTransport(configure));
    }

    private static void AddOffloadTransport(this IServiceCollection services, Action<OffloadTransportOptions> configure)
    {
        services.Configure(configure);
        services.TryAddSingleton(BoardSourceOf);
        services.TryAddSingleton<BoardAccess>();
        if (services.Any(service => service.ServiceType == typeof(OffloadTransportFactory)))
        {
            return;
        }

        // Kestrel asks the factories from the last to the first; its own has to be there, before ours.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        services.AddSingleton<OffloadTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<OffloadTransportFactory>());
        services.AddSingleton<IHostedService, EndPointCheck>();
        services.AddOptions<KestrelServerOptions>().PostConfigure<IOptions<OffloadTransportOptions>>(static (kestrel, offload) =>
        {
            foreach (OffloadEndPoint endPoint in offload.Value.EndPoints)
            {
                if (endPoint.Configure is { } listen)
                {
                    kestrel.Listen(endPoint.Address, listen);
                }
            }
        });
    }

    private static OffloadBoardSource BoardSourceOf(IServiceProvider services)
    {
        OffloadTransportOptions transport = services.GetRequiredService<IOptions<OffloadTransportOptions>>().Value;
        OffloadBoardOptions options = new()
        {
            BoardId = transport.BoardId,
            BitstreamPath = transport.BitstreamPath,
            LoggerFactory = services.GetService<ILoggerFactory>(),
        };
        foreach (BoardProvider boards in services.GetServices<BoardProvider>())
        {
            options.Providers.Add(boards);
        }

        return new OffloadBoardSource(options);
    }
}
