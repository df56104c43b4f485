using Microsoft.Extensions.Logging;
using Offload.Connections;

namespace Offload.Sockets;

/// <summary>What the handover of connections logs, under the category <c>Offload.Board</c>. Event ids are stable.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Id</term><description>Event (level)</description></listheader>
/// <item><term>1600</term><description>ListenerStarted (Information): a listener gives sockets.</description></item>
/// <item><term>1601</term><description>ListenerStopped (Information): with what it did.</description></item>
/// <item><term>1602</term><description>AdoptionFailed (Warning): the kernel refused a connection, which was reset.</description></item>
/// <item><term>1603</term><description>LeftToKernel (Warning): a cookie's connection met a connection of the kernel.</description></item>
/// <item><term>1604</term><description>DestroyFailed (Warning): the kernel kept an old socket of the same tuple.</description></item>
/// <item><term>1605</term><description>SourceRefused (Debug): a connection from a source that is not allowed was reset.</description></item>
/// <item><term>1606</term><description>OrphansFound (Information): connections of an earlier process wait at the end point.</description></item>
/// <item><term>1607</term><description>ListenerFailed (Error): it accepts nothing any more.</description></item>
/// <item><term>1608</term><description>TableReadAgain (Information): events were lost, so the table was read.</description></item>
/// <item><term>1609</term><description>CloseIncomplete (Warning): waiting connections could not be reset while a listener was closed.</description></item>
/// <item><term>1610</term><description>ClosedByKernel (Information): a disposed socket's connection could not go back to the board.</description></item>
/// </list>
/// </remarks>
internal static partial class SocketLog
{
    [LoggerMessage(1600, LogLevel.Information, "Sockets are accepted on {EndPoint} (slot {Slot}), {Release}", EventName = "ListenerStarted")]
    public static partial void ListenerStarted(ILogger logger, System.Net.IPEndPoint endPoint, int slot, ReleaseMode release);

    [LoggerMessage(1601, LogLevel.Information, "No more sockets on {EndPoint}: {Statistics}", EventName = "ListenerStopped")]
    public static partial void ListenerStopped(ILogger logger, System.Net.IPEndPoint endPoint, OffloadListenerStatistics statistics);

    [LoggerMessage(1602, LogLevel.Warning, "Connection {Key} could not be adopted and was reset", EventName = "AdoptionFailed")]
    public static partial void AdoptionFailed(ILogger logger, ConnectionKey key, Exception exception);

    [LoggerMessage(1603, LogLevel.Warning, "A cookie's connection {Key} met one that the kernel has in {State}, and was left to it", EventName = "LeftToKernel")]
    public static partial void LeftToKernel(ILogger logger, ConnectionKey key, KernelTcpState? state);

    [LoggerMessage(1604, LogLevel.Warning, "The kernel's old socket of {Key} in {State} could not be ended", EventName = "DestroyFailed")]
    public static partial void DestroyFailed(ILogger logger, ConnectionKey key, KernelTcpState? state, Exception exception);

    [LoggerMessage(1605, LogLevel.Debug, "Connection {Key} was reset: its source is not allowed", EventName = "SourceRefused")]
    public static partial void SourceRefused(ILogger logger, ConnectionKey key);

    [LoggerMessage(1606, LogLevel.Information, "{Count} connections of an earlier process wait at {EndPoint}", EventName = "OrphansFound")]
    public static partial void OrphansFound(ILogger logger, int count, System.Net.IPEndPoint endPoint);

    [LoggerMessage(1607, LogLevel.Error, "No more sockets on {EndPoint}", EventName = "ListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, System.Net.IPEndPoint endPoint, Exception exception);

    [LoggerMessage(1608, LogLevel.Information, "{Lost} events were lost; the table names {Count} connections that wait at {EndPoint}", EventName = "TableReadAgain")]
    public static partial void TableReadAgain(ILogger logger, ulong lost, int count, System.Net.IPEndPoint endPoint);

    [LoggerMessage(1609, LogLevel.Warning, "Connections that wait at {EndPoint} could not be reset", EventName = "CloseIncomplete")]
    public static partial void CloseIncomplete(ILogger logger, System.Net.IPEndPoint endPoint, Exception exception);

    [LoggerMessage(1610, LogLevel.Information, "Connection {Key} is closed by the kernel: it could not go back to the board", EventName = "ClosedByKernel")]
    public static partial void ClosedByKernel(ILogger logger, ConnectionKey key, Exception exception);
}
