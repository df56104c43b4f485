namespace Offload.Programming.Jtag;

/// <summary>
/// A JTAG port (IEEE 1149.1): clocks a chain of devices, and knows in which state their test access ports are. An adapter overrides the two
/// things that its wires can do, a run of TMS and a run of TDI; everything else is made of them here.
/// </summary>
/// <remarks>
/// Bits are in the order in which they leave: the first is bit 0 of the first byte. What an adapter is told may wait in its buffer until something
/// is captured or <see cref="FlushAsync"/> is called. Not thread-safe: one caller at a time. Every call throws <see cref="BoardGoneException"/> once
/// the adapter is no longer there, and <see cref="OffloadException"/> with <see cref="OffloadError.LinkFault"/> where it answers with an error; the
/// state is unknown then, and <see cref="ResetAsync"/> finds it again.
/// </remarks>
public abstract class JtagPort : IAsyncDisposable
{
    private const int LongestTms = 32;

    /// <summary>State of the chain's test access ports, as far as this port has led them.</summary>
    public TapState State { get; private set; } = TapState.TestLogicReset;

    /// <summary>Leads to Test-Logic-Reset from whatever state, then to Run-Test/Idle. Afterwards every device shows its IDCODE, or bypass.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        await MoveAsync(new TapPath(0x1F, 5), TapState.TestLogicReset, cancellationToken).ConfigureAwait(false);
        await GoToAsync(TapState.RunTestIdle, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leads to a state by the shortest way.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask GoToAsync(TapState state, CancellationToken cancellationToken = default) =>
        MoveAsync(TapPath.Between(State, state), state, cancellationToken);

    /// <summary>Stays in Run-Test/Idle for a number of clocks.</summary>
    /// <param name="clocks">How many, from 0 on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask IdleAsync(int clocks, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clocks);
        await GoToAsync(TapState.RunTestIdle, cancellationToken).ConfigureAwait(false);
        while (clocks > 0)
        {
            int count = Math.Min(clocks, LongestTms);
            await ClockTmsAsync(0, count, cancellationToken).ConfigureAwait(false);
            clocks -= count;
        }
    }

    /// <summary>Shifts through the instruction registers of the whole chain.</summary>
    /// <param name="tdi">What goes in.</param>
    /// <param name="bitCount">How many bits, from 1 on.</param>
    /// <param name="tdo">Where goes what comes out; empty: nowhere.</param>
    /// <param name="end">State afterwards. <see cref="TapState.ShiftIr"/>: more follows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask ShiftIrAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, Memory<byte> tdo = default, TapState end = TapState.RunTestIdle, CancellationToken cancellationToken = default) =>
        ShiftRegisterAsync(TapState.ShiftIr, tdi, bitCount, tdo, end, cancellationToken);

    /// <summary>Shifts through the data registers of the whole chain. Long streams go in pieces that end in <see cref="TapState.ShiftDr"/>.</summary>
    /// <param name="tdi">What goes in.</param>
    /// <param name="bitCount">How many bits, from 1 on.</param>
    /// <param name="tdo">Where goes what comes out; empty: nowhere.</param>
    /// <param name="end">State afterwards. <see cref="TapState.ShiftDr"/>: more follows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask ShiftDrAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, Memory<byte> tdo = default, TapState end = TapState.RunTestIdle, CancellationToken cancellationToken = default) =>
        ShiftRegisterAsync(TapState.ShiftDr, tdi, bitCount, tdo, end, cancellationToken);

    /// <summary>Waits until everything that was told has reached the wires.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the adapter back.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Clocks with given values of TMS and TDI low.</summary>
    /// <param name="tms">The values, the first in bit 0.</param>
    /// <param name="count">How many clocks, 1 to 32.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask ClockTmsAsync(uint tms, int count, CancellationToken cancellationToken);

    /// <summary>Clocks data in and out with TMS low; with <paramref name="leave"/>, TMS is high at the last bit.</summary>
    /// <param name="tdi">What goes in; at least <paramref name="bitCount"/> bits.</param>
    /// <param name="bitCount">How many bits, from 1 on.</param>
    /// <param name="leave">Whether the last bit leaves the shift state.</param>
    /// <param name="tdo">Where goes what comes out: empty for nowhere, else at least <paramref name="bitCount"/> bits, the bits above them zero.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask ClockDataAsync(
        ReadOnlyMemory<byte> tdi, int bitCount, bool leave, Memory<byte> tdo, CancellationToken cancellationToken);

    private async ValueTask MoveAsync(TapPath path, TapState state, CancellationToken cancellationToken)
    {
        if (path.Length > 0)
        {
            await ClockTmsAsync(path.Tms, path.Length, cancellationToken).ConfigureAwait(false);
        }

        State = state;
    }

    private async ValueTask ShiftRegisterAsync(
        TapState shift, ReadOnlyMemory<byte> tdi, int bitCount, Memory<byte> tdo, TapState end, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitCount, 1);
        int bytes = (bitCount + 7) / 8;
        ArgumentOutOfRangeException.ThrowIfLessThan(tdi.Length, bytes);
        if (!tdo.IsEmpty)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tdo.Length, bytes);
        }

        await GoToAsync(shift, cancellationToken).ConfigureAwait(false);
        bool leave = end != shift;
        await ClockDataAsync(tdi, bitCount, leave, tdo, cancellationToken).ConfigureAwait(false);
        if (leave)
        {
            State = TapPath.Next(shift, tms: true);
            await GoToAsync(end, cancellationToken).ConfigureAwait(false);
        }
    }
}
