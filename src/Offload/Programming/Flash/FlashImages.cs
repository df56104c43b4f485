using Offload.Programming.Ecp5;

namespace Offload.Programming.Flash;

/// <summary>What the configuration flash of a board holds.</summary>
/// <param name="Layout">Where things lie.</param>
/// <param name="Working">The stream in the working slot.</param>
/// <param name="Golden">The stream in the golden slot.</param>
/// <param name="Spare">The stream in the spare slot.</param>
/// <param name="Jump">Where the fall-back's jump leads; null: it is not there, or damaged.</param>
public sealed record FlashImages(FlashLayout Layout, Ecp5Bitstream Working, Ecp5Bitstream Golden, Ecp5Bitstream Spare, int? Jump)
{
    /// <summary>Address of the image that the fall-back would start; null: none that is whole.</summary>
    public int? FallBack =>
        Jump == Layout.Golden && IsWhole(Golden) ? Layout.Golden
        : Jump == Layout.Spare && IsWhole(Spare) ? Layout.Spare
        : null;

    /// <summary>Address of the image that starts when power comes; null: none.</summary>
    public int? Starts => IsWhole(Working) ? FlashLayout.Working : FallBack;

    /// <summary>Reads the flash.</summary>
    /// <param name="flash">The flash.</param>
    /// <param name="idCode">IDCODE of the part, for which a stream has to be to be whole here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<FlashImages> ReadAsync(SpiFlash flash, uint idCode, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flash);
        FlashLayout layout = new(flash.Length);
        byte[] page = new byte[SpiFlash.PageLength];
        await flash.ReadAsync(layout.Jump, page, cancellationToken).ConfigureAwait(false);
        return new FlashImages(
            layout,
            await ReadSlotAsync(flash, FlashLayout.Working, layout.SlotLength, idCode, cancellationToken).ConfigureAwait(false),
            await ReadSlotAsync(flash, layout.Golden, layout.SlotLength, idCode, cancellationToken).ConfigureAwait(false),
            await ReadSlotAsync(flash, layout.Spare, layout.SlotLength, idCode, cancellationToken).ConfigureAwait(false),
            FlashLayout.JumpTarget(page));
    }

    /// <summary>Whether a slot holds a whole image for this board's part.</summary>
    internal static bool IsWhole(Ecp5Bitstream image) => image.State == Ecp5StreamState.Whole;

    /// <summary>Reads on until the stream is whole, or wrong: most slots are far longer than their image.</summary>
    private static async ValueTask<Ecp5Bitstream> ReadSlotAsync(
        SpiFlash flash, int address, int length, uint idCode, CancellationToken cancellationToken)
    {
        byte[] data = new byte[length];
        int done = 0;
        while (true)
        {
            int count = Math.Min(Math.Max(SpiFlash.BlockLength, done), length - done);
            await flash.ReadAsync(address + done, data.AsMemory(done, count), cancellationToken).ConfigureAwait(false);
            done += count;
            Ecp5Bitstream image = Ecp5Bitstream.Read(data.AsSpan(0, done));
            if (image.State != Ecp5StreamState.Incomplete || done == length)
            {
                return image.IdCode is null || image.IdCode == idCode ? image : image.ForAnotherPart();
            }
        }
    }
}
