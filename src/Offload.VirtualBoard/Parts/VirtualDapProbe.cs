using Offload.Programming.Jtag;

namespace Offload.VirtualBoard.Parts;

/// <summary>Model of a CMSIS-DAP probe with JTAG (Arm, "CMSIS-DAP: Command specification"). What it does not know it answers with 0xFF, as a probe does.</summary>
/// <param name="chain">The chain at its pins.</param>
/// <param name="packetLength">Longest packet in bytes.</param>
/// <param name="capabilities">What DAP_Info says of it; bit 1 is JTAG.</param>
public sealed class VirtualDapProbe(VirtualJtagChain chain, int packetLength = 64, byte capabilities = 0b11) : CmsisDapPipe
{
    private const byte Unknown = 0xFF;
    private const byte JtagPortNumber = 2;

    private bool _connected;

    /// <inheritdoc/>
    public override int PacketLength => packetLength;

    /// <inheritdoc/>
    public override ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, Memory<byte> response, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Answer(request.Span, response.Span));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal int Answer(ReadOnlySpan<byte> request, Span<byte> response)
    {
        if (request.Length > packetLength)
        {
            throw new InvalidOperationException($"a request of {request.Length} bytes, and packets have {packetLength}");
        }

        response[0] = request[0];
        response[1] = 0;
        switch (request[0])
        {
            case 0x00 when request[1] == 0xF0:
                response[1] = 1;
                response[2] = capabilities;
                return 3;
            case 0x00 when request[1] == 0xFF:
                response[1] = 2;
                response[2] = (byte)packetLength;
                response[3] = (byte)(packetLength >> 8);
                return 4;
            case 0x02:
                _connected = (capabilities & 0b10) != 0 && request[1] == JtagPortNumber;
                response[1] = _connected ? JtagPortNumber : (byte)0;
                return 2;
            case 0x03:
                _connected = false;
                return 2;
            case 0x11:
                return 2;
            case 0x14 when _connected:
                return Sequence(request, response);
            case 0x14:
                response[1] = Unknown;
                return 2;
            default:
                response[0] = Unknown;
                return 1;
        }
    }

    private int Sequence(ReadOnlySpan<byte> request, Span<byte> response)
    {
        int source = 2;
        int target = 2;
        for (int sequence = 0; sequence < request[1]; sequence++)
        {
            byte info = request[source++];
            int count = (info & 0x3F) == 0 ? 64 : info & 0x3F;
            bool tms = (info & 0x40) != 0;
            bool capture = (info & 0x80) != 0;
            int bytes = (count + 7) / 8;
            if (capture)
            {
                response.Slice(target, bytes).Clear();
            }

            for (int bit = 0; bit < count; bit++)
            {
                bool tdo = chain.Clock(tms, ((request[source + (bit / 8)] >> (bit % 8)) & 1) != 0);
                if (capture && tdo)
                {
                    response[target + (bit / 8)] |= (byte)(1 << (bit % 8));
                }
            }

            source += bytes;
            target += capture ? bytes : 0;
        }

        return target;
    }
}
