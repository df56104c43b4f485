using Offload.Programming.Jtag;

namespace Offload.VirtualBoard.Parts;

/// <summary>
/// Model of an ECP5 or ECP5-5G as its configuration ports show it: JTAG with the instructions that loading needs, the SPI port with its boot from a
/// flash and the fall-back to a second image, PROGRAMN, INITN and DONE.
/// </summary>
/// <remarks>
/// After Lattice FPGA-TN-02039 (sysCONFIG) and TN1216 (dual boot), as far as Project Trellis (libtrellis/tools/ecppack.cpp, ecpmulti.cpp), ecpprog
/// (lattice_cmds.h, ecpprog.c) and openFPGALoader (lattice.cpp) show them. Instructions take effect on the second clock in Run-Test/Idle. How long an
/// erase takes is ours.
/// </remarks>
public sealed class Ecp5Part : JtagPart
{
    /// <summary>Where the fall-back's jump is read. Smaller flashes ignore the upper bits, so that it is the last page of any.</summary>
    public const int JumpAddress = 0xFF_FF00;

    private const uint IdCodeInstruction = 0xE0;
    private const uint UserCodeInstruction = 0xC0;
    private const uint ReadStatus = 0x3C;
    private const uint Enable = 0xC6;
    private const uint Erase = 0x0E;
    private const uint ResetCrc = 0x3B;
    private const uint InitAddress = 0x46;
    private const uint Burst = 0x7A;
    private const uint Disable = 0x26;
    private const uint Refresh = 0x79;
    private const uint ProgramSpi = 0x3A;
    private const uint SpiKey = 0x68FE;
    private const int IdleClocks = 2;
    private const int EraseClocks = 2000;

    private static readonly byte[] Preamble = [0xFF, 0xFF, 0xBD, 0xB3];

    private readonly uint _idCode;
    private readonly SpiFlashPart? _flash;
    private readonly List<(byte[] Bytes, Ecp5Configuration Configuration)> _known = [];
    private Ecp5Configuration _memory;
    private bool _running;
    private bool _enabled;
    private bool _failed;
    private bool _spiFailed;
    private bool _bridge;
    private bool _spiSelected;
    private bool _armed;
    private int _idle;
    private int _busy;
    private ulong _data;
    private int _dataLength;
    private bool _programN = true;

    /// <summary>Makes a part without power.</summary>
    /// <param name="idCode">Its IDCODE.</param>
    /// <param name="flash">The flash at its SPI port; null: none.</param>
    public Ecp5Part(uint idCode, SpiFlashPart? flash = null)
        : base(8)
    {
        _idCode = idCode;
        _flash = flash;
        _memory = new Ecp5Configuration(idCode);
    }

    /// <summary>Bytes from an image's address on in which a preamble is looked for.</summary>
    public int PreambleWindow { get; set; } = 75_000;

    /// <summary>Whether it runs a design.</summary>
    public bool IsRunning
    {
        get => _running;
        private set
        {
            if (_running != value)
            {
                _running = value;
                RunningChanged?.Invoke(value);
            }
        }
    }

    /// <summary>Told when it begins to run a design, and when it stops.</summary>
    public Action<bool>? RunningChanged { get; set; }

    /// <summary>Where in the flash the design came from that it runs; null: not from the flash.</summary>
    public int? BootAddress { get; private set; }

    /// <summary>USERCODE of the design.</summary>
    public uint UserCode => _memory.UserCode;

    /// <summary>Check value of its configuration memory.</summary>
    public ulong Contents => _memory.Contents;

    /// <summary>Why the last stream was refused.</summary>
    public Ecp5StreamError Error => _memory.Error;

    /// <summary>Level of INITN.</summary>
    public bool InitN => _programN && _memory.Error == Ecp5StreamError.None;

    /// <summary>Level of DONE.</summary>
    public bool Done => _memory.IsDone;

    /// <summary>The status register.</summary>
    public uint Status =>
        (_enabled ? (1u << 4) | (1u << 9) | (1u << 10) | (1u << 11) : 0)
        | (_memory.IsDone ? 1u << 8 : 0)
        | (_busy > 0 ? 1u << 12 : 0)
        | (_failed || _memory.Error != Ecp5StreamError.None ? 1u << 13 : 0)
        | (_memory.HasPreamble ? 1u << 21 : 0)
        | (_spiFailed ? 1u << 22 : 0)
        | ((uint)_memory.Error << 23)
        | (_memory.Error == Ecp5StreamError.Id ? 1u << 27 : 0)
        | (_memory.Error == Ecp5StreamError.Command ? 1u << 28 : 0);

    /// <inheritdoc/>
    protected override uint ResetInstruction => IdCodeInstruction;

    /// <inheritdoc/>
    protected override bool DataOut => _bridge ? _flash is null || _flash.Miso : (_data & 1) != 0;

    /// <summary>Power comes: it starts from the flash.</summary>
    public void PowerOn()
    {
        ResetPort();
        _enabled = false;
        Boot();
    }

    /// <summary>Power goes, the flash's too.</summary>
    public void PowerOff()
    {
        _flash?.PowerOff();
        Clear();
    }

    /// <summary>Level of PROGRAMN: low clears the part, the rising edge starts it from the flash.</summary>
    public void SetProgramN(bool level)
    {
        bool rises = level && !_programN;
        _programN = level;
        if (!level)
        {
            Clear();
        }
        else if (rises)
        {
            Boot();
        }
    }

    /// <inheritdoc/>
    protected override void OnInstruction()
    {
        _idle = 0;
        _bridge = false;
        _armed = Instruction is ResetCrc or Disable or Refresh;
        if (Instruction == Burst && (!_enabled || _busy > 0))
        {
            _failed = true;
        }
    }

    /// <inheritdoc/>
    protected override void OnCapture() => (_data, _dataLength) = Instruction switch
    {
        IdCodeInstruction => (_idCode, 32),
        UserCodeInstruction => (_memory.UserCode, 32),
        ReadStatus => (Status, 32),
        Enable or Erase or InitAddress => (0ul, 8),
        ProgramSpi => (0ul, 16),
        _ => (0ul, 1),
    };

    /// <inheritdoc/>
    protected override void OnShift(bool tdi)
    {
        if (_bridge)
        {
            if (!_spiSelected)
            {
                _flash?.Select();
                _spiSelected = true;
            }

            _flash?.Clock(tdi);
        }
        else if (Instruction == Burst)
        {
            if (_enabled && _busy == 0)
            {
                _memory.FeedBit(tdi);
            }
        }
        else
        {
            _data = (_data >> 1) | (tdi ? 1ul << (_dataLength - 1) : 0);
        }
    }

    /// <inheritdoc/>
    protected override void OnShiftEnd()
    {
        if (_spiSelected)
        {
            _spiSelected = false;
            _flash?.Deselect();
        }
    }

    /// <inheritdoc/>
    protected override void OnUpdate()
    {
        if (Instruction is Enable or Erase or InitAddress or ProgramSpi && !_bridge)
        {
            _idle = 0;
            _armed = true;
        }
    }

    /// <inheritdoc/>
    protected override void OnIdle()
    {
        if (_armed && ++_idle == IdleClocks)
        {
            _armed = false;
            Execute();
        }
    }

    /// <inheritdoc/>
    protected override void OnClock()
    {
        if (_busy > 0)
        {
            _busy--;
        }
    }

    private void Execute()
    {
        if (_busy > 0)
        {
            _failed = true;
            return;
        }

        switch (Instruction)
        {
            case Enable:
                _enabled = true;
                _failed = false;
                IsRunning = false;
                break;
            case Erase when _enabled:
                Clear();
                _busy = EraseClocks;
                break;
            case ResetCrc or InitAddress when _enabled:
                break;
            case Disable:
                _enabled = false;
                _memory.End();
                IsRunning = _memory.IsDone;
                break;
            case Refresh:
                Boot();
                _busy = EraseClocks;
                break;
            // The pins to the flash belong to the design while one runs.
            case ProgramSpi when !IsRunning && !_enabled && _data == SpiKey:
                _bridge = true;
                break;
            default:
                _failed = true;
                break;
        }
    }

    private void Clear()
    {
        _memory = new Ecp5Configuration(_idCode);
        _failed = false;
        _spiFailed = false;
        BootAddress = null;
        IsRunning = false;
    }

    private void Boot()
    {
        Clear();
        _enabled = false;
        if (_flash is null || _flash.IsBusy || _flash.IsMissing || !_programN)
        {
            _memory.End();
            return;
        }

        if (BootFrom(0))
        {
            return;
        }

        _spiFailed = true;
        Ecp5Configuration jump = Read(JumpAddress % _flash.Cells.Length, SpiFlashPart.PageLength);
        if (jump.IsJump)
        {
            BootFrom(jump.JumpAddress);
        }
    }

    private bool BootFrom(int address)
    {
        _memory = Read(address, _flash!.Cells.Length);
        _memory.End();
        if (_memory.IsDone)
        {
            BootAddress = address;
            IsRunning = true;
        }

        return _memory.IsDone;
    }

    /// <summary>Takes the stream that begins at an address. Streams that were whole are known by their bytes: the same bytes are taken the same way.</summary>
    private Ecp5Configuration Read(int address, int length)
    {
        ReadOnlySpan<byte> cells = _flash!.Cells[address..Math.Min(address + length, _flash.Cells.Length)];
        int preamble = cells[..Math.Min(cells.Length, PreambleWindow)].IndexOf(Preamble);
        if (preamble < 0)
        {
            return new Ecp5Configuration(_idCode);
        }

        cells = cells[preamble..];
        foreach ((byte[] bytes, Ecp5Configuration configuration) in _known)
        {
            if (cells.StartsWith(bytes))
            {
                return configuration;
            }
        }

        Ecp5Configuration memory = new(_idCode);
        int position = 0;
        while (position < cells.Length && !memory.IsOver)
        {
            memory.Feed(cells[position++]);
        }

        if (memory.IsDone)
        {
            _known.Add((cells[..position].ToArray(), memory));
        }

        return memory;
    }
}
