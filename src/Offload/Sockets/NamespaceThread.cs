using System.Collections.Concurrent;
using Offload.Listeners;

namespace Offload.Sockets;

/// <summary>A thread that lives in the host port's network namespace, for the calls that make sockets there. Where that is this process's own, there
/// is none, and the caller's thread does.</summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action>? _work;

    private NamespaceThread(BlockingCollection<Action>? work) => _work = work;

    /// <summary>Starts it.</summary>
    /// <param name="path">File of the namespace; null: this process's own.</param>
    /// <exception cref="OffloadException">The namespace cannot be entered.</exception>
    public static async ValueTask<NamespaceThread> StartAsync(string? path)
    {
        if (path is null)
        {
            return new NamespaceThread(null);
        }

        BlockingCollection<Action> work = [];
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() => Live(path, work, ready)) { IsBackground = true, Name = "Offload sockets" };
        thread.Start();
        await ready.Task.ConfigureAwait(false);
        return new NamespaceThread(work);
    }

    /// <summary>Does something there.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        if (_work is null)
        {
            try
            {
                return Task.FromResult(work());
            }
#pragma warning disable CA1031 // Whatever it is, it goes to the caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return Task.FromException<T>(exception);
            }
        }

        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() => Complete(done, work));
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(new ObjectDisposedException(nameof(NamespaceThread)));
        }

        return done.Task;
    }

    /// <summary>Ends it after what it was given so far.</summary>
    public void Dispose() => _work?.CompleteAdding();

    private static void Live(string path, BlockingCollection<Action> work, TaskCompletionSource ready)
    {
        try
        {
            NetworkNamespace.Enter(path);
        }
#pragma warning disable CA1031 // Whatever it is, it goes to the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ready.SetException(exception);
            return;
        }

        ready.SetResult();
        foreach (Action action in work.GetConsumingEnumerable())
        {
            action();
        }

        work.Dispose();
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> work)
    {
        try
        {
            done.SetResult(work());
        }
#pragma warning disable CA1031 // Whatever it is, it goes to the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            done.SetException(exception);
        }
    }
}
