using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Offload.Boards;

namespace Offload;

/// <summary>Registration with a service collection.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Registers an <see cref="OffloadBoardSource"/> as a singleton. Every <see cref="BoardProvider"/> that is registered is looked at, besides
    /// those of the options; logs go to the <see cref="ILoggerFactory"/> that is registered, unless the options name one.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Sets the options; may be null.</param>
    public static IServiceCollection AddOffload(this IServiceCollection services, Action<OffloadBoardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(provider =>
        {
            OffloadBoardOptions options = new() { LoggerFactory = provider.GetService<ILoggerFactory>() };
            foreach (BoardProvider boards in provider.GetServices<BoardProvider>())
            {
                options.Providers.Add(boards);
            }

            configure?.Invoke(options);
            return new OffloadBoardSource(options);
        });
        return services;
    }
}
