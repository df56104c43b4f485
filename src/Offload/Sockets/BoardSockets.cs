using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Sockets;

/// <summary>A board's sockets: what adopts them is started with the first.</summary>
/// <param name="session">The board.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class BoardSockets(BoardSession session, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SocketAdopter? _adopter;
    private bool _disposed;

    /// <summary>See <see cref="OffloadBoard.ListenAsync"/>.</summary>
    public async ValueTask<OffloadListener> ListenAsync(IPEndPoint endPoint, OffloadListenerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        options.Check();
        SocketAdopter adopter = await GetAdopterAsync(cancellationToken).ConfigureAwait(false);
        return await OffloadListener.StartAsync(session, adopter, endPoint, options, logger, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>See <see cref="OffloadBoard.ConnectSocketAsync(ConnectionOpenOptions, ReleaseMode, CancellationToken)"/>.</summary>
    public async ValueTask<Socket> ConnectAsync(
        BoardConnections connections, ConnectionOpenOptions options, ReleaseMode release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        SocketAdopter adopter = await GetAdopterAsync(cancellationToken).ConfigureAwait(false);
        bool forget = release == ReleaseMode.Forget
            || (release == ReleaseMode.Auto
                && (await session.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Connections <= OffloadListenerOptions.SmallTable);
        ConnectionRow row = await connections.OpenAsync(options with { Mode = ListenerMode.Adopt }, cancellationToken).ConfigureAwait(false);
        Adoption adoption = await adopter.AdoptAsync(row, forget).ConfigureAwait(false);
        return adoption.Socket ?? throw new OffloadException(
            OffloadError.ConnectionAborted,
            adoption.Failure is { } failure
                ? $"Connect {row.Key}: the host's kernel could not take the connection over ({failure.Message}), so it was reset."
                : $"Connect {row.Key}: it ended as soon as it was open. Connect again.",
            new SocketException((int)SocketError.ConnectionAborted));
    }

    /// <summary>Ends what adopts.</summary>
    public void Dispose()
    {
        _disposed = true;
        _adopter?.Dispose();
    }

    private async ValueTask<SocketAdopter> GetAdopterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_disposed)
            {
                throw new BoardGoneException("The board was closed. Open it again.");
            }

            return _adopter ??= await SocketAdopter.StartAsync(session, logger, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
