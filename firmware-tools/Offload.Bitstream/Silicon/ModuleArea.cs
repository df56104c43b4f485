namespace Offload.Bitstream.Silicon;

/// <summary>What a netlist, or a module of it, takes of the device.</summary>
/// <param name="Luts">LUTs; on an ECP5 two for each step of a carry chain, six for each 16 × 4 memory of LUTs.</param>
/// <param name="Carries">Those of <paramref name="Luts"/> that are in an ECP5's carry chains.</param>
/// <param name="Registers">Flip-flops.</param>
/// <param name="BlockRams">Block RAMs of 18 kbit; one of 36 is two.</param>
/// <param name="Multipliers">Multipliers.</param>
internal readonly record struct ModuleArea(int Luts, int Carries, int Registers, int BlockRams, int Multipliers)
{
    public static ModuleArea operator +(ModuleArea left, ModuleArea right) => new(
        left.Luts + right.Luts,
        left.Carries + right.Carries,
        left.Registers + right.Registers,
        left.BlockRams + right.BlockRams,
        left.Multipliers + right.Multipliers);

    /// <summary>What a cell of a type takes; nothing for types that lie in none of the counted places.</summary>
    internal static ModuleArea OfCell(string type) => type switch
    {
        "LUT4" => new(1, 0, 0, 0, 0),
        "CCU2C" => new(2, 2, 0, 0, 0),
        "TRELLIS_DPR16X4" => new(6, 0, 0, 0, 0),
        "TRELLIS_FF" => new(0, 0, 1, 0, 0),
        "DP16KD" or "PDPW16KD" => new(0, 0, 0, 1, 0),
        "MULT18X18D" => new(0, 0, 0, 0, 1),

        // 7 series. The LUTs in front of a carry chain are cells of their own there.
        "LUT1" or "LUT2" or "LUT3" or "LUT5" or "LUT6" or "INV" or "SRL16E" or "SRLC32E" or "RAM32X1S" or "RAM64X1S" => new(1, 0, 0, 0, 0),
        "RAM32X1D" or "RAM64X1D" or "RAM128X1S" => new(2, 0, 0, 0, 0),
        "RAM32M" or "RAM64M" or "RAM128X1D" or "RAM256X1S" => new(4, 0, 0, 0, 0),
        "FDRE" or "FDSE" or "FDCE" or "FDPE" => new(0, 0, 1, 0, 0),
        "RAMB18E1" => new(0, 0, 0, 1, 0),
        "RAMB36E1" => new(0, 0, 0, 2, 0),
        "DSP48E1" => new(0, 0, 0, 0, 1),
        _ => default,
    };
}
