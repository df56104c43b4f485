using System.Net;
using Microsoft.Extensions.Logging;
using Offload.Sockets;

namespace Offload.AspNetCore;

/// <summary>What the transport logs, under the category <c>Offload.AspNetCore</c>. Event ids are stable.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Id</term><description>Event (level)</description></listheader>
/// <item><term>1700</term><description>Listening (Information): a board does the handshakes of an end point.</description></item>
/// <item><term>1701</term><description>ListenerFailed (Error): an end point accepts nothing any more.</description></item>
/// <item><term>1702</term><description>ConnectionReset (Debug): the peer reset a connection before Kestrel had it.</description></item>
/// </list>
/// </remarks>
internal static partial class TransportLog
{
    [LoggerMessage(1700, LogLevel.Information, "Board {Board} does the handshakes of {EndPoint} ({Release})", EventName = "Listening")]
    public static partial void Listening(ILogger logger, EndPoint endPoint, string board, ReleaseMode release);

    [LoggerMessage(1701, LogLevel.Error, "{EndPoint} accepts no more; restart the application once the board answers again", EventName = "ListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, EndPoint endPoint, Exception exception);

    [LoggerMessage(1702, LogLevel.Debug, "A connection to {EndPoint} was reset before it was used", EventName = "ConnectionReset")]
    public static partial void ConnectionReset(ILogger logger, EndPoint endPoint, Exception exception);
}
