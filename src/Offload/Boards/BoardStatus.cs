namespace Offload.Boards;

/// <summary>State of a board at one moment.</summary>
/// <param name="Enabled">Whether the engine answers its listeners; otherwise the board is a cable.</param>
/// <param name="Busy">Whether a frame or an event is under way somewhere in the core.</param>
/// <param name="TestEnabled">Whether ISN mode <c>fixed</c> may be used.</param>
/// <param name="Epoch">Session number that the core writes into every entry it makes, 0 to 255.</param>
/// <param name="IsnKeySet">Whether an ISN key has been set since the core's reset.</param>
/// <param name="PlacementKeySet">Whether the placement key has been set since the core's reset.</param>
/// <param name="TimebaseMicroseconds">Time since the board's reset, in microseconds.</param>
/// <param name="EntriesInUse">Entries of the connection table in use now.</param>
/// <param name="EntriesPeak">Most entries that were in use at once since reset.</param>
/// <param name="HalfOpen">Entries in SYN-RECEIVED now that a SYN made.</param>
/// <param name="ParkedFrames">Frames that are parked for hosts now, 0 to <see cref="BoardIdentity.ParkSlots"/>.</param>
/// <param name="CookieKeySet">Whether a cookie key has been set since the core's reset.</param>
/// <param name="CookieKeyWaits">Whether a new cookie key waits for the next period of about 67 s.</param>
/// <param name="HostAlive">Whether the host's heartbeat is in time, or none is asked for.</param>
public sealed record BoardStatus(
    bool Enabled, bool Busy, bool TestEnabled, int Epoch, bool IsnKeySet, bool PlacementKeySet, ulong TimebaseMicroseconds, int EntriesInUse,
    int EntriesPeak, int HalfOpen, int ParkedFrames, bool CookieKeySet, bool CookieKeyWaits, bool HostAlive);
