using Microsoft.Extensions.Logging;

namespace Offload.Boards;

/// <summary>What the library logs, besides <see cref="Sockets.SocketLog"/>, under the category <c>Offload.Board</c>. Event ids are stable; none of it ever contains a key.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Id</term><description>Event (level)</description></listheader>
/// <item><term>1000</term><description>BoardOpened (Information): this process holds the board.</description></item>
/// <item><term>1001</term><description>BoardConnected (Information): this process works through the board's holder.</description></item>
/// <item><term>1002</term><description>BoardClosed (Information).</description></item>
/// <item><term>1003</term><description>CoreStarted (Information): the engine is enabled, with its version, table size and epoch.</description></item>
/// <item><term>1004</term><description>CloseFailed (Warning): the engine could not be disabled.</description></item>
/// <item><term>1005</term><description>CoreUnusable (Warning): the board was opened for loading only.</description></item>
/// <item><term>1006</term><description>HeartbeatFailed (Warning): the core was not told that the host is alive; it is tried again.</description></item>
/// <item><term>1007</term><description>Orphans (Information): the core has connections of earlier sessions.</description></item>
/// <item><term>1100</term><description>BitstreamLoaded (Information).</description></item>
/// <item><term>1200</term><description>ListenerAdded (Information).</description></item>
/// <item><term>1201</term><description>ListenerRemoved (Information).</description></item>
/// <item><term>1300</term><description>IsnModeSet (Information).</description></item>
/// <item><term>1301</term><description>IsnKeySet (Information): its number, never the key.</description></item>
/// <item><term>1302</term><description>IsnTestMode (Warning): sequence numbers are fixed.</description></item>
/// <item><term>1303</term><description>CookieKeySet (Information): that there is a new one, never the key.</description></item>
/// <item><term>1400</term><description>EventsLost (Warning): the core's queue was full.</description></item>
/// <item><term>1401</term><description>EventsFailed (Warning): reading the queue failed and is tried again.</description></item>
/// <item><term>1402</term><description>EventsEnded (Information): the queue is read no longer.</description></item>
/// <item><term>1500</term><description>Serving (Information): other processes reach the board at a socket.</description></item>
/// <item><term>1501</term><description>ClientRefused (Warning): another user's process, or too many.</description></item>
/// <item><term>1502</term><description>ClientMisbehaved (Warning): its bytes do not follow the protocol.</description></item>
/// <item><term>1503</term><description>ServingFailed (Error): the socket accepts nobody any more.</description></item>
/// </list>
/// </remarks>
internal static partial class BoardLog
{
    [LoggerMessage(1000, LogLevel.Information, "Board {Board} is held by this process", EventName = "BoardOpened")]
    public static partial void Opened(ILogger logger, string board);

    [LoggerMessage(1001, LogLevel.Information, "Board {Board} is reached through {Socket}", EventName = "BoardConnected")]
    public static partial void Connected(ILogger logger, string board, string socket);

    [LoggerMessage(1002, LogLevel.Information, "Board {Board} is closed", EventName = "BoardClosed")]
    public static partial void Closed(ILogger logger, string board);

    [LoggerMessage(1003, LogLevel.Information, "Core {Version} with {Connections} connections and {Listeners} listeners is enabled, epoch {Epoch}", EventName = "CoreStarted")]
    public static partial void CoreStarted(ILogger logger, Version version, int connections, int listeners, int epoch);

    [LoggerMessage(1004, LogLevel.Warning, "The engine could not be disabled while closing board {Board}", EventName = "CloseFailed")]
    public static partial void CloseFailed(ILogger logger, string board, Exception exception);

    [LoggerMessage(1005, LogLevel.Warning, "The core on board {Board} cannot be used; only a bitstream can be loaded", EventName = "CoreUnusable")]
    public static partial void CoreUnusable(ILogger logger, string board, Exception exception);

    [LoggerMessage(1006, LogLevel.Warning, "The core could not be told that the host is alive; trying again", EventName = "HeartbeatFailed")]
    public static partial void HeartbeatFailed(ILogger logger, Exception exception);

    [LoggerMessage(1007, LogLevel.Information, "The core has {Count} connections of earlier sessions (connections orphans)", EventName = "Orphans")]
    public static partial void Orphans(ILogger logger, uint count);

    [LoggerMessage(1100, LogLevel.Information, "Bitstream {Path} version {Version} is loaded", EventName = "BitstreamLoaded")]
    public static partial void BitstreamLoaded(ILogger logger, string path, string version);

    [LoggerMessage(1200, LogLevel.Information, "Slot {Slot} listens on {EndPoint}", EventName = "ListenerAdded")]
    public static partial void ListenerAdded(ILogger logger, int slot, System.Net.IPEndPoint endPoint);

    [LoggerMessage(1201, LogLevel.Information, "Slot {Slot} no longer listens on {EndPoint}", EventName = "ListenerRemoved")]
    public static partial void ListenerRemoved(ILogger logger, int slot, System.Net.IPEndPoint endPoint);

    [LoggerMessage(1300, LogLevel.Information, "ISN mode is {Mode}", EventName = "IsnModeSet")]
    public static partial void IsnModeSet(ILogger logger, Registers.IsnMode mode);

    [LoggerMessage(1301, LogLevel.Information, "ISN key number {Generation} is set", EventName = "IsnKeySet")]
    public static partial void IsnKeySet(ILogger logger, ulong generation);

    [LoggerMessage(1302, LogLevel.Warning, "ISN mode is fixed: every connection gets the same number. For tests only", EventName = "IsnTestMode")]
    public static partial void IsnTestMode(ILogger logger);

    [LoggerMessage(1303, LogLevel.Information, "A new cookie key is set", EventName = "CookieKeySet")]
    public static partial void CookieKeySet(ILogger logger);

    [LoggerMessage(1400, LogLevel.Warning, "The core lost {Count} events because its queue was full; the table holds the truth", EventName = "EventsLost")]
    public static partial void EventsLost(ILogger logger, ulong count);

    [LoggerMessage(1401, LogLevel.Warning, "Reading the event queue failed; trying again in {Milliseconds} ms", EventName = "EventsFailed")]
    public static partial void EventsFailed(ILogger logger, double milliseconds, Exception exception);

    [LoggerMessage(1402, LogLevel.Information, "The event queue is read no longer", EventName = "EventsEnded")]
    public static partial void EventsEnded(ILogger logger, Exception exception);

    [LoggerMessage(1500, LogLevel.Information, "Board {Board} is served at {Socket}", EventName = "Serving")]
    public static partial void Serving(ILogger logger, string board, string socket);

    [LoggerMessage(1501, LogLevel.Warning, "A client was refused: {Reason}", EventName = "ClientRefused")]
    public static partial void ClientRefused(ILogger logger, string reason);

    [LoggerMessage(1502, LogLevel.Warning, "A client was disconnected: {Reason}", EventName = "ClientMisbehaved")]
    public static partial void ClientMisbehaved(ILogger logger, string reason);

    [LoggerMessage(1503, LogLevel.Error, "The socket accepts nobody any more", EventName = "ServingFailed")]
    public static partial void ServingFailed(ILogger logger, Exception exception);
}
