namespace Offload.Connections;

/// <summary>One subscriber's end of the event stream.</summary>
internal abstract class EventReader : IAsyncDisposable
{
    /// <summary>Waits for the next item and copies its words.</summary>
    /// <param name="words">Takes the event layout's words.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether words were copied (else only a loss is told), and how many events were lost before it.</returns>
    public abstract ValueTask<EventItem> ReadAsync(Memory<uint> words, CancellationToken cancellationToken);

    /// <summary>Ends the subscription.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>What a reader was given.</summary>
/// <param name="HasEvent">Whether an event was copied.</param>
/// <param name="Lost">Events lost before it.</param>
internal readonly record struct EventItem(bool HasEvent, ulong Lost);
