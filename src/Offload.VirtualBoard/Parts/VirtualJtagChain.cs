namespace Offload.VirtualBoard.Parts;

/// <summary>Model of a JTAG chain and its cable, with what can go wrong with it.</summary>
public sealed class VirtualJtagChain
{
    private readonly JtagPart[] _parts;

    /// <summary>Makes a chain.</summary>
    /// <param name="parts">The parts, the one nearest to TDO first.</param>
    public VirtualJtagChain(params JtagPart[] parts) => _parts = parts;

    /// <summary>What TDO is stuck at; null: nothing, it works.</summary>
    public bool? TdoStuck { get; set; }

    /// <summary>Whether TDI does not reach the chain, which sees it low.</summary>
    public bool TdiOpen { get; set; }

    /// <summary>The clock, of <see cref="Clocks"/>, at which a spike turns TDI over; null: none.</summary>
    public long? SpikeAt { get; set; }

    /// <summary>After how many more clocks the cable is pulled; null: never.</summary>
    public long? UnplugAfter { get; set; }

    /// <summary>Clocks so far.</summary>
    public long Clocks { get; private set; }

    /// <summary>What TDO shows.</summary>
    /// <exception cref="BoardGoneException">The cable was pulled.</exception>
    public bool Tdo
    {
        get
        {
            ThrowIfUnplugged();
            return TdoStuck ?? (_parts.Length == 0 || _parts[0].Tdo);
        }
    }

    /// <summary>A pulse of TCK.</summary>
    /// <param name="tms">TMS at its rising edge.</param>
    /// <param name="tdi">TDI at its rising edge.</param>
    /// <returns>TDO at its rising edge.</returns>
    /// <exception cref="BoardGoneException">The cable was pulled.</exception>
    public bool Clock(bool tms, bool tdi)
    {
        ThrowIfUnplugged();
        UnplugAfter--;
        Clocks++;
        bool data = (tdi && !TdiOpen) ^ (Clocks == SpikeAt);
        for (int index = _parts.Length - 1; index >= 0; index--)
        {
            bool next = _parts[index].Tdo;
            _parts[index].Clock(tms, data);
            data = next;
        }

        return TdoStuck ?? (_parts.Length == 0 || data);
    }

    private void ThrowIfUnplugged()
    {
        if (UnplugAfter <= 0)
        {
            throw new BoardGoneException("The JTAG adapter is no longer there; plug it in, and open the board again.");
        }
    }
}
