using Microsoft.Extensions.Diagnostics.HealthChecks;
using Offload.Boards;

namespace Offload.AspNetCore;

/// <summary>Whether the board is there, its engine runs, the heartbeat arrives, and every end point accepts.</summary>
/// <param name="access">The board.</param>
/// <param name="factory">The end points; null where nothing goes through Kestrel.</param>
internal sealed class OffloadHealthCheck(BoardAccess access, OffloadTransportFactory? factory) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        BoardStatus status;
        string id;
        try
        {
            OffloadBoard board = await access.GetAsync(cancellationToken).ConfigureAwait(false);
            id = board.Description.Id;
            status = await board.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OffloadException or IOException or ObjectDisposedException)
        {
            return Worse(context, $"The board does not answer: {exception.Message} {StartHelp.Of((exception as OffloadException)?.Code ?? default)}".TrimEnd(), exception);
        }

        Dictionary<string, object> data = new()
        {
            ["board"] = id,
            ["entries_in_use"] = status.EntriesInUse,
            ["entries_peak"] = status.EntriesPeak,
            ["half_open"] = status.HalfOpen,
            ["parked_frames"] = status.ParkedFrames,
        };
        OffloadConnectionListener? failed = factory?.Listeners.FirstOrDefault(listener => listener.Failure is not null);
        return (status, failed) switch
        {
            ({ Enabled: false }, _) => Worse(context, $"The engine of board {id} is off: the process that held the board has closed it. Restart that, and then this.", null, data),
            ({ HostAlive: false }, _) => Worse(context, $"Board {id} counts this host as lost: no heartbeat came in time. Look at the process that holds the board.", null, data),
            (_, { } listener) => Worse(context, $"{listener.EndPoint} accepts no more: {listener.Failure!.Message} Restart the application.", listener.Failure, data),
            _ => HealthCheckResult.Healthy($"Board {id} runs.", data),
        };
    }

    private static HealthCheckResult Worse(HealthCheckContext context, string description, Exception? exception, IReadOnlyDictionary<string, object>? data = null) =>
        new(context.Registration.FailureStatus, description, exception, data);
}
