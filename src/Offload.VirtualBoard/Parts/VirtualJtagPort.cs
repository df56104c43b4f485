using Offload.Programming.Jtag;

namespace Offload.VirtualBoard.Parts;

/// <summary>A JTAG port that leads to a model.</summary>
/// <param name="chain">The model.</param>
public sealed class VirtualJtagPort(VirtualJtagChain chain) : JtagPort
{
    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override ValueTask ClockTmsAsync(uint tms, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (int bit = 0; bit < count; bit++)
        {
            chain.Clock(((tms >> bit) & 1) != 0, tdi: false);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask ClockDataAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, bool leave, Memory<byte> tdo, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlySpan<byte> source = tdi.Span;
        Span<byte> target = tdo.Span;
        if (!target.IsEmpty)
        {
            target[..((bitCount + 7) / 8)].Clear();
        }

        for (int bit = 0; bit < bitCount; bit++)
        {
            bool data = chain.Clock(leave && bit == bitCount - 1, ((source[bit / 8] >> (bit % 8)) & 1) != 0);
            if (data && !target.IsEmpty)
            {
                target[bit / 8] |= (byte)(1 << (bit % 8));
            }
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Four lines that lead to a model: a rising edge of TCK is what clocks it.</summary>
/// <param name="chain">The model.</param>
public sealed class VirtualJtagLines(VirtualJtagChain chain) : JtagLines
{
    private bool _tck;

    /// <inheritdoc/>
    public override void SetLevels(bool tck, bool tms, bool tdi)
    {
        if (tck && !_tck)
        {
            chain.Clock(tms, tdi);
        }

        _tck = tck;
    }

    /// <inheritdoc/>
    public override bool ReadTdo() => chain.Tdo;

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
