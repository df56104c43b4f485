using Offload.Programming.Jtag;

namespace Offload.VirtualBoard.Parts;

/// <summary>Model of a part with a test access port (IEEE 1149.1): the state machine, an instruction register, and what each instruction connects
/// between TDI and TDO.</summary>
public abstract class JtagPart
{
    private readonly int _instructionBits;
    private uint _instructionShift;

    /// <summary>Makes a part in Test-Logic-Reset.</summary>
    /// <param name="instructionBits">Length of its instruction register, 2 to 32 bits.</param>
    protected JtagPart(int instructionBits) => _instructionBits = instructionBits;

    /// <summary>State of the access port.</summary>
    public TapState State { get; private set; } = TapState.TestLogicReset;

    /// <summary>The instruction in force.</summary>
    public uint Instruction { get; private set; }

    /// <summary>What TDO shows before the next rising edge of TCK; high where nothing is shifted (it is not driven, and pulled up).</summary>
    public bool Tdo => State switch
    {
        TapState.ShiftIr => (_instructionShift & 1) != 0,
        TapState.ShiftDr => DataOut,
        _ => true,
    };

    /// <summary>The instruction that reset selects: IDCODE, or bypass where the part has none (all ones).</summary>
    protected abstract uint ResetInstruction { get; }

    /// <summary>The bit that the data register shows.</summary>
    protected abstract bool DataOut { get; }

    /// <summary>A rising edge of TCK, and the falling one after it.</summary>
    /// <param name="tms">TMS at the rising edge.</param>
    /// <param name="tdi">TDI at the rising edge.</param>
    public void Clock(bool tms, bool tdi)
    {
        switch (State)
        {
            case TapState.CaptureIr:
                _instructionShift = 0b01;
                break;
            case TapState.ShiftIr:
                _instructionShift = (_instructionShift >> 1) | (tdi ? 1u << (_instructionBits - 1) : 0);
                break;
            case TapState.CaptureDr:
                OnCapture();
                break;
            case TapState.ShiftDr:
                OnShift(tdi);
                break;
            case TapState.RunTestIdle:
                OnIdle();
                break;
        }

        TapState former = State;
        State = TapPath.Next(State, tms);
        if (State != former || State == TapState.TestLogicReset)
        {
            Enter(former);
        }

        OnClock();
    }

    /// <summary>Power has come.</summary>
    protected void ResetPort()
    {
        State = TapState.TestLogicReset;
        Instruction = ResetInstruction;
    }

    /// <summary>Capture-DR.</summary>
    protected abstract void OnCapture();

    /// <summary>Shift-DR.</summary>
    protected abstract void OnShift(bool tdi);

    /// <summary>Shift-DR has ended.</summary>
    protected virtual void OnShiftEnd()
    {
    }

    /// <summary>Update-DR.</summary>
    protected virtual void OnUpdate()
    {
    }

    /// <summary>Update-IR: <see cref="Instruction"/> is new.</summary>
    protected virtual void OnInstruction()
    {
    }

    /// <summary>A clock in Run-Test/Idle.</summary>
    protected virtual void OnIdle()
    {
    }

    /// <summary>Any clock.</summary>
    protected virtual void OnClock()
    {
    }

    private void Enter(TapState former)
    {
        if (former == TapState.ShiftDr)
        {
            OnShiftEnd();
        }

        switch (State)
        {
            case TapState.TestLogicReset:
                Instruction = ResetInstruction;
                OnInstruction();
                break;
            case TapState.UpdateIr:
                Instruction = _instructionShift;
                OnInstruction();
                break;
            case TapState.UpdateDr:
                OnUpdate();
                break;
        }
    }
}

/// <summary>Model of some other part in a chain: an IDCODE, or bypass only.</summary>
/// <param name="instructionBits">Length of its instruction register, 2 to 32 bits.</param>
/// <param name="idCode">Its IDCODE; null: none.</param>
public sealed class OtherJtagPart(int instructionBits, uint? idCode) : JtagPart(instructionBits)
{
    private const uint IdCodeInstruction = 0b10;

    private readonly uint _bypass = instructionBits == 32 ? uint.MaxValue : (1u << instructionBits) - 1;
    private uint _data;
    private bool _isIdCode;

    /// <inheritdoc/>
    protected override uint ResetInstruction => idCode is null ? _bypass : IdCodeInstruction;

    /// <inheritdoc/>
    protected override bool DataOut => (_data & 1) != 0;

    /// <inheritdoc/>
    protected override void OnCapture()
    {
        _isIdCode = idCode is not null && Instruction == IdCodeInstruction;
        _data = _isIdCode ? idCode!.Value : 0;
    }

    /// <inheritdoc/>
    protected override void OnShift(bool tdi) => _data = _isIdCode ? (_data >> 1) | (tdi ? 1u << 31 : 0) : tdi ? 1u : 0;
}
