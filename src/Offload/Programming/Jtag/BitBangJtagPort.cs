namespace Offload.Programming.Jtag;

/// <summary>JTAG over lines that are set one by one: slow, and possible wherever there is GPIO.</summary>
/// <param name="lines">The lines; disposed with the port.</param>
public sealed class BitBangJtagPort(JtagLines lines) : JtagPort
{
    private const int BitsBetweenChecks = 4096;

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        lines.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask ClockTmsAsync(uint tms, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (int bit = 0; bit < count; bit++)
        {
            Clock(((tms >> bit) & 1) != 0, tdi: false);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async ValueTask ClockDataAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, bool leave, Memory<byte> tdo, CancellationToken cancellationToken)
    {
        for (int start = 0; start < bitCount; start += BitsBetweenChecks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min(start + BitsBetweenChecks, bitCount);
            ClockData(tdi.Span, start, end, leave && end == bitCount, tdo.Span);
            await Task.Yield();
        }
    }

    private void ClockData(ReadOnlySpan<byte> tdi, int start, int end, bool leave, Span<byte> tdo)
    {
        if (!tdo.IsEmpty)
        {
            tdo[(start / 8)..((end + 7) / 8)].Clear();
        }

        for (int bit = start; bit < end; bit++)
        {
            bool tms = leave && bit == end - 1;
            bool data = ((tdi[bit / 8] >> (bit % 8)) & 1) != 0;
            lines.SetLevels(tck: false, tms, data);
            // TDO changes at the falling edge, and stands until the next one.
            if (!tdo.IsEmpty && lines.ReadTdo())
            {
                tdo[bit / 8] |= (byte)(1 << (bit % 8));
            }

            lines.SetLevels(tck: true, tms, data);
        }

        lines.SetLevels(tck: false, leave, tdi: false);
    }

    private void Clock(bool tms, bool tdi)
    {
        lines.SetLevels(tck: false, tms, tdi);
        lines.SetLevels(tck: true, tms, tdi);
        lines.SetLevels(tck: false, tms, tdi);
    }
}
