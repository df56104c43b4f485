using System.Runtime.InteropServices;

namespace Offload.VirtualBoard.Simulation;

/// <summary>When a frame crossed a port of the simulated core, in clocks since the core's creation.</summary>
/// <param name="FirstClock">Clock in which its first beat was transferred.</param>
/// <param name="LastClock">Clock in which its last beat was transferred.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FrameTimes(ulong FirstClock, ulong LastClock);

/// <summary>The two frame ports of a board.</summary>
public enum BoardPort
{
    /// <summary>Towards the network.</summary>
    Net = 0,

    /// <summary>Towards the host's kernel.</summary>
    Host = 1,
}

/// <summary>How the simulated core answered a register access (AXI4-Lite).</summary>
public enum AxiResponse
{
    /// <summary>Done (OKAY).</summary>
    Okay = 0,

    /// <summary>There is such a register, and it refuses the access (SLVERR).</summary>
    SlaveError = 2,

    /// <summary>There is no such register (DECERR).</summary>
    DecodeError = 3,

    /// <summary>No answer within 10,000 clocks, or the model has stopped by itself.</summary>
    NoAnswer = 4,
}
