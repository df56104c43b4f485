using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Offload.AspNetCore;

/// <summary>Ends the start of an application that names end points for the board which its Kestrel does not have.</summary>
/// <param name="factory">Knows what was bound.</param>
/// <param name="options">What was named.</param>
internal sealed class EndPointCheck(OffloadTransportFactory factory, IOptions<OffloadTransportOptions> options) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.EndPoints.Count == 0)
        {
            throw new InvalidOperationException(
                "UseOffload names no end point, so nothing goes through the board. Name one: UseOffload(options => options.Listen(\"192.0.2.2:80\")).");
        }

        OffloadEndPoint? unbound = options.Value.EndPoints.FirstOrDefault(endPoint => !factory.Listeners.Any(listener => listener.EndPoint.Equals(endPoint.Address)));
        return unbound is null
            ? Task.CompletedTask
            : throw new InvalidOperationException(
                $"UseOffload claims {unbound.Address}, and Kestrel does not listen there. Use Listen instead of Claim, or add it to Kestrel's URLs as it is.");
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
