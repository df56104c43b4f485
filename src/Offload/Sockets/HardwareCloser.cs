using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;

namespace Offload.Sockets;

/// <summary>Closes connections at the board whose sockets were disposed (<see cref="OffloadListenerOptions.CloseInHardware"/>).</summary>
/// <param name="session">The board.</param>
/// <param name="options">How they go back.</param>
/// <param name="logger">Told of those that the kernel closes.</param>
internal sealed class HardwareCloser(BoardSession session, SocketReturnOptions options, ILogger logger)
{
    private readonly BoardConnections _connections = new(session);
    private long _returned;

    /// <summary>Connections that went back so far.</summary>
    public long Returned => Interlocked.Read(ref _returned);

    /// <summary>Closes a connection, at the board where that can be, else as a socket that is disposed; returns before it is done.</summary>
    /// <param name="handle">The connection; from now on ours.</param>
    /// <param name="row">As it was adopted.</param>
    public void Close(SafeSocketHandle handle, ConnectionRow row) => _ = Task.Run(() => CloseAsync(handle, row));

    private async Task CloseAsync(SafeSocketHandle handle, ConnectionRow row)
    {
        try
        {
            using SafeSocketHandle owned = handle;
            using Socket socket = new(handle);

            // A socket that lingers is to tell the peer by itself, and one that was shut down has told it already.
            if (socket.LingerState is { Enabled: true } || TcpRepair.ReadState(handle) is not (KernelTcpState.Established or KernelTcpState.CloseWait))
            {
                return;
            }

            AdoptedSockets.Add(socket, row);
            await SocketExtensions.ReturnAsync(socket, _connections, options, CancellationToken.None).ConfigureAwait(false);
            Interlocked.Increment(ref _returned);
        }
        catch (Exception exception) when (exception is OffloadException or SocketException or TcpRepairException or IOException or ObjectDisposedException)
        {
            SocketLog.ClosedByKernel(logger, row.Key, exception);
        }
    }
}
