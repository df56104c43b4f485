using System.Globalization;

namespace Offload.Programming.Flash;

/// <summary>How long a flash may take.</summary>
/// <param name="Erase">A block of 64 KiB; typical parts take 0.2 s, and at worst 3 s (Micron N25Q128A).</param>
/// <param name="Program">A page; at worst 5 ms.</param>
public readonly record struct SpiFlashTimeouts(TimeSpan Erase, TimeSpan Program)
{
    /// <summary>With room over the worst of the parts' data sheets.</summary>
    public static SpiFlashTimeouts Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
}

/// <summary>
/// A serial NOR flash of up to 16 MiB with the commands that all makers share: JEDEC id 9F, read 03, write enable 06, status 05, page program 02,
/// sector erase 20, block erase D8 (Winbond W25Q128JV, Micron N25Q128A, GigaDevice GD25Q64). Every change is followed by its status.
/// </summary>
public sealed class SpiFlash
{
    /// <summary>Bytes that one programming changes.</summary>
    public const int PageLength = 256;

    /// <summary>Bytes of the smallest piece that can be erased.</summary>
    public const int SectorLength = 4096;

    /// <summary>Bytes of the larger piece that can be erased.</summary>
    public const int BlockLength = 65536;

    private const int LongestRead = 16384;
    private const int Largest = 1 << 24;
    private const byte BusyBit = 1 << 0;
    private const byte WriteEnabledBit = 1 << 1;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly SpiPort _port;
    private readonly SpiFlashTimeouts _timeouts;

    private SpiFlash(SpiPort port, uint jedecId, SpiFlashTimeouts timeouts)
    {
        _port = port;
        _timeouts = timeouts;
        JedecId = jedecId;
        Length = 1 << (int)(jedecId & 0xFF);
    }

    /// <summary>Manufacturer, type and capacity, 24 bits.</summary>
    public uint JedecId { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Wakes the flash and reads its id.</summary>
    /// <param name="port">The way to it.</param>
    /// <param name="timeouts">How long it may take; null: <see cref="SpiFlashTimeouts.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: no flash answers, or one of a size that this cannot be.</exception>
    public static async ValueTask<SpiFlash> IdentifyAsync(SpiPort port, SpiFlashTimeouts? timeouts = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(port);
        byte[] id = new byte[3];
        // A part that sleeps hears only this; others ignore it.
        await port.ExchangeAsync(new byte[] { 0xAB }, default, cancellationToken).ConfigureAwait(false);
        await port.ExchangeAsync(new byte[] { 0x9F }, id, cancellationToken).ConfigureAwait(false);
        uint value = ((uint)id[0] << 16) | ((uint)id[1] << 8) | id[2];
        if (value is 0 or 0xFFFFFF || id[2] is < 16 or > 24)
        {
            throw Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"No flash of 64 KiB to 16 MiB answers behind the part: its JEDEC id reads as 0x{value:x6}. Look at the board: is the flash fitted, and do the configuration mode pins select master SPI?"));
        }

        return new SpiFlash(port, value, timeouts ?? SpiFlashTimeouts.Default);
    }

    /// <summary>Reads.</summary>
    /// <param name="address">From where.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask ReadAsync(int address, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Check(address, destination.Length);
        for (int done = 0; done < destination.Length;)
        {
            int count = Math.Min(LongestRead, destination.Length - done);
            await _port.ExchangeAsync(Command(0x03, address + done), destination.Slice(done, count), cancellationToken).ConfigureAwait(false);
            done += count;
        }
    }

    /// <summary>Erases a block of <see cref="BlockLength"/>, and reads it back.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="cancellationToken">Ends the wait; the erase itself goes on.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: it is not erased.</exception>
    public ValueTask EraseBlockAsync(int address, CancellationToken cancellationToken = default) => EraseAsync(0xD8, address, BlockLength, cancellationToken);

    /// <summary>Erases a sector of <see cref="SectorLength"/>, and reads it back.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="cancellationToken">Ends the wait; the erase itself goes on.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: it is not erased.</exception>
    public ValueTask EraseSectorAsync(int address, CancellationToken cancellationToken = default) => EraseAsync(0x20, address, SectorLength, cancellationToken);

    /// <summary>Programs a page, or its beginning, and reads it back.</summary>
    /// <param name="address">Where the page begins.</param>
    /// <param name="data">1 to <see cref="PageLength"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait; the programming itself goes on.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: it does not hold what was written.</exception>
    public async ValueTask ProgramPageAsync(int address, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        Check(address, data.Length);
        if (address % PageLength != 0 || data.Length is 0 or > PageLength)
        {
            throw new ArgumentOutOfRangeException(nameof(address), "a page begins at a multiple of 256 and has 256 bytes");
        }

        byte[] command = [.. Command(0x02, address), .. data.Span];
        await ChangeAsync(command, _timeouts.Program, cancellationToken).ConfigureAwait(false);
        byte[] read = new byte[data.Length];
        await ReadAsync(address, read, cancellationToken).ConfigureAwait(false);
        int wrong = read.AsSpan().CommonPrefixLength(data.Span);
        if (wrong < read.Length)
        {
            string why = await WhyAsync(cancellationToken).ConfigureAwait(false);
            throw Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"The flash does not hold what was written to it: 0x{read[wrong]:x2} instead of 0x{data.Span[wrong]:x2} at 0x{address + wrong:x6}. {why}"));
        }
    }

    private static byte[] Command(byte command, int address) => [command, (byte)(address >> 16), (byte)(address >> 8), (byte)address];

    private static OffloadException Fault(string message) => new(OffloadError.LinkFault, message);

    private void Check(int address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address + (long)length, Math.Min(Length, Largest), nameof(address));
    }

    private async ValueTask EraseAsync(byte command, int address, int length, CancellationToken cancellationToken)
    {
        Check(address, length);
        if (address % length != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(address), address, $"what is erased begins at a multiple of {length}");
        }

        await ChangeAsync(Command(command, address), _timeouts.Erase, cancellationToken).ConfigureAwait(false);
        byte[] read = new byte[length];
        await ReadAsync(address, read, cancellationToken).ConfigureAwait(false);
        int wrong = read.AsSpan().IndexOfAnyExcept((byte)0xFF);
        if (wrong >= 0)
        {
            string why = await WhyAsync(cancellationToken).ConfigureAwait(false);
            throw Fault(string.Create(
                CultureInfo.InvariantCulture, $"The flash did not erase: 0x{read[wrong]:x2} at 0x{address + wrong:x6}. {why}"));
        }
    }

    private async ValueTask ChangeAsync(byte[] command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await _port.ExchangeAsync(new byte[] { 0x06 }, default, cancellationToken).ConfigureAwait(false);
        byte enabled = await StatusAsync(cancellationToken).ConfigureAwait(false);
        if ((enabled & WriteEnabledBit) == 0 || (enabled & BusyBit) != 0)
        {
            throw Fault(string.Create(
                CultureInfo.InvariantCulture, $"The flash does not let itself be written: status 0x{enabled:x2} after write enable. Is its WP# pin wired to ground?"));
        }

        await _port.ExchangeAsync(command, default, cancellationToken).ConfigureAwait(false);
        PollDeadline deadline = new(timeout);
        while ((await StatusAsync(cancellationToken).ConfigureAwait(false) & BusyBit) != 0)
        {
            if (deadline.IsOverAfterAnswer())
            {
                throw Fault($"The flash is still busy after {timeout.TotalSeconds:0.#} s: it is broken, or its supply is.");
            }

            if (deadline.Elapsed > Pause)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<byte> StatusAsync(CancellationToken cancellationToken)
    {
        byte[] status = new byte[1];
        await _port.ExchangeAsync(new byte[] { 0x05 }, status, cancellationToken).ConfigureAwait(false);
        return status[0];
    }

    /// <summary>What the status register says about the reason.</summary>
    private async ValueTask<string> WhyAsync(CancellationToken cancellationToken)
    {
        byte status = await StatusAsync(cancellationToken).ConfigureAwait(false);
        const int ProtectBits = 0b1111 << 2;
        return (status & ProtectBits) != 0
            ? string.Create(CultureInfo.InvariantCulture, $"Its block protection is on (status 0x{status:x2}): lift it for this area, with the maker's tool.")
            : "It is worn out or broken: replace it.";
    }
}
