namespace Offload.Programming.Jtag;

/// <summary>How TMS leads from one state of a test access port to another.</summary>
/// <param name="Tms">The values of TMS, the first in bit 0.</param>
/// <param name="Length">How many clocks it takes, 0 to 7.</param>
public readonly record struct TapPath(byte Tms, int Length)
{
    private const int States = 16;

    /// <summary>Where a clock leads with TMS low and with TMS high, by state.</summary>
    private static readonly (TapState Low, TapState High)[] Steps =
    [
        (TapState.RunTestIdle, TapState.TestLogicReset),
        (TapState.RunTestIdle, TapState.SelectDrScan),
        (TapState.CaptureDr, TapState.SelectIrScan),
        (TapState.ShiftDr, TapState.Exit1Dr),
        (TapState.ShiftDr, TapState.Exit1Dr),
        (TapState.PauseDr, TapState.UpdateDr),
        (TapState.PauseDr, TapState.Exit2Dr),
        (TapState.ShiftDr, TapState.UpdateDr),
        (TapState.RunTestIdle, TapState.SelectDrScan),
        (TapState.CaptureIr, TapState.TestLogicReset),
        (TapState.ShiftIr, TapState.Exit1Ir),
        (TapState.ShiftIr, TapState.Exit1Ir),
        (TapState.PauseIr, TapState.UpdateIr),
        (TapState.PauseIr, TapState.Exit2Ir),
        (TapState.ShiftIr, TapState.UpdateIr),
        (TapState.RunTestIdle, TapState.SelectDrScan),
    ];

    private static readonly TapPath[] Paths = FindAll();

    /// <summary>The state after one clock.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="tms">TMS at its rising edge.</param>
    public static TapState Next(TapState state, bool tms)
    {
        (TapState low, TapState high) = Steps[(int)state];
        return tms ? high : low;
    }

    /// <summary>The shortest way between two states; to <see cref="TapState.TestLogicReset"/> it is always five clocks with TMS high, which lead
    /// there whatever the state was.</summary>
    /// <param name="from">Where from.</param>
    /// <param name="to">Where to.</param>
    public static TapPath Between(TapState from, TapState to) => Paths[((int)from * States) + (int)to];

    private static TapPath[] FindAll()
    {
        TapPath[] paths = new TapPath[States * States];
        for (int from = 0; from < States; from++)
        {
            TapPath?[] found = new TapPath?[States];
            found[from] = new TapPath(0, 0);
            Queue<int> open = new([from]);
            while (open.TryDequeue(out int state))
            {
                TapPath path = found[state]!.Value;
                for (int tms = 0; tms <= 1; tms++)
                {
                    int next = (int)Next((TapState)state, tms == 1);
                    if (found[next] is null)
                    {
                        found[next] = new TapPath((byte)(path.Tms | (tms << path.Length)), path.Length + 1);
                        open.Enqueue(next);
                    }
                }
            }

            for (int to = 0; to < States; to++)
            {
                paths[(from * States) + to] = found[to]!.Value;
            }

            paths[(from * States) + (int)TapState.TestLogicReset] = new TapPath(0x1F, 5);
        }

        return paths;
    }
}
