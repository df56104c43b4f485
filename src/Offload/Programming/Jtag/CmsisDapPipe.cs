namespace Offload.Programming.Jtag;

/// <summary>Packets to a CMSIS-DAP probe and back: HID reports (version 1) or bulk transfers (version 2).</summary>
/// <remarks>Every exchange throws <see cref="BoardGoneException"/> once the probe is no longer there.</remarks>
public abstract class CmsisDapPipe : IAsyncDisposable
{
    /// <summary>Longest packet in bytes, without a HID report's number; 64 at full speed, up to 1,024 at high speed.</summary>
    public abstract int PacketLength { get; }

    /// <summary>Sends a request and waits for its response.</summary>
    /// <param name="request">The request, at most <see cref="PacketLength"/> bytes.</param>
    /// <param name="response">Where the response goes, <see cref="PacketLength"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Length of the response.</returns>
    public abstract ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, Memory<byte> response, CancellationToken cancellationToken = default);

    /// <summary>Gives the probe back.</summary>
    public abstract ValueTask DisposeAsync();
}
