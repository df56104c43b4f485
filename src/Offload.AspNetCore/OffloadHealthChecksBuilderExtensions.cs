using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Offload.AspNetCore;

/// <summary>Health of the application's board.</summary>
public static class OffloadHealthChecksBuilderExtensions
{
    /// <summary>Checks the board of <see cref="OffloadWebHostBuilderExtensions.UseOffload"/> or <see cref="ServiceCollectionExtensions.AddOffload"/>: it
    /// answers, its engine is on, it counts the host as alive, and every end point accepts. Opens the board where nothing has yet.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="failureStatus">What it reports where something is wrong; null: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    public static IHealthChecksBuilder AddOffload(
        this IHealthChecksBuilder builder, string name = "offload", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.TryAddSingleton<BoardAccess>();
        return builder.Add(new HealthCheckRegistration(
            name,
            services => new OffloadHealthCheck(services.GetRequiredService<BoardAccess>(), services.GetService<OffloadTransportFactory>()),
            failureStatus,
            tags));
    }
}
