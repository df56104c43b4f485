namespace Offload.Programming.Jtag;

/// <summary>States of a test access port (IEEE 1149.1, figure 6-1). The numbers are ours, and stable.</summary>
public enum TapState
{
    /// <summary>The test logic is off; five clocks with TMS high lead here from anywhere.</summary>
    TestLogicReset,

    /// <summary>At rest. Instructions that take time do so here.</summary>
    RunTestIdle,

    /// <summary>On the way to the data register.</summary>
    SelectDrScan,

    /// <summary>The data register takes what it shows.</summary>
    CaptureDr,

    /// <summary>A bit of the data register moves with every clock.</summary>
    ShiftDr,

    /// <summary>The last bit has moved.</summary>
    Exit1Dr,

    /// <summary>Shifting is interrupted.</summary>
    PauseDr,

    /// <summary>Back to shifting, or to its end.</summary>
    Exit2Dr,

    /// <summary>What was shifted in takes effect.</summary>
    UpdateDr,

    /// <summary>On the way to the instruction register, or to reset.</summary>
    SelectIrScan,

    /// <summary>The instruction register takes its pattern, which ends in 01.</summary>
    CaptureIr,

    /// <summary>A bit of the instruction register moves with every clock.</summary>
    ShiftIr,

    /// <summary>The last bit has moved.</summary>
    Exit1Ir,

    /// <summary>Shifting is interrupted.</summary>
    PauseIr,

    /// <summary>Back to shifting, or to its end.</summary>
    Exit2Ir,

    /// <summary>The new instruction takes effect.</summary>
    UpdateIr,
}
