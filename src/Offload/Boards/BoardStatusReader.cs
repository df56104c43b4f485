using Offload.Registers;

namespace Offload.Boards;

/// <summary>Reads a core's state.</summary>
internal static class BoardStatusReader
{
    private static readonly int Words = ((int)(RegisterMap.Control.ParkedFrames.Address - RegisterMap.Control.Status.Address) / 4) + 1;

    /// <summary>Reads it. The halves of the timebase belong together.</summary>
    public static async ValueTask<BoardStatus> ReadAsync(BoardSession session, CancellationToken cancellationToken)
    {
        uint[] control = new uint[1];
        uint[] state = new uint[Words];
        await session.ReadAsync(RegisterMap.Control.Control.Address, control, cancellationToken).ConfigureAwait(false);
        uint? highBefore = null;
        while (true)
        {
            // status, timebase_low, timebase_high, entries_in_use, entries_peak, …, half_open, parked_frames
            await session.ReadAsync(RegisterMap.Control.Status.Address, state, cancellationToken).ConfigureAwait(false);
            if (highBefore == state[2])
            {
                break;
            }

            highBefore = state[2];
        }

        uint status = state[0];
        return new BoardStatus(
            RegisterMap.Control.Control.Enable.Get(control[0]) != 0,
            RegisterMap.Control.Status.Busy.Get(status) != 0,
            RegisterMap.Control.Control.TestEnable.Get(control[0]) != 0,
            (int)RegisterMap.Control.Control.Epoch.Get(control[0]),
            RegisterMap.Control.Status.IsnKeySet.Get(status) != 0,
            RegisterMap.Control.Status.PlacementKeySet.Get(status) != 0,
            ((ulong)state[2] << 32) | state[1],
            (int)state[3],
            (int)state[4],
            (int)state[^2],
            (int)state[^1],
            RegisterMap.Control.Status.CookieKeySet.Get(status) != 0,
            RegisterMap.Control.Status.CookieKeyWaits.Get(status) != 0,
            RegisterMap.Control.Status.HostAlive.Get(status) != 0);
    }
}
