using System.Threading.Channels;
using Offload.Programming;

namespace Offload.Serving;

/// <summary>Carries progress from a programmer, which calls from any thread and never waits, to a sender that takes its time: the latest is enough.</summary>
internal sealed class LoadProgressRelay : IProgress<LoadProgress>
{
    private readonly Channel<LoadProgress> _latest = Channel.CreateBounded<LoadProgress>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <inheritdoc/>
    public void Report(LoadProgress value) => _latest.Writer.TryWrite(value);

    /// <summary>Sends what is reported until a load has ended, and what was reported until then.</summary>
    public async ValueTask ForwardAsync(Task load, Func<LoadProgress, ValueTask> send)
    {
        _ = load.ContinueWith(
            static (_, state) => ((Channel<LoadProgress>)state!).Writer.TryComplete(), _latest, CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
        try
        {
            await foreach (LoadProgress progress in _latest.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await send(progress).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // The client went away; the load is cancelled, and its end is still awaited.
            await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
