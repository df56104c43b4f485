using System.Diagnostics.Metrics;
using Offload.Sockets;

namespace Offload.AspNetCore;

/// <summary>The meter <c>Offload.AspNetCore</c>: what became of the connections of each end point. The board's own meter is <c>Offload</c>.</summary>
internal sealed class TransportMetrics
{
    private const string MeterName = "Offload.AspNetCore";
    private readonly Func<IEnumerable<OffloadConnectionListener>> _listeners;

    /// <summary>Makes the meter; the factory of meters disposes it.</summary>
    /// <param name="meters">The application's meters.</param>
    /// <param name="listeners">What listens now.</param>
    public TransportMetrics(IMeterFactory meters, Func<IEnumerable<OffloadConnectionListener>> listeners)
    {
        _listeners = listeners;
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "offload.handshakes", Handshakes, "{connection}",
            "Connections that the board opened, by what became of them: adopted, gone, refused, aborted, left_to_kernel.");
        meter.CreateObservableGauge("offload.accept_queue", Waiting, "{connection}", "Sockets that wait for Kestrel.");
    }

    private static Measurement<long> Of(long value, OffloadConnectionListener listener, string outcome) =>
        new(value, new("offload.endpoint", listener.EndPoint.ToString()), new("offload.outcome", outcome));

    private IEnumerable<Measurement<long>> Handshakes()
    {
        foreach (OffloadConnectionListener listener in _listeners())
        {
            OffloadListenerStatistics statistics = listener.Statistics;
            yield return Of(statistics.Adopted, listener, "adopted");
            yield return Of(statistics.Gone, listener, "gone");
            yield return Of(statistics.Refused, listener, "refused");
            yield return Of(statistics.Aborted, listener, "aborted");
            yield return Of(statistics.LeftToKernel, listener, "left_to_kernel");
        }
    }

    private IEnumerable<Measurement<int>> Waiting()
    {
        foreach (OffloadConnectionListener listener in _listeners())
        {
            yield return new Measurement<int>(listener.Statistics.Waiting, new KeyValuePair<string, object?>("offload.endpoint", listener.EndPoint.ToString()));
        }
    }
}
