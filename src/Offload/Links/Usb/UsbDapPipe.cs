using System.Buffers.Binary;
using System.Text;
using Offload.Programming.Jtag;

namespace Offload.Links.Usb;

/// <summary>
/// A CMSIS-DAP probe at USB (Arm, "CMSIS-DAP", "Configure USB peripheral"): by its two bulk endpoints (version 2) where it has an interface with them, else by its
/// HID reports (version 1), which are taken from the kernel's driver for as long.
/// </summary>
public sealed class UsbDapPipe : CmsisDapPipe
{
    private const string Mark = "CMSIS-DAP";
    private const byte HidClass = 3;
    private const byte VendorClass = 0xFF;
    private const byte Bulk = 2;
    private const byte Interrupt = 3;
    private const byte ToHost = 0x80;
    private const ushort English = 0x0409;
    private const int ShortestPacket = 64;
    private const int LongestPacket = 4096;

    private const int MostLeft = 16;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMilliseconds(20);

    private readonly UsbTransport _transport;
    private readonly Probe _probe;
    private readonly byte[] _answer;
    private readonly byte[] _report;
    private int _packetLength;

    private UsbDapPipe(UsbTransport transport, Probe probe)
    {
        _transport = transport;
        _probe = probe;
        _packetLength = probe.In.MaxPacket;
        _report = probe.IsHid ? new byte[probe.In.MaxPacket] : [];
        _answer = new byte[probe.IsHid ? probe.In.MaxPacket : LongestPacket];
    }

    /// <inheritdoc/>
    public override int PacketLength => _packetLength;

    /// <summary>Opens a probe, known by the <c>CMSIS-DAP</c> in its product text.</summary>
    /// <param name="bus">Where it is plugged in; null: this machine's own bus.</param>
    /// <param name="serialNumber">Which one, where there are several; null: the only one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardNotFound"/>: there is none; <see cref="OffloadError.BoardAmbiguous"/>: there are several;
    /// <see cref="OffloadError.BoardBusy"/>, <see cref="OffloadError.PermissionDenied"/>, <see cref="OffloadError.LinkFault"/>: it is no such probe, or does not answer.</exception>
    public static async ValueTask<UsbDapPipe> OpenAsync(UsbBus? bus = null, string? serialNumber = null, CancellationToken cancellationToken = default)
    {
        bus ??= new LibUsbBus();
        UsbDeviceInfo device = Choose(bus, serialNumber);
        UsbTransport transport = bus.Open(device);
        try
        {
            Probe probe = await FindAsync(transport, cancellationToken).ConfigureAwait(false);
            transport.Claim(probe.Interface);
            UsbDapPipe pipe = new(transport, probe);
            await pipe.DrainAsync(cancellationToken).ConfigureAwait(false);
            await pipe.AskPacketLengthAsync(cancellationToken).ConfigureAwait(false);
            return pipe;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, Memory<byte> response, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, _packetLength);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerTimeout);
        try
        {
            await SendAsync(request, patience.Token).ConfigureAwait(false);
            int count = await _transport.ReadAsync(_probe.In.Address, _answer, patience.Token).ConfigureAwait(false);

            // A report is always whole, however long the packet in it may be.
            count = _probe.IsHid ? Math.Min(count, response.Length) : count;
            if (count > response.Length || count == 0)
            {
                throw Fault($"answered with {count} bytes, of {response.Length} at most");
            }

            _answer.AsMemory(0, count).CopyTo(response);
            return count;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"does not answer within {AnswerTimeout.TotalSeconds:0} s");
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _transport.DisposeAsync();

    private static UsbDeviceInfo Choose(UsbBus bus, string? serialNumber)
    {
        List<UsbDeviceInfo> probes = [.. bus.List().Where(one => one.Product.Contains(Mark, StringComparison.OrdinalIgnoreCase))];
        List<UsbDeviceInfo> meant = serialNumber is null ? probes : probes.FindAll(one => one.SerialNumber == serialNumber);
        return meant.Count switch
        {
            1 => meant[0],
            0 => throw new BoardNotFoundException(
                $"there is no CMSIS-DAP probe{(serialNumber is null ? "" : $" with the serial number {serialNumber}")} at USB ({Names(probes)}); plug it in, or name another in the wiring"),
            _ => throw new OffloadException(
                OffloadError.BoardAmbiguous, $"there are several CMSIS-DAP probes at USB ({Names(meant)}); name one in the wiring, as cmsis-dap:SERIAL"),
        };
    }

    private static string Names(List<UsbDeviceInfo> probes) =>
        probes.Count == 0 ? "there is none" : string.Join(", ", probes.Select(one => one.SerialNumber.Length == 0 ? one.Location : one.SerialNumber));

    /// <summary>Finds the probe's interface in the descriptors (USB 2.0, 9.6).</summary>
    private static async ValueTask<Probe> FindAsync(UsbTransport transport, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[LongestPacket];
        int length = await transport.ControlAsync(ToHost, 6, 0x0200, 0, bytes, cancellationToken).ConfigureAwait(false);
        List<Probe> interfaces = Parse(bytes.AsSpan(0, length));
        foreach (Probe one in interfaces.Where(one => one is { IsHid: false, Name: not 0 }))
        {
            byte[] text = new byte[byte.MaxValue];
            int count = await transport.ControlAsync(ToHost, 6, (ushort)(0x0300 | one.Name), English, text, cancellationToken).ConfigureAwait(false);
            if (count > 2 && Encoding.Unicode.GetString(text, 2, count - 2).Contains(Mark, StringComparison.OrdinalIgnoreCase))
            {
                return one;
            }
        }

        return interfaces.FirstOrDefault(one => one.IsHid) ?? throw new OffloadException(
            OffloadError.LinkFault,
            $"the USB device {transport.Device.Product} {transport.Device.SerialNumber} at {transport.Device.Location} has no interface of a CMSIS-DAP probe; use another probe");
    }

    private static List<Probe> Parse(ReadOnlySpan<byte> bytes)
    {
        List<Probe> found = [];
        (byte Number, byte Class, byte Name)? current = null;
        List<Endpoint> endpoints = [];
        for (int at = 0; at + 2 <= bytes.Length && bytes[at] >= 2 && at + bytes[at] <= bytes.Length; at += bytes[at])
        {
            ReadOnlySpan<byte> one = bytes.Slice(at, bytes[at]);
            if (one[1] == 4 && one.Length >= 9)
            {
                Take();
                current = one[3] == 0 ? (one[2], one[5], one[8]) : null; // of alternatives, the one that is set after a reset
                endpoints = [];
            }
            else if (one[1] == 5 && one.Length >= 7)
            {
                endpoints.Add(new Endpoint(one[2], (byte)(one[3] & 3), BinaryPrimitives.ReadUInt16LittleEndian(one[4..]) & 0x7FF));
            }
        }

        Take();
        return found;

        void Take()
        {
            if (current is not { } face)
            {
                return;
            }

            if (face.Class == VendorClass && endpoints is [{ Kind: Bulk, Address: < ToHost } to, { Kind: Bulk, Address: >= ToHost } from, ..])
            {
                found.Add(new Probe(face.Number, face.Name, false, to, from));
            }
            else if (face.Class == HidClass && endpoints.Find(one => one is { Kind: Interrupt, Address: >= ToHost, MaxPacket: >= ShortestPacket }) is { } reports)
            {
                found.Add(new Probe(face.Number, face.Name, true, endpoints.Find(one => one is { Kind: Interrupt, Address: < ToHost }), reports));
            }
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (!_probe.IsHid)
        {
            await _transport.WriteAsync(_probe.Out!.Address, request, cancellationToken).ConfigureAwait(false);
            return;
        }

        // A report is always whole, and has no number.
        request.CopyTo(_report);
        _report.AsSpan(request.Length).Clear();
        if (_probe.Out is { } endpoint)
        {
            await _transport.WriteAsync(endpoint.Address, _report, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _ = await _transport.ControlAsync(0x21, 9, 0x0200, _probe.Interface, _report, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes what is left of an exchange that somebody did not wait for to the end.</summary>
    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        for (int packet = 0; packet < MostLeft; packet++)
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(DrainTimeout);
            try
            {
                _ = await _transport.ReadAsync(_probe.In.Address, _answer, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>DAP_Info 0xFF: bytes of a packet.</summary>
    private async ValueTask AskPacketLengthAsync(CancellationToken cancellationToken)
    {
        byte[] answer = new byte[LongestPacket];
        int count = await ExchangeAsync(new byte[] { 0x00, 0xFF }, answer, cancellationToken).ConfigureAwait(false);
        int length = count >= 4 && answer is [0x00, 2, ..] ? BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(2)) : 0;
        if (length is < ShortestPacket or > LongestPacket)
        {
            throw Fault("does not say how long its packets are");
        }

        _packetLength = _probe.IsHid ? Math.Min(length, _probe.In.MaxPacket) : length;
    }

    private OffloadException Fault(string what) => new(
        OffloadError.LinkFault,
        $"the CMSIS-DAP probe {_transport.Device.Product} {_transport.Device.SerialNumber} at {_transport.Device.Location} {what}; unplug it, and plug it in again");

    private sealed record Endpoint(byte Address, byte Kind, int MaxPacket);

    /// <summary>An interface that may be a probe's; a HID without an endpoint to the device takes reports by control transfers.</summary>
    private sealed record Probe(byte Interface, byte Name, bool IsHid, Endpoint? Out, Endpoint In);
}
