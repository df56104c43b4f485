namespace Offload.Programming.Jtag;

/// <summary>Four lines of JTAG that a program sets and reads one by one: what <see cref="BitBangJtagPort"/> stands on.</summary>
/// <remarks>Calls may block for as long as the bus behind the lines takes. They throw <see cref="BoardGoneException"/> once the lines are gone.</remarks>
public abstract class JtagLines : IDisposable
{
    /// <summary>Sets the three lines that lead to the chain. All of them may change at once: the port never changes TMS or TDI together with a
    /// rising TCK.</summary>
    /// <param name="tck">Clock.</param>
    /// <param name="tms">Mode.</param>
    /// <param name="tdi">Data to the chain.</param>
    public abstract void SetLevels(bool tck, bool tms, bool tdi);

    /// <summary>Reads the data from the chain.</summary>
    public abstract bool ReadTdo();

    /// <summary>Gives the lines back.</summary>
    public abstract void Dispose();
}

/// <summary>The lines of an FPGA's configuration port beside JTAG, where a board has them wired to something that can drive them.</summary>
/// <remarks>Levels are those of the pin, not of what it means: PROGRAMN and INITN are active low (Lattice FPGA-TN-02039, "Configuration pins").</remarks>
public abstract class ConfigurationLines : IDisposable
{
    /// <summary>Drives PROGRAMN: low resets the configuration logic, the rising edge starts configuration.</summary>
    /// <param name="level">The level.</param>
    public abstract void SetProgramN(bool level);

    /// <summary>Level of INITN: low while the configuration memory is being cleared, and after an error.</summary>
    public abstract bool ReadInitN();

    /// <summary>Level of DONE: high while the part runs a design.</summary>
    public abstract bool ReadDone();

    /// <summary>Gives the lines back.</summary>
    public abstract void Dispose();
}
