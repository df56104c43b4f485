using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Offload.VirtualBoard.Usb;

/// <summary>
/// A USB socket at the end of a unix socket, into which a model is plugged: QEMU's <c>usb-redir</c> shows the model to a guest at an emulated
/// host controller (<c>-chardev socket,id=usb0,path=… -device qemu-xhci -device usb-redir,chardev=usb0</c>). One client at a time.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class UsbRedirServer : IAsyncDisposable
{
    private readonly SocketServer _server;
    private readonly Lock _lock = new();
    private UsbRedirConnection? _connection;
    private UsbDeviceModel? _device;

    private UsbRedirServer(string path, ILogger logger) =>
        _server = new SocketServer(path, ServeAsync, exception => VirtualBoardLog.UsbClientLost(logger, path, exception.Message));

    /// <summary>Begins to listen. Nothing is plugged in yet.</summary>
    /// <param name="path">Path of the socket, which only its owner may use; a file that is there is replaced.</param>
    /// <param name="loggerFactory">Where it says why a client was cut off; null: nowhere.</param>
    /// <exception cref="SocketException">The path cannot be used.</exception>
    public static UsbRedirServer Listen(string path, ILoggerFactory? loggerFactory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new UsbRedirServer(path, (ILogger?)loggerFactory?.CreateLogger<UsbRedirServer>() ?? NullLogger.Instance);
    }

    /// <summary>Plugs a device in, in place of the one that is, which is pulled out. The client sees it at once, or when it connects.</summary>
    /// <param name="device">The device, which was not plugged in before.</param>
    public void Plug(UsbDeviceModel device)
    {
        ArgumentNullException.ThrowIfNull(device);
        UsbDeviceModel? former;
        lock (_lock)
        {
            former = _device;
            _device = device;
        }

        former?.Unplug();
        lock (_lock)
        {
            _connection?.Show(device);
        }
    }

    /// <summary>Ends the connection and the socket, and pulls the device out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        _device?.Unplug();
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        using UsbRedirConnection connection = new(client);
        await connection.GreetAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _connection = connection;
            if (_device is { Unplugged.IsCancellationRequested: false } device)
            {
                connection.Show(device);
            }
        }

        try
        {
            await connection.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _connection = null;
            }
        }
    }
}
