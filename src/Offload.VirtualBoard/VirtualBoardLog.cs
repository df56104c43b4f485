using Microsoft.Extensions.Logging;

namespace Offload.VirtualBoard;

/// <summary>Log messages of the virtual board; event ids 2000 to 2099.</summary>
internal static partial class VirtualBoardLog
{
    [LoggerMessage(2000, LogLevel.Information, "The virtual board runs bitstream {File}, version {Version}", EventName = "VirtualBitstreamStarted")]
    internal static partial void Started(ILogger logger, string file, string version);

    [LoggerMessage(2001, LogLevel.Error, "The virtual board is gone: {Reason}", EventName = "VirtualBoardGone")]
    internal static partial void Gone(ILogger logger, string reason, Exception exception);

    [LoggerMessage(2010, LogLevel.Warning, "The USB client at {Path} was cut off: {Reason}", EventName = "UsbClientLost")]
    internal static partial void UsbClientLost(ILogger logger, string path, string reason);
}
