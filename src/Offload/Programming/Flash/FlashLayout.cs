namespace Offload.Programming.Flash;

/// <summary>
/// Where things lie in the configuration flash of an ECP5. The part starts what is at address 0; where that is not whole, it reads a jump from the last
/// page and starts what that leads to (Lattice TN1216, dual boot; Project Trellis, ecpmulti.cpp). Described in docs/loading.md.
/// </summary>
/// <param name="FlashLength">Bytes of the flash: a power of two, 512 KiB to 16 MiB.</param>
public readonly record struct FlashLayout(int FlashLength)
{
    /// <summary>Address of the working image, which starts first.</summary>
    public const int Working = 0;

    /// <summary>Bytes that an image may have.</summary>
    public int SlotLength => FlashLength / 4;

    /// <summary>Address of the spare slot, which holds the new image while the working one is being replaced. It follows the working slot, so that a
    /// part that looks for a preamble far beyond where the working image begins finds the same image as by the jump.</summary>
    public int Spare => SlotLength;

    /// <summary>Address of the golden image.</summary>
    public int Golden => 2 * SlotLength;

    /// <summary>Address of the sector that holds nothing but the jump.</summary>
    public int JumpSector => FlashLength - SpiFlash.SectorLength;

    /// <summary>Address of the jump, the flash's last page.</summary>
    public int Jump => FlashLength - SpiFlash.PageLength;

    /// <summary>The jump's page: dummies, preamble, an empty control register 0, JUMP (Project Trellis, Bitstream::generate_jump).</summary>
    /// <param name="target">Where it leads.</param>
    public static byte[] JumpPage(int target)
    {
        byte[] page = new byte[SpiFlash.PageLength];
        Array.Fill(page, (byte)0xFF);
        byte[] record =
        [
            0xFF, 0xFF, 0xBD, 0xB3, 0xFF, 0xFF, 0xFF, 0xFF,
            0x22, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x7E, 0x00, 0x00, 0x00, 0x03, (byte)(target >> 16), (byte)(target >> 8), (byte)target,
        ];
        record.CopyTo(page, 16);
        return page;
    }

    /// <summary>Where a jump's page leads; null: it is no jump.</summary>
    /// <param name="page">The page.</param>
    public static int? JumpTarget(ReadOnlySpan<byte> page)
    {
        const int Operand = 16 + 21;
        int target = (page[Operand] << 16) | (page[Operand + 1] << 8) | page[Operand + 2];
        return page.SequenceEqual(JumpPage(target)) ? target : null;
    }
}
