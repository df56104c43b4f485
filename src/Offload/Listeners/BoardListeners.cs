using System.Net;
using Offload.Boards;

namespace Offload.Listeners;

/// <summary>The end points that the core listens on. Thread-safe.</summary>
/// <remarks>
/// The host's kernel stays the authority on ports: whoever holds the board binds a listener's end point at the kernel (in the host port's network
/// namespace, without listening) and keeps it bound until the listener is removed or the board is closed. A listener outlives the process that
/// asked for it where another process holds the board.
/// </remarks>
public sealed class BoardListeners
{
    private readonly BoardSession _session;

    internal BoardListeners(BoardSession session) => _session = session;

    /// <summary>Binds an end point and lets the core listen on it.</summary>
    /// <param name="options">What to listen on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A value is outside its range: the wildcard or a multicast address, port 0, an MSS, a scale, a VLAN.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.AddressInUse"/> and <see cref="OffloadError.AddressNotAvailable"/>, both with the
    /// socket's own error inside; <see cref="OffloadError.PermissionDenied"/>; <see cref="OffloadError.ListenersExhausted"/>;
    /// <see cref="OffloadError.Unsupported"/> for a mode that the core does not know.</exception>
    public ValueTask<Listener> AddAsync(ListenerOptions options, CancellationToken cancellationToken = default)
    {
        ListenerRules.Check(options);
        return _session.AddListenerAsync(options, cancellationToken);
    }

    /// <summary>Binds an end point with all defaults and lets the core listen on it.</summary>
    /// <param name="endPoint">Address and port.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">As for <see cref="AddAsync(ListenerOptions, CancellationToken)"/>.</exception>
    /// <exception cref="OffloadException">As for <see cref="AddAsync(ListenerOptions, CancellationToken)"/>.</exception>
    public ValueTask<Listener> AddAsync(IPEndPoint endPoint, CancellationToken cancellationToken = default) =>
        AddAsync(new ListenerOptions { EndPoint = endPoint }, cancellationToken);

    /// <summary>Takes no new connections on a listener and gives its port back to the kernel. Connections that it has stay in the core.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False where the slot has no listener (any more).</returns>
    public ValueTask<bool> RemoveAsync(Listener listener, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return RemoveAsync(listener.Slot, cancellationToken);
    }

    /// <summary>Takes no new connections on a listener and gives its port back to the kernel. Connections that it has stay in the core.</summary>
    /// <param name="slot">Its slot, 0 to 255.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False where the slot has no listener (any more).</returns>
    public ValueTask<bool> RemoveAsync(int slot, CancellationToken cancellationToken = default)
    {
        if (slot is < 0 or > byte.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(slot), slot, "A slot is 0 to 255.");
        }

        return _session.RemoveListenerAsync(slot, cancellationToken);
    }

    /// <summary>The listeners, in the order of their slots.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<IReadOnlyList<Listener>> ListAsync(CancellationToken cancellationToken = default) =>
        _session.ListListenersAsync(cancellationToken);
}
