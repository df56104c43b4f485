using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Serving;

/// <summary>How things are written into frames and read out of them. A pair for each, side by side.</summary>
internal static class Wire
{
    private const ushort IoErrorCode = 0;

    public static void Write(MessageWriter writer, BoardDescription board) =>
        writer.Text(board.Id).Text(board.Kind).Text(board.Name).Text(board.Location);

    public static BoardDescription ReadDescription(ref MessageReader reader) => new(reader.Text(), reader.Text(), reader.Text(), reader.Text());

    public static void Write(MessageWriter writer, BoardIdentity identity) => writer
        .Int32(identity.CoreVersion.Major).Int32(identity.CoreVersion.Minor).Int32(identity.CoreVersion.Build).Text(identity.MapHash)
        .Int32(identity.Connections).Int32(identity.Listeners).Int32(identity.DataWidth).Int32(identity.EventDepth).Int32(identity.ParkSlots)
        .Int32(identity.MaxFrame);

    public static BoardIdentity ReadIdentity(ref MessageReader reader) => new(
        new Version(Natural(reader.Int32()), Natural(reader.Int32()), Natural(reader.Int32())), reader.Text(),
        reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32());

    public static void Write(MessageWriter writer, BoardPart part)
    {
        writer.Text(part.BoardName).UInt32(part.IdCode).Boolean(part.IsLoaded).OptionalText(part.LoadedVersion).Boolean(part.HostPort is not null);
        if (part.HostPort is { } port)
        {
            writer.Text(port.InterfaceName).OptionalText(port.NetworkNamespacePath).UInt64(port.MacAddress.Value);
        }
    }

    public static BoardPart ReadPart(ref MessageReader reader) => new(
        reader.Text(), reader.UInt32(), reader.Boolean(), reader.OptionalText(),
        reader.Boolean() ? new HostPort(reader.Text(), reader.OptionalText(), new MacAddress(reader.UInt64())) : null);

    public static void Write(MessageWriter writer, in ConnectionKey key) => writer
        .Bytes(AddressBytes(key.LocalAddress)).UInt16(key.LocalPort).Bytes(AddressBytes(key.RemoteAddress)).UInt16(key.RemotePort)
        .Int32(key.Vlan ?? -1);

    public static ConnectionKey ReadKey(ref MessageReader reader) => new(
        ReadAddress(ref reader), reader.UInt16(), ReadAddress(ref reader), reader.UInt16(), ReadVlan(ref reader));

    public static void Write(MessageWriter writer, in CommandRequest request)
    {
        writer.Byte((byte)request.Code);
        Write(writer, request.Key);
        writer.UInt64(request.CreatedMicroseconds).Int32(request.Listener ?? -1).Boolean(request.Forget);
        ConnectionTake take = request.Take;
        writer.UInt32(take.SndNxt).UInt32(take.RcvNxt).UInt32(take.TsVal).UInt16(take.Window).Boolean(take.PeerClosed);
    }

    /// <summary>A command; OPEN is none: the holder has to know of it (<see cref="RequestCode.OpenConnection"/>).</summary>
    public static CommandRequest ReadCommand(ref MessageReader reader)
    {
        CommandCode code = (CommandCode)reader.Byte();
        if (code == CommandCode.Open)
        {
            throw MessageReader.Bad("OPEN as a bare command");
        }

        return new CommandRequest(code, ReadKey(ref reader), reader.UInt64())
        {
            Listener = reader.Int32() switch
            {
                -1 => null,
                >= 0 and <= byte.MaxValue and int slot => (byte)slot,
                _ => throw MessageReader.Bad("a slot outside 0 to 255"),
            },
            Forget = reader.Boolean(),
            Take = new ConnectionTake
            {
                SndNxt = reader.UInt32(),
                RcvNxt = reader.UInt32(),
                TsVal = reader.UInt32(),
                Window = reader.UInt16(),
                PeerClosed = reader.Boolean(),
            },
        };
    }

    public static void Write(MessageWriter writer, ConnectionOpenOptions options)
    {
        Write(writer, options.RemoteEndPoint);
        writer.Boolean(options.LocalAddress is not null);
        if (options.LocalAddress is { } local)
        {
            Write(writer, new IPEndPoint(local, 0));
        }

        writer.Int32(options.LocalPort ?? -1).Byte((byte)options.Mode).Int32(options.Mss ?? -1).Int32(options.Window).Int32(options.WindowScale)
            .Boolean(options.WindowScaling).Boolean(options.Timestamps).Boolean(options.Sack).Int32(options.Vlan ?? -1).Boolean(options.ResetData)
            .UInt64(options.LocalMac?.Value ?? 0).UInt64(options.NextHopMac?.Value ?? 0).UInt64((ulong)options.ResolveTimeout.Ticks);
    }

    public static ConnectionOpenOptions ReadOpen(ref MessageReader reader) => new()
    {
        RemoteEndPoint = ReadEndPoint(ref reader),
        LocalAddress = reader.Boolean() ? ReadEndPoint(ref reader).Address : null,
        LocalPort = OrNull(reader.Int32()),
        Mode = (ListenerMode)reader.Byte(),
        Mss = OrNull(reader.Int32()),
        Window = reader.Int32(),
        WindowScale = reader.Int32(),
        WindowScaling = reader.Boolean(),
        Timestamps = reader.Boolean(),
        Sack = reader.Boolean(),
        Vlan = OrNull(reader.Int32()),
        ResetData = reader.Boolean(),
        LocalMac = ReadMac(ref reader),
        NextHopMac = ReadMac(ref reader),
        ResolveTimeout = new TimeSpan((long)reader.UInt64()),
    };

    public static void Write(MessageWriter writer, ListenerOptions options)
    {
        Write(writer, options.EndPoint);
        writer.Byte((byte)options.Action).Byte((byte)options.Mode).Int32(options.Mss ?? -1).Int32(options.Window).Int32(options.WindowScale)
            .Boolean(options.WindowScaling).Boolean(options.Timestamps).Boolean(options.Sack).Int32(options.Vlan ?? -1)
            .Boolean(options.ResetUnknown).Boolean(options.ResetData).UInt64(options.Mac?.Value ?? 0)
            .Int32(options.Backlog).Byte((byte)options.HostLost);
    }

    public static ListenerOptions ReadOptions(ref MessageReader reader) => new()
    {
        EndPoint = ReadEndPoint(ref reader),
        Action = (ListenerAction)reader.Byte(),
        Mode = (ListenerMode)reader.Byte(),
        Mss = OrNull(reader.Int32()),
        Window = reader.Int32(),
        WindowScale = reader.Int32(),
        WindowScaling = reader.Boolean(),
        Timestamps = reader.Boolean(),
        Sack = reader.Boolean(),
        Vlan = OrNull(reader.Int32()),
        ResetUnknown = reader.Boolean(),
        ResetData = reader.Boolean(),
        Mac = ReadMac(ref reader),
        Backlog = reader.Int32(),
        HostLost = (HostLost)reader.Byte(),
    };

    public static void Write(MessageWriter writer, Listener listener)
    {
        writer.Int32(listener.Slot);
        Write(writer, listener.EndPoint);
        writer.Byte((byte)listener.Action).Byte((byte)listener.Mode).Int32(listener.Mss).Int32(listener.Window).Int32(listener.WindowScale)
            .Boolean(listener.WindowScaling).Boolean(listener.Timestamps).Boolean(listener.Sack).Int32(listener.Vlan ?? -1)
            .Boolean(listener.ResetUnknown).Boolean(listener.ResetData).UInt64(listener.Mac.Value)
            .Int32(listener.Backlog).Byte((byte)listener.HostLost);
    }

    public static Listener ReadListener(ref MessageReader reader) => new(
        reader.Int32(), ReadEndPoint(ref reader), (ListenerAction)reader.Byte(), (ListenerMode)reader.Byte(), reader.Int32(), reader.Int32(),
        reader.Int32(), reader.Boolean(), reader.Boolean(), reader.Boolean(), OrNull(reader.Int32()), reader.Boolean(), reader.Boolean(),
        new MacAddress(reader.UInt64()), reader.Int32(), (HostLost)reader.Byte());

    public static void Write(MessageWriter writer, IsnConfiguration isn) => writer
        .Byte((byte)isn.Mode).UInt32(isn.FixedValue).Boolean(isn.TestEnabled).Boolean(isn.IsKeySet).UInt64(isn.KeyGeneration);

    public static IsnConfiguration ReadIsn(ref MessageReader reader) =>
        new((IsnMode)reader.Byte(), reader.UInt32(), reader.Boolean(), reader.Boolean(), reader.UInt64());

    public static void Write(MessageWriter writer, in LoadProgress progress) =>
        writer.Byte((byte)progress.Stage).UInt64((ulong)progress.BytesDone).UInt64((ulong)progress.BytesTotal);

    public static LoadProgress ReadProgress(ref MessageReader reader) =>
        new((LoadStage)reader.Byte(), (long)reader.UInt64(), (long)reader.UInt64());

    /// <summary>An error; of an exception that is none of ours, only the kind and the message.</summary>
    public static void Write(MessageWriter writer, Exception exception)
    {
        (ushort code, ushort reason) = exception switch
        {
            BitstreamRejectedException rejected => ((ushort)rejected.Code, (ushort)rejected.Reason),
            OffloadException own => ((ushort)own.Code, (ushort)((own.InnerException as System.Net.Sockets.SocketException)?.SocketErrorCode ?? 0)),
            ArgumentException => ((ushort)OffloadError.InvalidArgument, (ushort)0),
            IOException or UnauthorizedAccessException => (IoErrorCode, (ushort)0),
            _ => ((ushort)OffloadError.LinkFault, (ushort)0),
        };
        writer.UInt16(code).UInt16(reason).Text(exception.Message);
    }

    public static Exception ReadError(ref MessageReader reader)
    {
        ushort code = reader.UInt16();
        ushort reason = reader.UInt16();
        string message = reader.Text();
        reader.End();
        return (OffloadError)code switch
        {
            IoErrorCode => new IOException(message),
            OffloadError.BitstreamRejected => new BitstreamRejectedException((BitstreamRejection)reason, message),
            OffloadError.AddressInUse or OffloadError.AddressNotAvailable or OffloadError.PermissionDenied or OffloadError.ConnectionRefused
                or OffloadError.ConnectionTimedOut or OffloadError.ConnectionAborted or OffloadError.ConnectionExists when reason != 0 =>
                new OffloadException((OffloadError)code, message, new System.Net.Sockets.SocketException(reason)),
            _ => OffloadException.Create((OffloadError)code, message),
        };
    }

    private static void Write(MessageWriter writer, IPEndPoint endPoint)
    {
        NetworkAddress address = NetworkAddress.FromIPAddress(endPoint.Address);
        writer.Bytes(AddressBytes(address)).UInt64(address.IsIPv4 ? 0 : (ulong)endPoint.Address.ScopeId).UInt16((ushort)endPoint.Port);
    }

    private static IPEndPoint ReadEndPoint(ref MessageReader reader)
    {
        NetworkAddress address = ReadAddress(ref reader);
        ulong scope = reader.UInt64();
        if (scope > uint.MaxValue)
        {
            throw MessageReader.Bad("a scope above 2^32 - 1");
        }

        IPAddress plain = address.ToIPAddress();
        if (!address.IsIPv4 && scope != 0)
        {
            plain.ScopeId = (long)scope;
        }

        return new IPEndPoint(plain, reader.UInt16());
    }

    private static byte[] AddressBytes(NetworkAddress address)
    {
        byte[] bytes = new byte[16];
        address.WriteTo(bytes);
        return bytes;
    }

    private static NetworkAddress ReadAddress(ref MessageReader reader) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(reader.Bytes(16)));

    private static ushort? ReadVlan(ref MessageReader reader) => reader.Int32() switch
    {
        -1 => null,
        >= 0 and <= 4095 and int vlan => (ushort)vlan,
        _ => throw MessageReader.Bad("a VLAN outside 0 to 4095"),
    };

    private static MacAddress? ReadMac(ref MessageReader reader) => reader.UInt64() is var mac and not 0 ? new MacAddress(mac) : null;

    private static int? OrNull(int value) => value == -1 ? null : value;

    private static int Natural(int value) => value >= 0 ? value : throw MessageReader.Bad("a negative version");
}
