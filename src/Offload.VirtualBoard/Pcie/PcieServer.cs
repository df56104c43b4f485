using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Offload.Links;

namespace Offload.VirtualBoard.Pcie;

/// <summary>
/// Offers a board's registers as a PCI function to an emulated machine, by the protocol vfio-user (QEMU: docs/interop/vfio-user.rst; QEMU 10.1 and
/// later, device vfio-user-pci). One machine at a time; when it ends, the next may connect.
/// </summary>
public sealed class PcieServer : IAsyncDisposable
{
    private const int HeaderBytes = 16;
    private const int MaxMessage = 1 << 20;
    private const uint NoReply = 0x10;
    private const uint Reply = 1;
    private const uint ReplyIsError = 0x20;
    private const uint InvalidArgument = 22;
    private const uint ConfigurationRegion = 7;
    private const uint MessageInterrupt = 1;

    private readonly SocketServer _server;
    private readonly PcieFunctionModel _function;
    private readonly ILogger _logger;

    private PcieServer(string path, RegisterLink link, ILogger logger)
    {
        _logger = logger;
        _function = new PcieFunctionModel(link);
        _server = new SocketServer(path, ServeAsync, exception => PcieLog.Broken(logger, exception));
    }

    private enum Command : ushort
    {
        Version = 1,
        MapMemory = 2,
        UnmapMemory = 3,
        GetDeviceInfo = 4,
        GetRegionInfo = 5,
        GetInterruptInfo = 7,
        SetInterrupts = 8,
        ReadRegion = 9,
        WriteRegion = 10,
        Reset = 13,
    }

    /// <summary>PCI vendor and device id of the function.</summary>
    public static (ushort Vendor, ushort Device) Ids => (PcieFunctionModel.Vendor, PcieFunctionModel.Device);

    /// <summary>MSI that were sent so far.</summary>
    public long InterruptsSent => _function.Messages;

    /// <summary>Begins to listen.</summary>
    /// <param name="link">Registers of the board, which has to have a bitstream. Stays the caller's, and has to outlive the server.</param>
    /// <param name="socketPath">Path of the socket; a file that nobody listens on is replaced.</param>
    /// <param name="loggerFactory">Where logs go; null: nowhere.</param>
    /// <exception cref="SocketException">The path cannot be used.</exception>
    public static PcieServer Start(RegisterLink link, string socketPath, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        return new PcieServer(socketPath, link, (ILogger?)loggerFactory?.CreateLogger<PcieServer>() ?? NullLogger.Instance);
    }

    /// <summary>A fault: the function vanishes. It reads as all ones, and what is written is lost, until it returns.</summary>
    /// <param name="afterAccesses">Words of BAR 0 that are still read or written before.</param>
    public void Vanish(long afterAccesses = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterAccesses);
        _function.Vanish(afterAccesses);
    }

    /// <summary>A function that has vanished returns, as after a reset of its link.</summary>
    public void Return() => _function.Return();

    /// <summary>A fault: interrupts without a reason.</summary>
    /// <param name="count">How many, as fast as they go.</param>
    /// <returns>How many were taken: none where the machine has not switched MSI on.</returns>
    public int Storm(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int sent = 0;
        while (sent < count && _function.SendMessage())
        {
            sent++;
        }

        return sent;
    }

    /// <summary>Ends the connection and stops to listen; the machine then finds its device gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _function.DisposeAsync().ConfigureAwait(false);
    }

    // A thread of its own: a machine waits for each answer.
    private Task ServeAsync(Socket client, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            using DescriptorSocket peer = new(client);
            using CancellationTokenRegistration ending = cancellationToken.UnsafeRegister(static peer => ((DescriptorSocket)peer!).Shutdown(), peer);
            try
            {
                Serve(peer);
            }
            finally
            {
                _function.SetMessage(null);
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Serve(DescriptorSocket peer)
    {
        byte[] header = new byte[HeaderBytes];
        List<SafeFileHandle> descriptors = [];
        try
        {
            while (peer.Read(header, descriptors))
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
                if (size is < HeaderBytes or > MaxMessage)
                {
                    throw new IOException($"a message of {size} bytes came; {HeaderBytes} to {MaxMessage} are possible");
                }

                byte[] content = new byte[size - HeaderBytes];
                if (content.Length != 0 && !peer.Read(content, descriptors))
                {
                    throw new IOException("the other end closed in the middle of a message");
                }

                Command command = (Command)BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(2));
                byte[]? answer = content.Length >= LeastContent(command) ? Answer(command, content, descriptors) : null;
                descriptors.ForEach(descriptor => descriptor.Dispose());
                descriptors.Clear();
                if (answer is null)
                {
                    PcieLog.Unknown(_logger, (int)command);
                }

                if ((BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) & NoReply) == 0)
                {
                    byte[] reply = [.. header, .. answer ?? []];
                    BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(4), reply.Length);
                    BinaryPrimitives.WriteUInt32LittleEndian(reply.AsSpan(8), Reply | (answer is null ? ReplyIsError : 0));
                    BinaryPrimitives.WriteUInt32LittleEndian(reply.AsSpan(12), answer is null ? InvalidArgument : 0);
                    peer.Write(reply);
                }
            }
        }
        finally
        {
            descriptors.ForEach(descriptor => descriptor.Dispose());
        }
    }

    private static int LeastContent(Command command) => command switch
    {
        Command.Version => 4,
        Command.UnmapMemory => 24,
        Command.GetDeviceInfo or Command.ReadRegion or Command.WriteRegion or Command.GetRegionInfo or Command.GetInterruptInfo => 16,
        Command.SetInterrupts => 20,
        _ => 0,
    };

    /// <summary>Null: not possible.</summary>
    private byte[]? Answer(Command command, byte[] content, List<SafeFileHandle> descriptors)
    {
        uint Word(int index) => BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(index * sizeof(uint)));
        switch (command)
        {
            case Command.Version:
                return [0, 0, 0, 0, .. "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":65536}}\0"u8];
            case Command.MapMemory or Command.Reset:
                return []; // it needs no memory of the machine's, and keeps nothing that a reset would empty
            case Command.UnmapMemory:
                return content;
            case Command.GetDeviceInfo:
                return Words(16, 3, 9, 5); // flags: reset, PCI; regions; kinds of interrupts
            case Command.GetRegionInfo:
                uint region = Word(2);
                uint size = region switch { 0 => PcieFunctionModel.BarBytes, ConfigurationRegion => ConfigurationSpace.Bytes, _ => 0 };
                return Words(32, size == 0 ? 0 : 3u, region, 0, size, 0, 0, 0); // flags: read, write
            case Command.GetInterruptInfo:
                uint kind = Word(2);
                return Words(16, 1, kind, kind == MessageInterrupt ? 1u : 0); // flags: by eventfd
            case Command.SetInterrupts:
                SetInterrupts(Word(1), Word(2), Word(4), descriptors);
                return [];
            case Command.ReadRegion:
                return Read(content);
            case Command.WriteRegion:
                return Write(content);
            default:
                return null;
        }
    }

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        byte[] bytes = new byte[words.Length * sizeof(uint)];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), words[i]);
        }

        return bytes;
    }

    private void SetInterrupts(uint flags, uint kind, uint count, List<SafeFileHandle> descriptors)
    {
        const uint NoData = 1;
        const uint Descriptors = 4;
        const uint Trigger = 0x20;
        if (kind != MessageInterrupt || (flags & Trigger) == 0)
        {
            return;
        }

        if ((flags & Descriptors) != 0 && descriptors.Count > 0)
        {
            _function.SetMessage(descriptors[0]);
            descriptors.RemoveAt(0);
        }
        else if ((flags & NoData) != 0 && count == 0)
        {
            _function.SetMessage(null);
        }
    }

    private byte[]? Read(byte[] content)
    {
        (ulong offset, uint region, uint count) = Place(content);
        if (count > 65536)
        {
            return null;
        }

        byte[] answer = new byte[HeaderBytes + count];
        content.AsSpan(0, HeaderBytes).CopyTo(answer);
        Span<byte> bytes = answer.AsSpan(HeaderBytes);
        switch (region)
        {
            case 0:
                _function.Read(offset, bytes);
                return answer;
            case ConfigurationRegion:
                _function.Configuration.Read(offset, bytes);
                return answer;
            default:
                return null;
        }
    }

    private byte[]? Write(byte[] content)
    {
        (ulong offset, uint region, uint count) = Place(content);
        if (count != content.Length - HeaderBytes)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = content.AsSpan(HeaderBytes);
        switch (region)
        {
            case 0:
                _function.Write(offset, bytes);
                break;
            case ConfigurationRegion:
                _function.Configuration.Write(offset, bytes);
                break;
            default:
                return null;
        }

        return content[..HeaderBytes];
    }

    private static (ulong Offset, uint Region, uint Count) Place(byte[] content) => (
        BinaryPrimitives.ReadUInt64LittleEndian(content), BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(8)),
        BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(12)));
}

/// <summary>Log messages of the PCIe server; event ids 2100 to 2109.</summary>
internal static partial class PcieLog
{
    [LoggerMessage(2100, LogLevel.Warning, "The machine that uses the PCI function broke the connection", EventName = "PcieServerBroken")]
    internal static partial void Broken(ILogger logger, Exception exception);

    [LoggerMessage(2101, LogLevel.Warning, "The PCI function was asked for command {Command} of vfio-user, which it does not have, or not so", EventName = "PcieServerUnknown")]
    internal static partial void Unknown(ILogger logger, int command);
}
