using System.Globalization;

namespace Offload.Programming.Flash;

/// <summary>
/// A change of the configuration flash as a list of steps, each of which leaves a board that starts, wherever power goes: what starts the board is
/// never touched unless the other image is whole and the jump leads to it.
/// </summary>
public sealed class FlashUpdate
{
    private readonly SpiFlash _flash;
    private readonly FlashLayout _layout;
    private readonly ReadOnlyMemory<byte> _image;
    private readonly List<Step> _steps = [];

    private FlashUpdate(SpiFlash flash, FlashLayout layout, ReadOnlyMemory<byte> image)
    {
        _flash = flash;
        _layout = layout;
        _image = image;
    }

    /// <summary>The steps, a sentence each; none where the flash holds the image already.</summary>
    public IReadOnlyList<string> Steps => [.. _steps.Select(step => step.Text)];

    /// <summary>Whether a step was begun after which the board may start the new image.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>What the update of a working image does, without a look at the flash.</summary>
    /// <param name="layout">Where things lie.</param>
    /// <param name="length">Bytes of the image.</param>
    /// <param name="golden">Whether it is the golden image.</param>
    internal static IReadOnlyList<string> Describe(FlashLayout layout, int length, bool golden) => golden
        ? [WriteText("golden", layout.Golden, length), JumpText("golden", layout.Golden)]
        : [
            WriteText("spare", layout.Spare, length), JumpText("spare", layout.Spare), WriteText("working", FlashLayout.Working, length),
            JumpText("golden", layout.Golden),
        ];

    /// <summary>Plans an update of the working image. The golden one is not touched.</summary>
    /// <param name="flash">The flash.</param>
    /// <param name="images">What it holds.</param>
    /// <param name="image">The new image, whole and for this part.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BitstreamRejectedException"><see cref="BitstreamRejection.NoGoldenImage"/>, <see cref="BitstreamRejection.TooLong"/>.</exception>
    public static async ValueTask<FlashUpdate> PlanWorkingAsync(
        SpiFlash flash, FlashImages images, ReadOnlyMemory<byte> image, string name, CancellationToken cancellationToken = default)
    {
        FlashUpdate update = Begin(flash, images, image, name);
        FlashLayout layout = images.Layout;
        if (!FlashImages.IsWhole(images.Golden))
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.NoGoldenImage,
                $"{name} is not written: the board's flash has no whole golden image ({images.Golden.Problem}), from which the board would start where an update is interrupted; write one first, with --golden");
        }

        bool isThere = await update.HoldsAsync(FlashLayout.Working, cancellationToken).ConfigureAwait(false);
        if (images.Starts is null)
        {
            update.AddJump("golden", layout.Golden);
        }

        if (FlashImages.IsWhole(images.Working) && !isThere)
        {
            if (!await update.HoldsAsync(layout.Spare, cancellationToken).ConfigureAwait(false))
            {
                update.AddWrite("spare", layout.Spare, commits: false);
            }

            update.AddJump("spare", layout.Spare);
        }

        if (!isThere)
        {
            update.AddWrite("working", FlashLayout.Working, commits: true);
        }

        int? jump = update._steps.LastOrDefault(step => step.Jump is not null)?.Jump ?? images.Jump;
        if (jump != layout.Golden)
        {
            update.AddJump("golden", layout.Golden);
        }

        return update;
    }

    /// <summary>Plans the writing of the golden image.</summary>
    /// <param name="flash">The flash.</param>
    /// <param name="images">What it holds.</param>
    /// <param name="image">The new image, whole and for this part.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BitstreamRejectedException"><see cref="BitstreamRejection.OnlyImage"/>, <see cref="BitstreamRejection.TooLong"/>.</exception>
    public static async ValueTask<FlashUpdate> PlanGoldenAsync(
        SpiFlash flash, FlashImages images, ReadOnlyMemory<byte> image, string name, CancellationToken cancellationToken = default)
    {
        FlashUpdate update = Begin(flash, images, image, name);
        bool isThere = await update.HoldsAsync(images.Layout.Golden, cancellationToken).ConfigureAwait(false);
        if (images.Starts is { } starts && starts != FlashLayout.Working && !(isThere && images.Jump == images.Layout.Golden))
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.OnlyImage,
                $"{name} is not written: the board's working image is not whole, so it starts from its fall-back, which this would replace; write the working image first, with --flash");
        }

        if (!isThere)
        {
            update.AddWrite("golden", images.Layout.Golden, commits: true);
        }

        if (images.Jump != images.Layout.Golden)
        {
            update.AddJump("golden", images.Layout.Golden);
        }

        return update;
    }

    /// <summary>Carries it out.</summary>
    /// <param name="progress">Told how many bytes of how many were written; may be null.</param>
    /// <param name="cancellationToken">Ends it, as long as it is not <see cref="IsCommitted"/>.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: the flash does not do what it is told.</exception>
    public async ValueTask RunAsync(Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        long total = _steps.Sum(step => (long)step.Length);
        long done = 0;
        foreach (Step step in _steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step.Commits)
            {
                IsCommitted = true;
                cancellationToken = CancellationToken.None;
            }

            if (step.Jump is { } target)
            {
                await _flash.EraseSectorAsync(_layout.JumpSector, cancellationToken).ConfigureAwait(false);
                await _flash.ProgramPageAsync(_layout.Jump, FlashLayout.JumpPage(target), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                long before = done;
                await WriteAsync(step.Address, bytes => progress?.Invoke(before + bytes, total), cancellationToken).ConfigureAwait(false);
            }

            done += step.Length;
            progress?.Invoke(done, total);
        }
    }

    private static FlashUpdate Begin(SpiFlash flash, FlashImages images, ReadOnlyMemory<byte> image, string name)
    {
        ArgumentNullException.ThrowIfNull(flash);
        ArgumentNullException.ThrowIfNull(images);
        EnsureFits(images.Layout, image.Length, name);
        return new FlashUpdate(flash, images.Layout, image);
    }

    /// <summary>Refuses an image that is longer than a slot.</summary>
    internal static void EnsureFits(FlashLayout layout, int length, string name)
    {
        if (length > layout.SlotLength)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.TooLong,
                $"{name} is not written: its payload has {length:N0} bytes, and a slot of this board's flash {layout.SlotLength:N0}; build it with ecppack --compress");
        }
    }

    private static string WriteText(string slot, int address, int length) =>
        string.Create(CultureInfo.InvariantCulture, $"erase the {slot} slot at 0x{address:x6}, write {length:N0} bytes and read them back");

    private static string JumpText(string slot, int address) =>
        string.Create(CultureInfo.InvariantCulture, $"let the fall-back lead to the {slot} slot at 0x{address:x6}");

    private void AddWrite(string slot, int address, bool commits) =>
        _steps.Add(new Step(WriteText(slot, address, _image.Length), address, null, _image.Length, commits));

    private void AddJump(string slot, int target) =>
        _steps.Add(new Step(JumpText(slot, target), _layout.JumpSector, target, SpiFlash.PageLength, target == _layout.Spare));

    private async ValueTask<bool> HoldsAsync(int address, CancellationToken cancellationToken)
    {
        byte[] data = new byte[_image.Length];
        await _flash.ReadAsync(address, data, cancellationToken).ConfigureAwait(false);
        return data.AsSpan().SequenceEqual(_image.Span);
    }

    /// <summary>Writes the image into a slot. The page with the preamble comes last: without it, a part sees no stream there.</summary>
    private async ValueTask WriteAsync(int address, Action<long> progress, CancellationToken cancellationToken)
    {
        // The first block holds the preamble of what was there: from its erase on, that is no stream any more.
        for (int block = 0; block < _image.Length; block += SpiFlash.BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _flash.EraseBlockAsync(address + block, cancellationToken).ConfigureAwait(false);
        }

        int last = Math.Max(0, _image.Span.IndexOf<byte>([0xFF, 0xFF, 0xBD, 0xB3])) / SpiFlash.PageLength * SpiFlash.PageLength;
        for (int page = 0; page < _image.Length; page += SpiFlash.PageLength)
        {
            if (page != last)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await ProgramAsync(address, page, cancellationToken).ConfigureAwait(false);
                progress(page);
            }
        }

        await ProgramAsync(address, last, cancellationToken).ConfigureAwait(false);
        if (!await HoldsAsync(address, cancellationToken).ConfigureAwait(false))
        {
            throw new OffloadException(
                OffloadError.LinkFault, string.Create(CultureInfo.InvariantCulture, $"The flash lost what was written to it at 0x{address:x6}: replace it."));
        }
    }

    private ValueTask ProgramAsync(int address, int page, CancellationToken cancellationToken) => _flash.ProgramPageAsync(
        address + page, _image.Slice(page, Math.Min(SpiFlash.PageLength, _image.Length - page)), cancellationToken);

    /// <param name="Text">What it does.</param>
    /// <param name="Address">What it changes.</param>
    /// <param name="Jump">Where the jump leads afterwards; null: it writes an image.</param>
    /// <param name="Length">Bytes that it writes.</param>
    /// <param name="Commits">Whether the board may start the new image from now on.</param>
    private sealed record Step(string Text, int Address, int? Jump, int Length, bool Commits);
}
