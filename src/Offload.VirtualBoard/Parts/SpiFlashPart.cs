namespace Offload.VirtualBoard.Parts;

/// <summary>What a flash does to its cells.</summary>
public enum FlashOperationKind
{
    /// <summary>Sets all bits of a sector or block.</summary>
    Erase,

    /// <summary>Clears bits of a page.</summary>
    Program,
}

/// <summary>One operation on the cells of a flash.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Address">First byte that it changes.</param>
/// <param name="Length">How many bytes it changes.</param>
public readonly record struct FlashOperation(FlashOperationKind Kind, int Address, int Length);

/// <summary>
/// Model of a serial NOR flash (as Winbond W25Q128JV, data sheet, "Instructions"; also what Micron N25Q and GigaDevice GD25Q share with it): JEDEC id,
/// read, status, write enable, page program, sector and block erase. While an operation runs, what it changes is undefined; power may go at any time.
/// </summary>
public sealed class SpiFlashPart
{
    /// <summary>Bytes of a page.</summary>
    public const int PageLength = 256;

    private const byte Erased = 0xFF;
    private const byte BusyBit = 1 << 0;
    private const byte WriteEnabledBit = 1 << 1;
    private const byte ProtectBits = 0b0111 << 2;

    private readonly byte[] _cells;
    private readonly byte[] _page = new byte[PageLength];
    private readonly byte[] _result = new byte[65536];
    private readonly byte _manufacturer;
    private readonly Random _noise = new(1);
    private FlashOperation? _running;
    private int _readsUntilReady;
    private bool _selected;
    private bool _writeEnabled;
    private byte _in;
    private byte _out;
    private int _bits;
    private int _bytes;
    private byte _command;
    private int _address;

    /// <summary>Makes an erased flash.</summary>
    /// <param name="length">Bytes, a power of two from 65,536 on.</param>
    /// <param name="manufacturer">JEDEC number of the manufacturer.</param>
    public SpiFlashPart(int length, byte manufacturer = 0xEF)
    {
        _cells = new byte[length];
        Array.Fill(_cells, Erased);
        _manufacturer = manufacturer;
    }

    /// <summary>Its cells.</summary>
    public Span<byte> Cells => _cells;

    /// <summary>Whether an operation is under way.</summary>
    public bool IsBusy => _running is not null;

    /// <summary>How many times the status is read until an operation has ended.</summary>
    public int StatusReadsPerOperation { get; set; } = 2;

    /// <summary>Addresses that the block protection keeps from changes: from, to (not included); null: none.</summary>
    public (int From, int To)? Protected { get; set; }

    /// <summary>A sector that no longer erases: an address in it; null: none.</summary>
    public int? WornOut { get; set; }

    /// <summary>Whether an operation that was begun never ends.</summary>
    public bool StaysBusy { get; set; }

    /// <summary>Whether nothing answers.</summary>
    public bool IsMissing { get; set; }

    /// <summary>Told when an operation begins, with the cells as they were; may stop the power by throwing.</summary>
    public Action<FlashOperation>? Beginning { get; set; }

    /// <summary>Told when an operation has ended.</summary>
    public Action<FlashOperation>? Ended { get; set; }

    /// <summary>Chip select goes low.</summary>
    public void Select()
    {
        _selected = true;
        _bits = 0;
        _bytes = 0;
        _out = Erased;
    }

    /// <summary>A clock while it is selected.</summary>
    /// <param name="mosi">Data to the flash.</param>
    /// <returns>Data from it, as it stood before the clock.</returns>
    public bool Clock(bool mosi)
    {
        bool miso = !_selected || IsMissing || (_out & 0x80) != 0;
        _out = (byte)((_out << 1) | 1);
        _in = (byte)((_in << 1) | (mosi ? 1 : 0));
        if (_selected && ++_bits == 8)
        {
            _bits = 0;
            Take(_in);
            _bytes++;
        }

        return miso;
    }

    /// <summary>What the next clock will show.</summary>
    public bool Miso => !_selected || IsMissing || (_out & 0x80) != 0;

    /// <summary>Chip select goes high: a command that changes something begins, if it is whole bytes long.</summary>
    public void Deselect()
    {
        if (_selected && !IsMissing && _bits == 0 && _bytes > 0)
        {
            Begin();
        }

        _selected = false;
    }

    /// <summary>Power goes. What an operation was changing stays undefined.</summary>
    public void PowerOff()
    {
        _running = null;
        _writeEnabled = false;
        _selected = false;
    }

    /// <summary>Makes what an operation is changing undefined, in a way of its own for every seed.</summary>
    /// <param name="cells">The cells, before the operation.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="programmed">What it programs; empty for an erase.</param>
    /// <param name="seed">0: half of it is done; 1: nothing that can be told of it; others: noise between before and after.</param>
    public static void Scramble(Span<byte> cells, FlashOperation operation, ReadOnlySpan<byte> programmed, int seed)
    {
        Random random = new((seed * 0x0100_0003) ^ operation.Address);
        for (int index = 0; index < operation.Length; index++)
        {
            ref byte cell = ref cells[operation.Address + index];
            byte after = operation.Kind == FlashOperationKind.Erase ? Erased : (byte)(cell & programmed[index]);
            byte noise = (byte)random.Next(256);
            cell = seed switch
            {
                0 => index < operation.Length / 2 ? after : cell,
                1 => noise,
                _ => (byte)((cell & noise) | (after & ~noise)),
            };
        }
    }

    /// <summary>What the operation that is beginning programs.</summary>
    public ReadOnlySpan<byte> PageBeingProgrammed => _page;

    private bool IsProtected(int address, int length) =>
        Protected is { } range && address < range.To && address + length > range.From;

    private byte Status()
    {
        if (_running is { } operation && !StaysBusy && --_readsUntilReady < 0)
        {
            _result.AsSpan(0, operation.Length).CopyTo(_cells.AsSpan(operation.Address));
            _running = null;
            _writeEnabled = false;
            Ended?.Invoke(operation);
        }

        return (byte)((IsBusy ? BusyBit : 0) | (_writeEnabled ? WriteEnabledBit : 0) | (Protected is null ? 0 : ProtectBits));
    }

    private void Take(byte value)
    {
        if (_bytes == 0)
        {
            _command = value;
            _address = 0;
            if (value == 0x02)
            {
                Array.Fill(_page, Erased);
            }
        }
        else if (_bytes <= 3)
        {
            _address = (_address << 8) | value;
        }
        else if (_command == 0x02)
        {
            _page[(_address + _bytes - 4) % PageLength] = value;
        }

        _out = _command switch
        {
            0x05 => Status(),
            _ when IsBusy => Erased,
            0x9F => _bytes switch { 0 => _manufacturer, 1 => (byte)0x40, 2 => (byte)int.Log2(_cells.Length), _ => (byte)0 },
            0x03 when _bytes >= 3 => _cells[(_address + _bytes - 3) % _cells.Length],
            _ => Erased,
        };
    }

    private void Begin()
    {
        if (IsBusy)
        {
            return;
        }

        switch (_command)
        {
            case 0x06:
                _writeEnabled = true;
                break;
            case 0x04:
                _writeEnabled = false;
                break;
            case 0x02 when _bytes > 4:
                Run(new FlashOperation(FlashOperationKind.Program, _address % _cells.Length / PageLength * PageLength, PageLength));
                break;
            case 0x20 when _bytes == 4:
                Run(new FlashOperation(FlashOperationKind.Erase, _address % _cells.Length / 4096 * 4096, 4096));
                break;
            case 0xD8 when _bytes == 4:
                Run(new FlashOperation(FlashOperationKind.Erase, _address % _cells.Length / 65536 * 65536, 65536));
                break;
        }
    }

    private void Run(FlashOperation operation)
    {
        if (!_writeEnabled || IsProtected(operation.Address, operation.Length))
        {
            _writeEnabled = false;
            return;
        }

        Beginning?.Invoke(operation);
        Span<byte> cells = _cells.AsSpan(operation.Address, operation.Length);
        Span<byte> result = _result.AsSpan(0, operation.Length);
        if (operation.Kind == FlashOperationKind.Erase)
        {
            bool fails = WornOut is { } worn && worn >= operation.Address && worn < operation.Address + operation.Length;
            result.Fill(Erased);
            if (fails)
            {
                int bad = WornOut!.Value - operation.Address;
                result[bad] = (byte)(cells[bad] & 0x7F);
            }
        }
        else
        {
            for (int index = 0; index < operation.Length; index++)
            {
                result[index] = (byte)(cells[index] & _page[index]);
            }
        }

        _noise.NextBytes(cells);
        _running = operation;
        _readsUntilReady = StatusReadsPerOperation;
    }
}
