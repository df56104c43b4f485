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
    private readonly Socket _listener;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private UsbRedirConnection? _connection;
    private UsbDeviceModel? _device;

    private UsbRedirServer(string path, ILogger logger)
    {
        _path = path;
        _logger = logger;
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _listener.Listen(1);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Begins to listen. Nothing is plugged in yet.</summary>
    /// <param name="path">Path of the socket, which must not be there; only its owner may use it.</param>
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
        await _ending.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _device?.Unplug();
        File.Delete(_path);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using Socket client = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                await ServeAsync(client).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException)
            {
                VirtualBoardLog.UsbClientLost(_logger, _path, exception.Message);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using UsbRedirConnection connection = new(client);
        await connection.GreetAsync(_ending.Token).ConfigureAwait(false);
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
            await connection.RunAsync(_ending.Token).ConfigureAwait(false);
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
